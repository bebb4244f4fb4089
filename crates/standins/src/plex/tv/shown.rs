//! How plex.tv's second version shows servers, sections and shares.

use serde_json::{Value, json};

use super::super::account::{Account, AccountId};
use super::super::library::Section;
use super::super::moment::Moment;
use super::super::server::Server;
use super::super::share::{Friends, Invitee, Settings, Share};
use super::super::world::World;

/// A section, as sharing knows it.
pub fn section(section: &Section) -> Value {
    json!({
        "id": section.id,
        "key": section.key,
        "title": section.title,
        "type": section.kind,
    })
}

/// A share, as recorded in `shared_server_create.json` of the crate `plex-api`.
pub fn share(world: &World, share: &Share, viewer: AccountId) -> Value {
    let server = world.server(&share.machine);
    let account = share.invitee.account().and_then(|id| world.account(id));
    let settings = rights(world, share.owner, &share.invitee);
    let libraries: Vec<Value> = server.map_or_else(Vec::new, |server| opened(server, share));
    json!({
        "id": share.id,
        "name": server.map(|server| server.name.as_str()),
        "ownerId": share.owner,
        "invitedId": account.map(|account| account.id),
        "invitedEmail": if account.is_some() { None } else { share.invited_email.as_deref() },
        "serverId": server.map(|server| server.id),
        "accepted": share.accepted_at.is_some(),
        "acceptedAt": share.accepted_at.map(Moment::iso),
        "deletedAt": share.deleted_at.map(Moment::iso),
        "leftAt": share.left_at.map(Moment::iso),
        "owned": share.owner == viewer,
        "inviteToken": share.invite_token,
        "machineIdentifier": share.machine,
        "lastSeenAt": share.last_seen.map(Moment::iso),
        "numLibraries": libraries.len(),
        "allLibraries": share.all_libraries,
        "invited": invited(world, share, account, &settings),
        "sharingSettings": settings.shown(),
        "libraries": libraries,
    })
}

fn invited(world: &World, share: &Share, account: Option<&Account>, settings: &Settings) -> Value {
    let Some(account) = account else {
        return json!({
            "id": null, "uuid": null, "title": share.invited_email, "username": null,
            "email": share.invited_email, "restricted": false, "friendlyName": null, "thumb": null,
            "home": false, "status": "pending", "sharingSettings": settings.shown(),
        });
    };
    let mut shown = account.in_short();
    let friends = world
        .sharing(share.owner, &share.invitee)
        .map_or(Friends::No, |sharing| sharing.friends);
    shown["status"] = match friends {
        Friends::Yes => json!("accepted"),
        Friends::Asked => json!("pending"),
        Friends::No => json!(null),
    };
    shown["sharingSettings"] = settings.shown();
    shown
}

/// The sections that a share opens.
pub fn opened(server: &Server, share: &Share) -> Vec<Value> {
    let all = server.sections.iter();
    all.filter(|one| share.opens(one.id)).map(section).collect()
}

pub fn rights(world: &World, owner: AccountId, invitee: &Invitee) -> Settings {
    world
        .sharing(owner, invitee)
        .map(|sharing| sharing.settings.clone())
        .unwrap_or_default()
}
