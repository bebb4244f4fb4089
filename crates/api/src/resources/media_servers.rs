//! `media-servers`: the servers that members are let into.

use kit::id::ServerId;
use kit::{Secret, t};
use media::adding::{self, Opening};
use media::server::{self, Choices, Server};
use people::role::Permission;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::{NoFilter, Nothing};
use crate::table::Table;
use crate::values::{Moment, Page, moment};

const ALL: &str = "/api/v1/media-servers";
const ONE: &str = "/api/v1/media-servers/{id}";

pub fn table() -> Table {
    let change = Permission::ServersChange;
    Table::of("media-servers")
        .list(ALL, (Permission::ServersSee, "Lists servers"), list)
        .create(
            ALL,
            (change, "Adds a server; it arrives switched off"),
            create,
        )
        .read(ONE, (Permission::ServersSee, "Shows a server"), show)
        .change(
            ONE,
            (change, "Changes what is set for a server"),
            change_server,
        )
        .remove(
            ONE,
            (change, "Takes a server that nobody is on out of the house"),
            remove,
        )
        .act(
            "/api/v1/media-servers/{id}/test",
            (change, "Tries the connection"),
            test,
        )
        .act(
            "/api/v1/media-servers/{id}/sync",
            (change, "Has libraries, users and access read now"),
            sync,
        )
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, each asked by name"
)]
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MediaServer)]
struct ServerShown {
    id: String,
    name: String,
    /// `jellyfin`, …
    kind: String,
    /// Where we reach it.
    address: String,
    /// What members are told.
    public_address: String,
    version: String,
    location: Option<String>,
    enabled: bool,
    takes_members: bool,
    takes_trials: bool,
    four_k_transcoding: bool,
    /// Most members; absent: no ceiling.
    ceiling: Option<i64>,
    template_user: Option<String>,
    /// The library that suspended members keep, by the server's id. Absent: none.
    renew_library: Option<String>,
    /// Whether the platform's own licence is paid for, where downloads hang on one.
    licensed: bool,
    /// Read only when somebody asks.
    left_alone: bool,
    records_streams: bool,
    /// Only Emby shows what its users download.
    records_downloads: bool,
    /// `ok`, `unreachable`, `refused` or `replaced`.
    state: String,
    /// Why it is not ok.
    reason: Option<String>,
    down_since: Option<Moment>,
    checked_at: Moment,
    synced_at: Moment,
    added_at: Moment,
}

fn shown(call: &Call, server: Server) -> ServerShown {
    ServerShown {
        id: server.id.to_string(),
        state: server.state.word().to_owned(),
        reason: call.say_maybe(server.reason.as_ref()),
        down_since: moment(server.down_since),
        checked_at: Moment(server.checked_at),
        synced_at: Moment(server.synced_at),
        added_at: Moment(server.added_at),
        name: server.name,
        kind: server.kind,
        address: server.address,
        public_address: server.public_address,
        version: server.version,
        location: server.location,
        enabled: server.enabled,
        takes_members: server.takes_members,
        takes_trials: server.takes_trials,
        four_k_transcoding: server.four_k_transcoding,
        ceiling: server.ceiling,
        template_user: server.template_user,
        renew_library: server.renew_library,
        licensed: server.licensed,
        left_alone: server.left_alone,
        records_streams: server.records_streams,
        records_downloads: server.records_downloads,
    }
}

/// A server to be added: with an API key, or with an administrator's sign-in that is used once to make one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewServer {
    #[schema(example = "jellyfin")]
    kind: String,
    #[schema(example = "https://media.example")]
    address: String,
    #[schema(value_type = Option<String>, write_only)]
    api_key: Option<Secret>,
    admin_name: Option<String>,
    #[schema(value_type = Option<String>, write_only)]
    admin_password: Option<Secret>,
}

impl NewServer {
    fn opening(&mut self) -> Answer<Opening> {
        match (self.api_key.take(), self.admin_name.take()) {
            (Some(key), _) if !key.is_empty() => Ok(Opening::ApiKey(key)),
            (_, Some(name)) => Ok(Opening::SignIn {
                name,
                password: self
                    .admin_password
                    .take()
                    .unwrap_or_else(|| Secret::new("")),
            }),
            _ => Err(Problem::field(
                "api_key",
                t!("Please send an API key, or the name and password of an administrator."),
            )),
        }
    }
}

/// What is absent stays; null takes away.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things here"
)]
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServerChange {
    name: Option<String>,
    public_address: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    location: Option<Option<String>>,
    enabled: Option<bool>,
    takes_members: Option<bool>,
    takes_trials: Option<bool>,
    four_k_transcoding: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    ceiling: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    template_user: Option<Option<String>>,
    /// Null for none. Suspended members keep this library, so that they need not accept anew.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    renew_library: Option<Option<String>>,
    licensed: Option<bool>,
    left_alone: Option<bool>,
    records_streams: Option<bool>,
    records_downloads: Option<bool>,
}

/// Tells null from absent.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things here"
)]
fn present<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(from).map(Some)
}

/// What a test found.
#[derive(Debug, Serialize, ToSchema)]
struct TestFound {
    name: String,
    version: String,
    /// Things to know.
    notes: Vec<String>,
}

/// `GET /api/v1/media-servers`
async fn list(call: Call, _: NoFilter) -> Answer<Page<ServerShown>> {
    let servers = server::list(&call.site.db).await?;
    Ok(Page::whole(
        &call.page,
        servers,
        |row| row.id.to_string(),
        |server| shown(&call, server),
    ))
}

/// `GET /api/v1/media-servers/{id}`
async fn show(call: Call) -> Answer<ServerShown> {
    let id: ServerId = call.id()?;
    let server = found(server::find(&call.site.db, &id).await?)?;
    Ok(shown(&call, server))
}

/// `POST /api/v1/media-servers`
async fn create(call: Call, mut new: NewServer) -> Answer<ServerShown> {
    let tools = &call.site.tools;
    if tools.makers.find(&new.kind).is_none() {
        return Err(Problem::field("kind", kit::FieldError::UnknownId.text()));
    }
    let opening = new.opening()?;
    let examined = adding::examine(&tools.servers(), &new.kind, &new.address, opening).await?;
    let mut tx = call.begin().await?;
    let server = adding::add(&mut tx, &tools.vault, &examined).await?;
    tx.save().await?;
    Ok(shown(&call, server))
}

/// `PATCH /api/v1/media-servers/{id}`
async fn change_server(call: Call, sent: ServerChange) -> Answer<ServerShown> {
    let id: ServerId = call.id()?;
    let mut tx = call.begin().await?;
    let server = found(server::find(&mut tx, &id).await?)?;
    let now = Choices::of(&server);
    let choices = Choices {
        name: sent.name.unwrap_or(now.name),
        public_address: sent.public_address.unwrap_or(now.public_address),
        location: sent.location.unwrap_or(now.location),
        enabled: sent.enabled.unwrap_or(now.enabled),
        takes_members: sent.takes_members.unwrap_or(now.takes_members),
        takes_trials: sent.takes_trials.unwrap_or(now.takes_trials),
        four_k_transcoding: sent.four_k_transcoding.unwrap_or(now.four_k_transcoding),
        ceiling: sent.ceiling.unwrap_or(now.ceiling),
        template_user: sent.template_user.unwrap_or(now.template_user),
        renew_library: sent.renew_library.unwrap_or(now.renew_library),
        licensed: sent.licensed.unwrap_or(now.licensed),
        left_alone: sent.left_alone.unwrap_or(now.left_alone),
        records_streams: sent.records_streams.unwrap_or(now.records_streams),
        records_downloads: sent.records_downloads.unwrap_or(now.records_downloads),
    };
    let server = server::change(&mut tx, &id, choices).await?;
    tx.save().await?;
    Ok(shown(&call, server))
}

/// `DELETE /api/v1/media-servers/{id}`
async fn remove(call: Call) -> Answer<()> {
    let mut tx = call.begin().await?;
    server::remove(&mut tx, &call.id()?).await?;
    Ok(tx.save().await?)
}

/// `POST /api/v1/media-servers/{id}/test`
async fn test(call: Call, _: Nothing) -> Answer<TestFound> {
    let (_, remote) = call.site.tools.servers().open(&call.id()?).await?;
    let probe = remote.probe().await.or_reason();
    let probe = probe.map_err(Problem::unprocessable)?;
    Ok(TestFound {
        name: probe.name,
        version: probe.version,
        notes: probe.notes.iter().map(|note| call.say(note)).collect(),
    })
}

/// `POST /api/v1/media-servers/{id}/sync`
async fn sync(call: Call, _: Nothing) -> Answer<ServerShown> {
    let id: ServerId = call.id()?;
    let mut tx = call.begin().await?;
    let server = found(server::find(&mut tx, &id).await?)?;
    media::jobs::ask_sync(&mut tx, &server).await?;
    tx.save().await?;
    Ok(shown(&call, server))
}
