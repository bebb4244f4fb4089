//! Placement: which servers a member gets, and why not the others.
//!
//! Choosing is pure over [`Candidate`]s; [`choose`] and [`settle`] hold the servers' rows while they count, so
//! that two checkouts never take the same last place.

use std::collections::{BTreeMap, BTreeSet};

use db::{DbError, Read, Tx, values};
use kit::id::{GroupId, Id, MemberId, ServerId};
use kit::{Text, Timestamp, t};

use crate::entitlements::{Entitlements, Spread};
use crate::error::MediaError;
use crate::place;
use crate::remote::Level;
use crate::server::{self, Server};
use crate::share::{self, Share, ShareState};

/// Who wants in, and what their plan gives.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub member: &'a MemberId,
    pub entitlements: &'a Entitlements,
    /// On trial: only servers that take trials.
    pub trial: bool,
    /// Permanent members are never refused for want of room.
    pub permanent: bool,
    /// The location the customer chose. `None`: any.
    pub location: Option<&'a str>,
    /// The kind of server the customer chose. `None`: where they are, else any.
    pub platform: Option<&'a str>,
}

/// What this member has to do with a server, the strongest tie first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    Current,
    Pending,
    Linked,
    Former,
    None,
}

/// A server as the choice sees it.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub server: Server,
    /// Groups of which it has at least one library.
    pub groups: BTreeSet<GroupId>,
    /// Members and reservations, without this member's own.
    pub taken: i64,
    pub tie: Tie,
}

/// A server of a plan, and why it cannot be had. `None`: it can.
#[derive(Debug, Clone)]
pub struct Offer {
    pub server: ServerId,
    pub server_name: String,
    pub obstacle: Option<Text>,
}

impl Candidate {
    fn is_here(&self) -> bool {
        matches!(self.tie, Tie::Current | Tie::Pending)
    }

    /// Why this server cannot serve. Whoever is on it already needs neither room nor an open door.
    fn obstacle(&self, entitlements: &Entitlements, trial: bool, permanent: bool) -> Option<Text> {
        let name = &self.server.name;
        if !entitlements
            .groups
            .iter()
            .all(|group| self.groups.contains(group))
        {
            return Some(t!(
                "{server} does not have all libraries of this plan.",
                server = name
            ));
        }
        if self.is_here() {
            return None;
        }
        if !self.server.enabled {
            return Some(t!("{server} is switched off.", server = name));
        }
        if trial && !self.server.takes_trials {
            return Some(t!("{server} takes no trials.", server = name));
        }
        if !trial && !self.server.takes_members {
            return Some(t!("{server} takes no new members.", server = name));
        }
        let full = self
            .server
            .ceiling
            .is_some_and(|ceiling| self.taken >= ceiling);
        (full && !permanent).then(|| {
            t!(
                "{server} is full: {taken} of {ceiling} places are taken.",
                server = name,
                taken = self.taken,
                ceiling = self.server.ceiling.unwrap_or(0)
            )
        })
    }
}

/// Chooses among candidates. `Err`: why none will do. Pure.
pub fn pick(candidates: &[Candidate], asked: &Asked<'_>) -> Result<Vec<ServerId>, Text> {
    let wanted = asked.entitlements;
    if wanted.is_empty() {
        return Err(t!(
            "This plan opens no libraries. Choose library groups for it first."
        ));
    }
    let mut named: Vec<&Candidate> = candidates
        .iter()
        .filter(|one| is_named(wanted, one) && is_of(asked.platform, one))
        .collect();
    named.sort_by_key(|one| rank(one, asked.location));
    let obstacle_of = |one: &&Candidate| one.obstacle(wanted, asked.trial, asked.permanent);
    match wanted.spread {
        Spread::One => named
            .iter()
            .find(|one| obstacle_of(one).is_none())
            .map(|one| vec![one.server.id.clone()]),
        Spread::All => all_of_a_platform(&named, obstacle_of),
    }
    .ok_or_else(|| reasons(named.iter().filter_map(obstacle_of)))
}

/// All servers of one platform, of that where the member is, else of the emptiest. One that is full spoils it,
/// one that was switched off does not.
fn all_of_a_platform(
    named: &[&Candidate],
    obstacle_of: impl Fn(&&Candidate) -> Option<Text>,
) -> Option<Vec<ServerId>> {
    named.iter().find_map(|first| {
        let alike = || {
            named
                .iter()
                .filter(|one| one.server.kind == first.server.kind)
        };
        let is_spoilt = alike().any(|one| one.server.enabled && obstacle_of(one).is_some());
        let fitting = alike().filter(|one| obstacle_of(one).is_none());
        let chosen: Vec<ServerId> = fitting.map(|one| one.server.id.clone()).collect();
        (!is_spoilt && !chosen.is_empty()).then_some(chosen)
    })
}

fn is_of(platform: Option<&str>, candidate: &Candidate) -> bool {
    platform.is_none_or(|platform| candidate.server.kind == platform)
}

fn is_named(wanted: &Entitlements, candidate: &Candidate) -> bool {
    wanted.servers.is_empty() || wanted.servers.contains(&candidate.server.id)
}

/// Smaller is better: who is there stays there; then the location, then the emptiest.
fn rank<'a>(one: &'a Candidate, location: Option<&str>) -> (Tie, bool, i64, &'a str) {
    let elsewhere = location.is_some() && one.server.location.as_deref() != location;
    (one.tie, elsewhere, one.taken, one.server.id.as_str())
}

fn reasons(found: impl Iterator<Item = Text>) -> Text {
    let gathered = found.reduce(|all, next| t!("{first} {next}", first = all, next = next));
    gathered.unwrap_or_else(|| t!("No media server of this plan is set up yet."))
}

/// What each server of a plan says to somebody new, for plan pages. Pure.
pub fn offers(candidates: &[Candidate], wanted: &Entitlements, trial: bool) -> Vec<Offer> {
    candidates
        .iter()
        .filter(|one| is_named(wanted, one))
        .map(|one| Offer {
            server: one.server.id.clone(),
            server_name: one.server.name.clone(),
            obstacle: one.obstacle(wanted, trial, false),
        })
        .collect()
}

/// Why nobody new can have this plan now. `None`: they can. Pure; load the candidates once for many plans.
pub fn why_not(candidates: &[Candidate], wanted: &Entitlements, trial: bool) -> Option<Text> {
    let nobody = MemberId::parse("mem_nobody").expect("the text is an id");
    let asked = Asked {
        member: &nobody,
        entitlements: wanted,
        trial,
        permanent: false,
        location: None,
        platform: None,
    };
    pick(candidates, &asked).err()
}

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
type Reserved = BTreeMap<ServerId, i64>;

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
    let servers = server::list(read).await?;
    Ok(servers
        .into_iter()
        .map(|server| Candidate {
            groups: groups
                .iter()
                .filter(|row| row.server_id == server.id)
                .map(|row| row.group_id.clone())
                .collect(),
            taken: server.members + reserved.get(&server.id).copied().unwrap_or(0),
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

/// The servers the member would get now.
///
/// Who stays where they are, or holds a place, takes nothing from others. For anybody else all servers' rows are
/// held until the transaction ends, so that two never get the same last place.
pub(crate) async fn choose(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
) -> Result<Vec<ServerId>, MediaError> {
    let now = tx.now();
    // Who is there needs no room, so nobody's reservations are counted: on a busy day there are thousands.
    let candidates = candidates_for(&mut *tx, asked.member, now, &Reserved::new()).await?;
    if let Ok(chosen) = pick(&candidates, asked)
        && candidates
            .iter()
            .filter(|one| chosen.contains(&one.server.id))
            .all(Candidate::is_here)
    {
        return Ok(chosen);
    }
    // In one order everywhere, so that two who choose at once wait instead of blocking each other.
    let mut ids: Vec<&ServerId> = candidates.iter().map(|one| &one.server.id).collect();
    ids.sort();
    for id in ids {
        server::hold(tx, id).await?;
    }
    let reserved = reserved(&mut *tx, now).await?;
    let candidates = candidates_for(tx, asked.member, now, &reserved).await?;
    pick(&candidates, asked).map_err(MediaError::NoPlace)
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
    if level == Level::Full && !allowance.is_empty() {
        let chosen = choose(tx, asked).await?;
        for server in &chosen {
            let share = share::open(tx, asked.member, server).await?;
            share::decide(tx, &share, &allowance, Level::Full).await?;
        }
        end_others(tx, asked.member, &chosen).await?;
        place::use_up(tx, asked.member).await?;
    } else {
        let level = if level == Level::Full {
            Level::Ended
        } else {
            level
        };
        set_all(tx, asked.member, &allowance, level).await?;
    }
    Ok(share::list_of_member(tx, asked.member).await?)
}

async fn end_others(
    tx: &mut Tx<'_>,
    member: &MemberId,
    chosen: &[ServerId],
) -> Result<(), DbError> {
    for share in share::list_of_member(&mut *tx, member).await? {
        if !chosen.contains(&share.server_id) && share.takes_place {
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
