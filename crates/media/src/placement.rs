//! Placement: which servers a member gets, and why not the others.
//!
//! Choosing is pure ([`crate::choosing`]); [`choose`] and [`settle`] hold the servers' rows while they count, so
//! that two checkouts never take the same last place.

use std::collections::BTreeMap;

use db::{DbError, Read, Tx, values};
use kit::id::{GroupId, MemberId, ServerId};
use kit::{Timestamp, t};

use crate::choosing;
pub use crate::choosing::{
    Asked, Candidate, Crowd, Offer, Picked, Refused, Rule, Tie, offers, pick, why_not,
};
use crate::chosen;
use crate::crowd;
use crate::entitlements::Entitlements;
use crate::error::MediaError;
use crate::moving::{self, Going};
use crate::place;
use crate::placed::{self, PassedOver};
use crate::remote::Level;
use crate::server;
use crate::share::{self, Share, ShareState};

const GROUPS: &str = "
    select distinct server_id, group_id from libraries where missing_since = 9223372036854775807";
const PLACES: &str = "
    select p.server_id, count(*) as n
      from places p join shares s on s.id = p.share_id
     where p.expires_at > $1 and not s.takes_place
     group by p.server_id";

db::row! {
    struct GroupOn { server_id: ServerId, group_id: GroupId }
}
db::row! {
    struct CountOn { server_id: ServerId, n: i64 }
}

/// All servers as somebody new sees them.
pub async fn candidates(mut read: impl Read, now: Timestamp) -> Result<Vec<Candidate>, DbError> {
    let reserved = reserved(&mut read, now).await?;
    candidates_beside(read, &reserved).await
}

/// Places on each server that are kept for somebody who is about to pay.
pub(crate) type Reserved = BTreeMap<ServerId, i64>;

async fn reserved(mut read: impl Read, now: Timestamp) -> Result<Reserved, DbError> {
    let places: Vec<CountOn> = read.all(PLACES, values![now]).await?;
    Ok(places
        .into_iter()
        .map(|row| (row.server_id, row.n))
        .collect())
}

async fn candidates_beside(
    mut read: impl Read,
    reserved: &Reserved,
) -> Result<Vec<Candidate>, DbError> {
    let groups: Vec<GroupOn> = read.all(GROUPS, values![]).await?;
    let servers = server::list(&mut read).await?;
    let owners = crowd::of_servers(read, &servers, reserved).await?;
    Ok(servers
        .into_iter()
        .map(|server| Candidate {
            groups: groups
                .iter()
                .filter(|row| row.server_id == server.id)
                .map(|row| row.group_id.clone())
                .collect(),
            taken: server.members + reserved.get(&server.id).copied().unwrap_or(0),
            crowd: owners.crowd(&server),
            downloads: server.licensed && owners.has_pass(&server),
            tie: Tie::None,
            server,
        })
        .collect())
}

/// The candidates as this member sees them; their own places do not stand in their way.
async fn candidates_for(
    mut read: impl Read,
    member: &MemberId,
    now: Timestamp,
    reserved: &Reserved,
) -> Result<Vec<Candidate>, DbError> {
    let mut candidates = candidates_beside(&mut read, reserved).await?;
    let shares = share::list_of_member(&mut read, member).await?;
    let places = place::list_of_member(&mut read, member).await?;
    for candidate in &mut candidates {
        let id = &candidate.server.id;
        let share = shares.iter().find(|share| share.server_id == *id);
        let holds = places
            .iter()
            .any(|place| place.server_id == *id && place.expires_at > now);
        candidate.tie = match share {
            Some(share) => tie(share, holds),
            None => Tie::None,
        };
        if share.is_some_and(|share| share.takes_place) || holds {
            candidate.taken -= 1;
        }
    }
    Ok(candidates)
}

fn tie(share: &Share, holds_place: bool) -> Tie {
    match share.state {
        ShareState::InPlace if share.takes_place => Tie::Current,
        ShareState::BeingSetUp | ShareState::Invited if share.takes_place => Tie::Pending,
        _ if holds_place => Tie::Pending,
        ShareState::None if share.remote_id.is_some() => Tie::Linked,
        ShareState::Left | ShareState::InPlace | ShareState::BeingSetUp | ShareState::Invited => {
            Tie::Former
        }
        ShareState::None | ShareState::Removed => Tie::None,
    }
}

/// A server that a member gets, and what is kept of the choice.
#[derive(Debug, Clone)]
pub(crate) struct Placement {
    pub server: ServerId,
    pub rule: Rule,
    /// The other servers in question, and why it was none of them. Empty: the member was there already.
    pub passed_over: Vec<PassedOver>,
}

/// The servers the member would get now.
///
/// Who stays where they are, or holds a place, takes nothing from others. For anybody else all servers' rows are
/// held until the transaction ends, so that two never get the same last place.
pub(crate) async fn choose(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
) -> Result<Vec<Placement>, MediaError> {
    let going = moving::going(&mut *tx, asked.member).await?;
    match choose_among(tx, asked, going.as_ref()).await {
        // The way they are on ends when the placement is settled; until then it stands in nobody's way.
        Err(MediaError::NoPlace(_)) if going.is_some() => choose_among(tx, asked, None).await,
        other => other,
    }
}

/// Like [`choose`]; whoever is on their way to another server may choose that one alone.
async fn choose_among(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    going: Option<&Going>,
) -> Result<Vec<Placement>, MediaError> {
    if asked.entitlements.is_empty() {
        return Err(MediaError::NoPlace(choosing::opens_nothing()));
    }
    let now = tx.now();
    let by_hand = chosen_for(tx, asked.member, going).await?;
    // Who is there needs no room, so nobody's reservations are counted: on a busy day there are thousands.
    let mut candidates = candidates_for(&mut *tx, asked.member, now, &Reserved::new()).await?;
    if let Some(going) = going.filter(|_| by_hand.is_empty()) {
        going.narrow(&mut candidates, asked);
    }
    if let Ok(picked) = pick_for(&candidates, asked, &by_hand)
        && picked.iter().all(Picked::is_here)
    {
        return Ok(picked.into_iter().map(stays).collect());
    }
    // In one order everywhere, so that two who choose at once wait instead of blocking each other.
    let mut ids: Vec<&ServerId> = candidates.iter().map(|one| &one.server.id).collect();
    ids.sort();
    for id in ids {
        server::hold(tx, id).await?;
    }
    let reserved = reserved(&mut *tx, now).await?;
    let mut candidates = candidates_for(tx, asked.member, now, &reserved).await?;
    if let Some(going) = going.filter(|_| by_hand.is_empty()) {
        going.narrow(&mut candidates, asked);
    }
    match pick_for(&candidates, asked, &by_hand) {
        Ok(picked) => Ok(explained(&candidates, picked, asked)),
        Err(refused) => Err(MediaError::NoPlace(refused.text(&candidates))),
    }
}

/// What somebody chose for the member. Where they are going stands for where they come from.
async fn chosen_for(
    tx: &mut Tx<'_>,
    member: &MemberId,
    going: Option<&Going>,
) -> Result<Vec<ServerId>, DbError> {
    let mut by_hand = chosen::of_member(tx, member).await?;
    if let Some(going) = going.filter(|_| !by_hand.is_empty()) {
        by_hand.retain(|server| *server != going.from);
        by_hand.push(going.to.clone());
    }
    Ok(by_hand)
}

/// What somebody chose for the member comes before what their plan says.
fn pick_for(
    candidates: &[Candidate],
    asked: &Asked<'_>,
    by_hand: &[ServerId],
) -> Result<Vec<Picked>, Refused> {
    if by_hand.is_empty() {
        pick(candidates, asked)
    } else {
        choosing::pick_these(candidates, asked, by_hand)
    }
}

fn stays(picked: Picked) -> Placement {
    Placement {
        server: picked.server,
        rule: picked.rule,
        passed_over: Vec::new(),
    }
}

fn explained(candidates: &[Candidate], picked: Vec<Picked>, asked: &Asked<'_>) -> Vec<Placement> {
    let chosen: Vec<ServerId> = picked.iter().map(|one| one.server.clone()).collect();
    let passed_over = placed::passed_over(candidates, &chosen, asked);
    picked
        .into_iter()
        .map(|one| Placement {
            passed_over: passed_over.clone(),
            ..stays(one)
        })
        .collect()
}

/// Makes the member's shares what their plan and status say, and has them kept in order by [`upkeep`].
///
/// Reservations are used up. Servers that the plan no longer opens end. With any other level than `Full`
/// nobody gets a new share. Answers all shares of the member that count. Safe to repeat.
pub async fn settle(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    level: Level,
) -> Result<Vec<Share>, MediaError> {
    let allowance = if asked.permanent {
        asked.entitlements.clone().without_limits()
    } else {
        asked.entitlements.clone()
    };
    let going = moving::going(&mut *tx, asked.member).await?;
    if level == Level::Full && !allowance.is_empty() {
        let chosen = choose_and_go(tx, asked, going.as_ref()).await?;
        for one in &chosen {
            let share = share::open(tx, asked.member, &one.server).await?;
            placed::keep(tx, &share, one).await?;
            share::decide(tx, &share, &allowance, Level::Full).await?;
        }
        let mut kept: Vec<ServerId> = chosen.into_iter().map(|one| one.server).collect();
        if let Some(going) = going.filter(|going| kept.contains(&going.to)) {
            kept.extend(going.kept(tx).await?);
        }
        end_others(tx, asked.member, &kept).await?;
        place::use_up(tx, asked.member).await?;
    } else {
        let level = if level == Level::Full {
            Level::Ended
        } else {
            level
        };
        set_all(tx, asked.member, &allowance, level).await?;
        if let Some(going) = going {
            going.follow(tx, &allowance, level).await?;
        }
    }
    Ok(share::list_of_member(tx, asked.member).await?)
}

/// Like [`choose_among`]; a way that leads nowhere any more ends here, and the member stays.
async fn choose_and_go(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    going: Option<&Going>,
) -> Result<Vec<Placement>, MediaError> {
    let chosen = choose_among(tx, asked, going).await;
    let Some(going) = going else { return chosen };
    let why = match chosen {
        Ok(chosen) if chosen.iter().any(|one| one.server == going.to) => return Ok(chosen),
        Ok(_) => t!("The plan opens other servers now."),
        Err(MediaError::NoPlace(why)) => why,
        Err(error) => return Err(error),
    };
    going.fail(tx, &why).await?;
    choose_among(tx, asked, None).await
}

async fn end_others(tx: &mut Tx<'_>, member: &MemberId, kept: &[ServerId]) -> Result<(), DbError> {
    for share in share::list_of_member(&mut *tx, member).await? {
        if !kept.contains(&share.server_id) && share.takes_place {
            let nothing = Entitlements::default();
            share::decide(tx, &share, &nothing, Level::Ended).await?;
        }
    }
    Ok(())
}

/// Shares that ended before stay as they are, unless they are to be deleted.
async fn set_all(
    tx: &mut Tx<'_>,
    member: &MemberId,
    allowance: &Entitlements,
    level: Level,
) -> Result<(), DbError> {
    for share in share::list_of_member(&mut *tx, member).await? {
        let is_past = !share.takes_place;
        let touched = match level {
            Level::Full | Level::Withdrawn | Level::Held | Level::Ended => !is_past,
            Level::Deleted => share.state != ShareState::None && share.state != ShareState::Removed,
        };
        if touched {
            share::decide(tx, &share, allowance, level).await?;
        }
    }
    Ok(())
}
