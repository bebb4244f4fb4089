//! Sharing by plex.tv's second version: create, list, change, remove.
//!
//! Two traps of the real service are kept: an empty `librarySectionIds` opens everything, and a change
//! overwrites the settings as a whole, so that what is not sent is lost.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Tv;
use super::super::answer::{Answer, Refused, done, v2, v2_created};
use super::super::asked::Sent;
use super::super::library::SectionId;
use super::super::share::{Invitee, Settings, Share, ShareId};
use super::super::sharing::{self, Wish};
use super::super::world::World;
use super::auth::Signed;
use super::shown;

/// `POST /api/v2/shared_servers` with `machineIdentifier`, `invitedEmail` (an e-mail address or a user name) or
/// `invitedId`, `librarySectionIds`, `skipFriendship`, `settings`.
pub async fn create(signed: Signed, State(tv): State<Tv>, Sent(body): Sent) -> Answer {
    let missing = |field: &str| Refused::v2(400, 1000, &format!("{field} is missing"));
    let machine = body["machineIdentifier"].as_str();
    let machine = machine.ok_or_else(|| missing("machineIdentifier"))?;
    let whom = invited(&body).ok_or_else(|| missing("invitedEmail"))?;
    let wish = Wish {
        owner: signed.account,
        machine: machine.to_owned(),
        whom,
        sections: numbers(&body["librarySectionIds"]).unwrap_or_default(),
        settings: body.get("settings").map(Settings::written),
        skip_friendship: Sent::flag(&body["skipFriendship"]).unwrap_or(false),
    };
    let mut world = tv.world();
    let id = sharing::invite(&mut world, wish, tv.now())?;
    let share = world.share(id).ok_or_else(Refused::unknown)?;
    v2_created("sharedServer", shown::share(&world, share, signed.account))
}

/// Whom a body is about, as text.
pub fn invited(body: &Value) -> Option<String> {
    let email = body["invitedEmail"]
        .as_str()
        .filter(|text| !text.is_empty());
    email
        .map(str::to_owned)
        .or_else(|| Sent::number(&body["invitedId"]).map(|id| id.to_string()))
}

/// A list of ids, each a number or the text of one.
pub fn numbers(value: &Value) -> Option<Vec<SectionId>> {
    let all = value.as_array()?;
    Some(all.iter().filter_map(Sent::number).collect())
}

/// `GET /api/v2/shared_servers/owned/accepted`: one unpaged list. Who left is still in it, with `leftAt`
/// (inferred from the field).
pub async fn owned_accepted(signed: Signed, State(tv): State<Tv>) -> Answer {
    list(&tv, &signed, |share, me| {
        share.owner == me && share.accepted_at.is_some() && share.deleted_at.is_none()
    })
}

/// `GET /api/v2/shared_servers/owned/pending`
pub async fn owned_pending(signed: Signed, State(tv): State<Tv>) -> Answer {
    list(&tv, &signed, |share, me| {
        share.owner == me && share.is_pending()
    })
}

/// `GET /api/v2/shared_servers/received/accepted`
pub async fn received_accepted(signed: Signed, State(tv): State<Tv>) -> Answer {
    list(&tv, &signed, |share, me| {
        share.invitee == Invitee::Account(me) && share.is_accepted()
    })
}

fn list(tv: &Tv, signed: &Signed, wanted: fn(&Share, u64) -> bool) -> Answer {
    let world = tv.world();
    let found = world
        .shares
        .iter()
        .filter(|share| wanted(share, signed.account));
    let rows: Vec<Value> = found
        .map(|share| shown::share(&world, share, signed.account))
        .collect();
    v2("sharedServers", json!(rows))
}

/// `GET /api/v2/shared_servers/{id}`
pub async fn show(signed: Signed, State(tv): State<Tv>, Path(id): Path<ShareId>) -> Answer {
    let world = tv.world();
    let share = concerning(&world, &signed, id)?;
    v2("sharedServer", shown::share(&world, share, signed.account))
}

/// `POST /api/v2/shared_servers/{id}` with `librarySectionIds` and `settings`.
pub async fn change(
    signed: Signed,
    State(tv): State<Tv>,
    Path(id): Path<ShareId>,
    Sent(body): Sent,
) -> Answer {
    let sections = numbers(&body["librarySectionIds"]);
    let settings = body.get("settings").map(Settings::written);
    let mut world = tv.world();
    sharing::change(&mut world, signed.account, id, sections, settings)?;
    let share = world.share(id).ok_or_else(Refused::unknown)?;
    v2("sharedServer", shown::share(&world, share, signed.account))
}

/// `DELETE /api/v2/shared_servers/{id}`: the owner takes it back, the invited person declines or leaves.
pub async fn remove(signed: Signed, State(tv): State<Tv>, Path(id): Path<ShareId>) -> Answer {
    let now = tv.now();
    let mut world = tv.world();
    let is_owner = concerning(&world, &signed, id)?.owner == signed.account;
    if is_owner {
        sharing::remove(&mut world, signed.account, id, now)?;
    } else {
        sharing::leave(&mut world, signed.account, id, now)?;
    }
    done()
}

fn concerning<'a>(world: &'a World, signed: &Signed, id: ShareId) -> Result<&'a Share, Refused> {
    let me = Invitee::Account(signed.account);
    let mine =
        |share: &&Share| (share.owner == signed.account || share.invitee == me) && !share.is_over();
    world.share(id).filter(mine).ok_or_else(Refused::unknown)
}
