//! Servers and their shares by plex.tv's first version: XML, and what python-plexapi still uses.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Tv;
use super::super::answer::{Answer, Refused, obeyed, v1};
use super::super::asked::Sent;
use super::super::server::Server;
use super::super::share::{Settings, Share, ShareId};
use super::super::sharing::{self, Wish};
use super::super::world::World;
use super::auth::Signed;
use super::servers::{told, usable};
use super::shared_servers::numbers;
use super::shown;

/// `GET /api/servers/{machine}`: the sections with their global ids.
pub async fn show(signed: Signed, State(tv): State<Tv>, Path(machine): Path<String>) -> Answer {
    let world = tv.world();
    let server = usable(&world, &signed, &machine).map_err(Refused::in_v1)?;
    let sections: Vec<Value> = told(&tv, server).iter().map(shown::section).collect();
    let row = json!({
        "name": server.name,
        "address": "127.0.0.1",
        "port": server.port(),
        "version": server.version,
        "scheme": "http",
        "host": "127.0.0.1",
        "localAddresses": "127.0.0.1",
        "machineIdentifier": server.machine,
        "createdAt": server.created.seconds(),
        "updatedAt": server.created.seconds(),
        "owned": server.owner == signed.account,
        "synced": false,
        "Section": sections,
    });
    v1("MediaContainer", container(&machine, "Server", vec![row]))
}

/// `GET /api/servers/{machine}/shared_servers`: accepted and pending ones, with every section and whether it is
/// `shared`. The access tokens in it are secrets of the members.
pub async fn list_shares(
    signed: Signed,
    State(tv): State<Tv>,
    Path(machine): Path<String>,
) -> Answer {
    let world = tv.world();
    let server = owned(&world, &signed, &machine)?;
    let living = |share: &&Share| share.machine == machine && !share.is_over();
    let rows: Vec<Value> = world
        .shares
        .iter()
        .filter(living)
        .map(|share| row(&world, server, share))
        .collect();
    v1("MediaContainer", container(&machine, "SharedServer", rows))
}

/// `GET /api/servers/{machine}/shared_servers/{share}`
pub async fn show_share(
    signed: Signed,
    State(tv): State<Tv>,
    Path((machine, id)): Path<(String, ShareId)>,
) -> Answer {
    one(&tv.world(), &signed, &machine, id)
}

fn one(world: &World, signed: &Signed, machine: &str, id: ShareId) -> Answer {
    let server = owned(world, signed, machine)?;
    let its = |share: &&Share| share.machine == machine && !share.is_over();
    let share = world
        .share(id)
        .filter(its)
        .ok_or_else(Refused::missing_v1)?;
    let rows = vec![row(world, server, share)];
    v1("MediaContainer", container(machine, "SharedServer", rows))
}

/// `POST /api/servers/{machine}/shared_servers` with `shared_server.library_section_ids`,
/// `shared_server.invited_email` or `invited_id`, and `sharing_settings`. Already shared is 400.
pub async fn share(
    signed: Signed,
    State(tv): State<Tv>,
    Path(machine): Path<String>,
    Sent(body): Sent,
) -> Answer {
    let asked = &body["shared_server"];
    let email = asked["invited_email"].as_str().map(str::to_owned);
    let whom = email.or_else(|| Sent::number(&asked["invited_id"]).map(|id| id.to_string()));
    let wish = Wish {
        owner: signed.account,
        machine: machine.clone(),
        whom: whom.ok_or_else(|| Refused::v1(400, "invited_email is missing"))?,
        sections: numbers(&asked["library_section_ids"]).unwrap_or_default(),
        settings: body.get("sharing_settings").map(Settings::written),
        skip_friendship: false,
    };
    let now = tv.now();
    let mut world = tv.world();
    let id = sharing::invite(&mut world, wish, now).map_err(Refused::in_v1)?;
    one(&world, &signed, &machine, id)
}

/// `PUT /api/servers/{machine}/shared_servers/{share}` with `shared_server.library_section_ids`.
pub async fn change_share(
    signed: Signed,
    State(tv): State<Tv>,
    Path((machine, id)): Path<(String, ShareId)>,
    Sent(body): Sent,
) -> Answer {
    let mut world = tv.world();
    owned(&world, &signed, &machine)?;
    let sections = numbers(&body["shared_server"]["library_section_ids"]);
    sharing::change(&mut world, signed.account, id, sections, None).map_err(Refused::in_v1)?;
    one(&world, &signed, &machine, id)
}

/// `DELETE /api/servers/{machine}/shared_servers/{share}`
pub async fn remove_share(
    signed: Signed,
    State(tv): State<Tv>,
    Path((machine, id)): Path<(String, ShareId)>,
) -> Answer {
    let now = tv.now();
    let mut world = tv.world();
    owned(&world, &signed, &machine)?;
    sharing::remove(&mut world, signed.account, id, now).map_err(Refused::in_v1)?;
    obeyed()
}

fn owned<'a>(world: &'a World, signed: &Signed, machine: &str) -> Result<&'a Server, Refused> {
    let server = world.server(machine);
    server
        .filter(|server| server.owner == signed.account)
        .ok_or_else(Refused::missing_v1)
}

fn container(machine: &str, child: &str, rows: Vec<Value>) -> Value {
    let mut container = json!({
        "friendlyName": "myPlex",
        "identifier": "com.plexapp.plugins.myplex",
        "machineIdentifier": machine,
        "size": rows.len(),
    });
    container[child] = Value::Array(rows);
    container
}

fn row(world: &World, server: &Server, share: &Share) -> Value {
    let account = share.invitee.account().and_then(|id| world.account(id));
    let mut row = shown::rights(world, share.owner, &share.invitee).shown_v1();
    let sections = server.sections.iter().map(|section| {
        let mut shown = shown::section(section);
        shown["shared"] = json!(share.opens(section.id));
        shown
    });
    let facts = json!({
        "id": share.id,
        "username": account.map_or(share.invited_email.as_deref(), |account| Some(account.shown_name())),
        "email": account.and_then(|account| account.email.as_deref()).or(share.invited_email.as_deref()),
        "userID": account.map(|account| account.id),
        "accessToken": share.access_token,
        "name": server.name,
        "acceptedAt": share.accepted_at.map(super::super::moment::Moment::seconds),
        "invitedAt": share.invited_at.seconds(),
        "owned": true,
        "allLibraries": share.all_libraries,
        "Section": sections.collect::<Vec<_>>(),
    });
    if let (Some(row), Some(facts)) = (row.as_object_mut(), facts.as_object()) {
        row.extend(facts.clone());
    }
    row
}
