//! Media servers: what the operator set, what was last seen, and how one is changed. Adding is in [`crate::adding`].

use db::{DbError, Read, Tx, values};
use kit::field::{optional, required};
use kit::id::{OwnerAccountId, ServerId};
use kit::stored::stored_words;
use kit::{FormErrors, Subject, Text, Timestamp, t};

use crate::error::MediaError;
use crate::events::ServerChanged;
use crate::viewing::stream;

stored_words! {
    /// What came of the last look at a server.
    pub enum ServerState {
        Ok = "ok",
        /// Nothing answers, or not in time.
        Unreachable = "unreachable",
        /// It answers, but not to us: wrong key, too old, no administrator.
        Refused = "refused",
        /// Another installation answers at the address.
        Replaced = "replaced",
    }
}

db::row! {
    /// A media server.
    #[derive(Debug, Clone)]
    pub struct Server {
        pub id: ServerId,
        pub name: String,
        /// The key of its [`crate::Card`].
        pub kind: String,
        /// The address that we use.
        pub address: String,
        /// The address that members are told.
        pub public_address: String,
        /// The server's own id; another one means another installation.
        pub identity: String,
        pub version: String,
        /// `None`: not offered by location.
        pub location: Option<String>,
        /// Off: nothing new goes there; who is on it stays looked after.
        pub enabled: bool,
        pub takes_members: bool,
        pub takes_trials: bool,
        pub four_k_transcoding: bool,
        /// The most members. `None`: no ceiling.
        pub ceiling: Option<i64>,
        /// How many members have a place on it; reservations come on top.
        pub members: i64,
        /// The server's id of the user after whom new ones are made.
        pub template_user: Option<String>,
        pub state: ServerState,
        /// Why the state is not [`ServerState::Ok`].
        pub reason: Option<Text>,
        pub added_at: Timestamp,
        pub checked_at: Timestamp,
        /// When libraries and users were last read whole; 0: never.
        pub synced_at: Timestamp,
        /// Since when it is out of reach; [`Timestamp::NEVER`]: it is not.
        pub down_since: Timestamp,
        /// The account of the platform that it belongs to, even if that was removed since. `None`: it stands alone,
        /// with a key of its own.
        pub owner_account_id: Option<OwnerAccountId>,
        /// The library that suspended members keep, where they would otherwise lose their place: the server's id.
        pub renew_library: Option<String>,
        /// Whether the platform's own licence is paid for, where downloads hang on one.
        pub licensed: bool,
        /// Not read by itself: only when somebody asks.
        pub left_alone: bool,
        /// Whether what is played there is kept.
        pub records_streams: bool,
        /// Whether what is downloaded there is kept, where the platform shows it.
        pub records_downloads: bool,
        /// Its name as it says itself; ours follows as long as both are the same.
        pub remote_name: Option<String>,
        /// The sort of trouble, as its refusal has it; see [`crate::remedy`]. `None`: there is none.
        pub trouble: Option<String>,
        pub edition: i64,
    }
}

impl Server {
    pub fn subject(&self) -> Subject {
        Subject::of(&self.id)
    }

    /// Where the API key is sealed.
    pub fn key_place(id: &ServerId) -> String {
        format!("servers/{id}/api_key")
    }
}

const FIND: &str = "
    select id, name, kind, address, public_address, identity, version, location, enabled, takes_members,
           takes_trials, four_k_transcoding, ceiling, members, template_user, state, reason, added_at,
           checked_at, synced_at, down_since, owner_account_id, renew_library, licensed,
           left_alone, records_streams, records_downloads, remote_name, trouble, edition
      from servers where id = $1";

/// `None`: there is no such server.
pub async fn find(mut read: impl Read, id: &ServerId) -> Result<Option<Server>, DbError> {
    read.maybe(FIND, values![id]).await
}

pub(crate) async fn required_server(read: impl Read, id: &ServerId) -> Result<Server, MediaError> {
    find(read, id).await?.ok_or(MediaError::NotFound)
}

const FIND_BY_IDENTITY: &str = "
    select id, name, kind, address, public_address, identity, version, location, enabled, takes_members,
           takes_trials, four_k_transcoding, ceiling, members, template_user, state, reason, added_at,
           checked_at, synced_at, down_since, owner_account_id, renew_library, licensed,
           left_alone, records_streams, records_downloads, remote_name, trouble, edition
      from servers where kind = $1 and identity = $2";

/// `None`: this installation was not added yet.
pub async fn find_by_identity(
    mut read: impl Read,
    kind: &str,
    identity: &str,
) -> Result<Option<Server>, DbError> {
    read.maybe(FIND_BY_IDENTITY, values![kind, identity]).await
}

const LIST: &str = "
    select id, name, kind, address, public_address, identity, version, location, enabled, takes_members,
           takes_trials, four_k_transcoding, ceiling, members, template_user, state, reason, added_at,
           checked_at, synced_at, down_since, owner_account_id, renew_library, licensed,
           left_alone, records_streams, records_downloads, remote_name, trouble, edition
      from servers order by name, id";

/// All servers by name; there are tens at most.
pub async fn list(mut read: impl Read) -> Result<Vec<Server>, DbError> {
    read.all(LIST, values![]).await
}

const OF_OWNER: &str = "
    select id, name, kind, address, public_address, identity, version, location, enabled, takes_members,
           takes_trials, four_k_transcoding, ceiling, members, template_user, state, reason, added_at,
           checked_at, synced_at, down_since, owner_account_id, renew_library, licensed,
           left_alone, records_streams, records_downloads, remote_name, trouble, edition
      from servers where owner_account_id = $1 order by name, id";

/// The servers that are managed through an owner account.
pub async fn list_of_owner(
    mut read: impl Read,
    owner: &OwnerAccountId,
) -> Result<Vec<Server>, DbError> {
    read.all(OF_OWNER, values![owner]).await
}

const LOCATIONS: &str = "
    select distinct location from servers
     where location is not null and enabled and takes_members order by location";

/// The locations a customer can choose from. One or none: there is nothing to choose.
pub async fn locations(mut read: impl Read) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = read.all(LOCATIONS, values![]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// What the operator sets.
#[expect(clippy::struct_excessive_bools, reason = "the switches of one form")]
#[derive(Debug, Clone)]
pub struct Choices {
    pub name: String,
    pub public_address: String,
    pub location: Option<String>,
    pub enabled: bool,
    pub takes_members: bool,
    pub takes_trials: bool,
    pub four_k_transcoding: bool,
    pub ceiling: Option<i64>,
    pub template_user: Option<String>,
    pub renew_library: Option<String>,
    pub licensed: bool,
    pub left_alone: bool,
    pub records_streams: bool,
    pub records_downloads: bool,
}

impl Choices {
    /// What is set now: a form changes some of it.
    pub fn of(server: &Server) -> Self {
        Self {
            name: server.name.clone(),
            public_address: server.public_address.clone(),
            location: server.location.clone(),
            enabled: server.enabled,
            takes_members: server.takes_members,
            takes_trials: server.takes_trials,
            four_k_transcoding: server.four_k_transcoding,
            ceiling: server.ceiling,
            template_user: server.template_user.clone(),
            renew_library: server.renew_library.clone(),
            licensed: server.licensed,
            left_alone: server.left_alone,
            records_streams: server.records_streams,
            records_downloads: server.records_downloads,
        }
    }

    fn checked(mut self) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        self.name = errors
            .keep("name", required(&self.name, 80))
            .unwrap_or_default();
        self.public_address = errors
            .keep("public_address", required(&self.public_address, 300))
            .unwrap_or_default();
        if !(self.public_address.starts_with("https://")
            || self.public_address.starts_with("http://"))
        {
            errors.add(
                "public_address",
                t!("Please enter an address that begins with https:// or http://."),
            );
        }
        let location = self.location.take().unwrap_or_default();
        self.location = errors.keep("location", optional(&location, 60)).flatten();
        if self
            .ceiling
            .is_some_and(|most| !(1..=1_000_000).contains(&most))
        {
            errors.add(
                "ceiling",
                t!("Please enter a whole number of members, or leave it empty for no ceiling."),
            );
        }
        if errors.is_empty() {
            Ok(self)
        } else {
            Err(errors)
        }
    }
}

const CHANGE: &str = "
    update servers
       set name = $2, public_address = $3, location = $4, enabled = $5, takes_members = $6, takes_trials = $7,
           four_k_transcoding = $8, ceiling = $9, template_user = $10, renew_library = $11,
           licensed = $12, left_alone = $13, records_streams = $14, records_downloads = $15,
           edition = edition + 1
     where id = $1";

/// Keeps what the operator set. Who is on the server stays there, whatever was switched off.
pub async fn change(
    tx: &mut Tx<'_>,
    id: &ServerId,
    choices: Choices,
) -> Result<Server, MediaError> {
    let choices = choices.checked().map_err(MediaError::Form)?;
    let before = required_server(&mut *tx, id).await?;
    if choices.template_user != before.template_user {
        check_template(tx, id, choices.template_user.as_deref()).await?;
    }
    let row = values![
        id,
        choices.name,
        choices.public_address,
        choices.location,
        choices.enabled,
        choices.takes_members,
        choices.takes_trials,
        choices.four_k_transcoding,
        choices.ceiling,
        choices.template_user,
        choices.renew_library,
        choices.licensed,
        choices.left_alone,
        choices.records_streams,
        choices.records_downloads
    ];
    tx.run(CHANGE, row).await?;
    if before.records_streams && !choices.records_streams {
        stream::forget_server(tx, id).await?;
    }
    let event = ServerChanged {
        server: id.clone(),
        name: choices.name,
        enabled: (before.enabled != choices.enabled).then_some(choices.enabled),
    };
    chronicle::tell(tx, &event).await?;
    required_server(tx, id).await
}

const TEMPLATE: &str = "
    select is_administrator from remote_users
     where server_id = $1 and remote_id = $2 and gone_since = 9223372036854775807";

/// New users are made like this one, so it must be there, and never somebody who may everything.
async fn check_template(
    tx: &mut Tx<'_>,
    id: &ServerId,
    template: Option<&str>,
) -> Result<(), MediaError> {
    let Some(template) = template else {
        return Ok(());
    };
    let found: Option<(bool,)> = tx.maybe(TEMPLATE, values![id, template]).await?;
    let wrong = match found {
        Some((false,)) => return Ok(()),
        Some((true,)) => t!(
            "This user is an administrator of the server, and everybody new would be made like it. Choose an ordinary user."
        ),
        None => t!(
            "This server has no such user. Look for new users on the server’s page first, or choose another."
        ),
    };
    Err(MediaError::Form(FormErrors::one("template_user", wrong)))
}

const TOUCH: &str = "update servers set edition = edition + 1 where id = $1";

/// Writes the server's row first, so that whoever counts its members next waits for us.
pub(crate) async fn hold(tx: &mut Tx<'_>, id: &ServerId) -> Result<(), DbError> {
    tx.run(TOUCH, values![id]).await?;
    Ok(())
}

const COUNT: &str = "update servers set members = members + $2 where id = $1";

/// One member more (1) or fewer (-1).
pub(crate) async fn count_member(
    tx: &mut Tx<'_>,
    id: &ServerId,
    change: i64,
) -> Result<(), DbError> {
    tx.run(COUNT, values![id, change]).await?;
    Ok(())
}

const HAS_SHARES: &str = "select count(*) as n from shares where server_id = $1 and takes_place";
const REMOVE_READS: &str = "delete from server_reads where server_id = $1";
const REMOVE_PLACED: &str = "
    delete from share_placements where share_id in (select id from shares where server_id = $1)";
const REMOVE_PLACES: &str = "delete from places where server_id = $1";
const REMOVE_SHARES: &str = "delete from shares where server_id = $1";
const REMOVE_USERS: &str = "delete from remote_users where server_id = $1";
const REMOVE_LIBRARIES: &str = "delete from libraries where server_id = $1";
const REMOVE_DEVICES: &str = "delete from devices where server_id = $1";
const REMOVE_READINGS: &str = "delete from device_readings where server_id = $1";
const REMOVE_SUBTITLES: &str = "delete from subtitles where server_id = $1";
const REMOVE_LINKS: &str = "delete from connect_links where server_id = $1";
const REMOVE_SCANS: &str = "delete from scans where server_id = $1";
const REMOVE: &str = "delete from servers where id = $1";

/// Takes a server that nobody is on out of the house. The server itself is not touched.
pub async fn remove(tx: &mut Tx<'_>, id: &ServerId) -> Result<(), MediaError> {
    let server = required_server(&mut *tx, id).await?;
    hold(tx, id).await?;
    let members = tx.one::<(i64,)>(HAS_SHARES, values![id]).await?.0;
    if members > 0 {
        return Err(MediaError::Refused(
            Text::counted(
                members,
                "One member is still on {server}. Move or end that membership first, or switch the server off instead.",
                "{n} members are still on {server}. Move or end their memberships first, or switch the server off instead.",
            )
            .with("server", server.name),
        ));
    }
    crate::chosen::forget_server(tx, id).await?;
    crate::account_first::forget_server(tx, id).await?;
    crate::counting::forget(tx, id).await?;
    crate::viewing::look::forget_server(tx, id).await?;
    for statement in [
        REMOVE_READS,
        REMOVE_PLACED,
        REMOVE_PLACES,
        REMOVE_SHARES,
        REMOVE_USERS,
        REMOVE_LIBRARIES,
        REMOVE_SCANS,
        REMOVE_LINKS,
        REMOVE_SUBTITLES,
        REMOVE_DEVICES,
        REMOVE_READINGS,
        REMOVE,
    ] {
        tx.run(statement, values![id]).await?;
    }
    settings::vault::remove(tx, &Server::key_place(id)).await?;
    chronicle::tell(
        tx,
        &crate::events::ServerRemoved {
            server: id.clone(),
            name: server.name,
        },
    )
    .await?;
    Ok(())
}
