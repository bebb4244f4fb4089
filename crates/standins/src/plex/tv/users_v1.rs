//! The people around an account, by plex.tv's first version: friends (with or without access) and its home.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde_json::{Value, json};

use super::super::Tv;
use super::super::account::AccountId;
use super::super::answer::{Answer, v1};
use super::super::share::{Friends, Invitee, Share};
use super::super::world::World;
use super::auth::Signed;
use super::shown;

/// `GET /api/users`, as recorded in Home Assistant's `plextv_shared_users.xml`.
pub async fn list(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let mut shares: BTreeMap<AccountId, Vec<&Share>> = BTreeMap::new();
    for share in world
        .shares
        .iter()
        .filter(|share| share.owner == signed.account && !share.is_over())
    {
        if let Some(account) = share.invitee.account() {
            shares.entry(account).or_default().push(share);
        }
    }
    let rows: Vec<Value> = around(&world, signed.account, &shares)
        .into_iter()
        .filter_map(|account| user(&world, signed.account, account, shares.get(&account)))
        .collect();
    let machine = world
        .servers
        .iter()
        .find(|server| server.owner == signed.account);
    v1(
        "MediaContainer",
        json!({
            "friendlyName": "myPlex",
            "identifier": "com.plexapp.plugins.myplex",
            "machineIdentifier": machine.map(|server| server.machine.as_str()),
            "totalSize": rows.len(),
            "size": rows.len(),
            "User": rows,
        }),
    )
}

/// Friends, members of the home, and whoever accepted a share without becoming a friend.
fn around(
    world: &World,
    me: AccountId,
    shares: &BTreeMap<AccountId, Vec<&Share>>,
) -> BTreeSet<AccountId> {
    let home = world.home_of(me).into_iter().map(|account| account.id);
    let friends = world
        .sharings
        .iter()
        .filter_map(|sharing| match &sharing.invitee {
            _ if sharing.friends != Friends::Yes => None,
            Invitee::Account(id) if sharing.owner == me => Some(*id),
            Invitee::Account(id) if *id == me => Some(sharing.owner),
            _ => None,
        });
    let members = shares
        .iter()
        .filter(|(_, shares)| shares.iter().any(|share| share.is_accepted()));
    let mut all: BTreeSet<AccountId> = home.chain(friends).collect();
    all.extend(members.map(|(account, _)| *account));
    all.remove(&me);
    all
}

fn user(
    world: &World,
    owner: AccountId,
    id: AccountId,
    shares: Option<&Vec<&Share>>,
) -> Option<Value> {
    let account = world.account(id)?;
    let mut row = shown::rights(world, owner, &Invitee::Account(id)).shown_v1();
    let servers: Vec<Value> = shares
        .into_iter()
        .flatten()
        .filter_map(|share| server(world, share))
        .collect();
    let facts = json!({
        "id": id,
        "title": account.title,
        "username": account.username,
        "email": account.email,
        "recommendationsPlaylistId": "",
        "thumb": account.thumb(),
        "protected": account.home_pin.is_some(),
        "home": account.home.is_some_and(|home| world.account(owner).and_then(|its| its.home)
            .is_some_and(|its| its.admin == home.admin)),
        "restricted": account.is_restricted(),
        "Server": servers,
    });
    if let (Some(row), Some(facts)) = (row.as_object_mut(), facts.as_object()) {
        row.extend(facts.clone());
    }
    Some(row)
}

fn server(world: &World, share: &Share) -> Option<Value> {
    let server = world.server(&share.machine)?;
    let seen = share
        .last_seen
        .or(share.accepted_at)
        .unwrap_or(share.invited_at);
    Some(json!({
        "id": share.id,
        "serverId": server.id,
        "machineIdentifier": server.machine,
        "name": server.name,
        "lastSeenAt": seen.seconds(),
        "numLibraries": shown::opened(server, share).len(),
        "allLibraries": share.all_libraries,
        "owned": true,
        "pending": share.is_pending(),
    }))
}
