//! Invitations from both ends, grouped by the person at the other end.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Tv;
use super::super::account::{Account, AccountId};
use super::super::answer::{Answer, Refused, done, v2};
use super::super::share::{Invitee, Share, ShareId};
use super::super::sharing;
use super::super::world::World;
use super::auth::Signed;
use super::shown;

/// `GET /api/v2/shared_servers/invites/owned/pending`: one entry a person, their `sharedServers` inside.
pub async fn owned(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let mine = |share: &&Share| share.owner == signed.account && share.is_pending();
    let mut groups: Vec<(&Invitee, Value)> = Vec::new();
    for share in world.shares.iter().filter(mine) {
        let row = shown::share(&world, share, signed.account);
        let known = groups
            .iter()
            .position(|(invitee, _)| **invitee == share.invitee);
        let at = known.unwrap_or_else(|| {
            let start = json!({ "id": share.id, "invited": row["invited"], "sharedServers": [] });
            groups.push((&share.invitee, start));
            groups.len() - 1
        });
        add(&mut groups[at].1, row);
    }
    let groups: Vec<Value> = groups.into_iter().map(|(_, group)| group).collect();
    v2("invites", json!(groups))
}

/// `GET /api/v2/shared_servers/invites/received/pending`: one entry an owner.
pub async fn received(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let me = Invitee::Account(signed.account);
    let mine = |share: &&Share| share.invitee == me && share.is_pending();
    let mut groups: Vec<(AccountId, Value)> = Vec::new();
    for share in world.shares.iter().filter(mine) {
        let row = shown::share(&world, share, signed.account);
        let known = groups.iter().position(|(owner, _)| *owner == share.owner);
        let at = known.unwrap_or_else(|| {
            groups.push((share.owner, from(&world, share)));
            groups.len() - 1
        });
        add(&mut groups[at].1, row);
    }
    let groups: Vec<Value> = groups.into_iter().map(|(_, group)| group).collect();
    v2("invites", json!(groups))
}

fn from(world: &World, share: &Share) -> Value {
    let owner = world.account(share.owner);
    json!({
        "id": share.id,
        "owner": owner.map(Account::in_short),
        "createdAt": share.invited_at.iso(),
        "sharedServers": [],
    })
}

fn add(group: &mut Value, row: Value) {
    if let Some(servers) = group["sharedServers"].as_array_mut() {
        servers.push(row);
    }
}

/// `POST /api/v2/shared_servers/{id}/accept`, with the invited person's own token.
pub async fn accept(signed: Signed, State(tv): State<Tv>, Path(id): Path<ShareId>) -> Answer {
    let now = tv.now();
    let mut world = tv.world();
    sharing::accept(&mut world, signed.account, id, now)?;
    let share = world.share(id).ok_or_else(Refused::unknown)?;
    v2("sharedServer", shown::share(&world, share, signed.account))
}

/// `POST /api/v2/shared_servers/{id}/decline` (inferred; `DELETE` of the share does the same).
pub async fn decline(signed: Signed, State(tv): State<Tv>, Path(id): Path<ShareId>) -> Answer {
    let now = tv.now();
    sharing::leave(&mut tv.world(), signed.account, id, now)?;
    done()
}
