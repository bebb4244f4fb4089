//! Choosing a server, as a pure function: who is there stays, then the plan's own servers, then where the member
//! was before, then their location, then the emptiest. Whatever is refused, is refused with its reason.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kit::id::{GroupId, Id, MemberId, ServerId};
use kit::stored::stored_words;
use kit::{Text, t};

use crate::entitlements::{Entitlements, Spread, Targets};
use crate::server::Server;

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

impl<'a> Asked<'a> {
    /// Somebody new who pays and has no wishes.
    pub fn new(member: &'a MemberId, entitlements: &'a Entitlements) -> Self {
        Self {
            member,
            entitlements,
            trial: false,
            permanent: false,
            location: None,
            platform: None,
        }
    }
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
    /// How full the platform finds the account that the server belongs to. `None`: nobody counts there.
    pub crowd: Option<Crowd>,
    /// Whether the platform lets its members download: some want to be paid for it.
    pub downloads: bool,
    pub tie: Tie,
}

/// People that a platform counts against a limit of its own: friends and home users, whoever let them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    pub known: i64,
    pub most: i64,
}

impl Crowd {
    /// Whether somebody should know, while there is still time.
    pub const fn is_near(self) -> bool {
        self.known * 10 >= self.most * 9
    }
}

impl Candidate {
    pub(crate) fn is_here(&self) -> bool {
        matches!(self.tie, Tie::Current | Tie::Pending)
    }

    /// The most members that fit, by our ceiling and the platform's own limit. `None`: as many as come.
    pub fn most(&self) -> Option<i64> {
        let by_platform = self
            .crowd
            .map(|crowd| self.taken + (crowd.most - crowd.known).max(0));
        match (self.server.ceiling, by_platform) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        }
    }

    /// Why this server cannot serve. Whoever is on it already needs neither room nor an open door.
    pub fn obstacle(
        &self,
        wanted: &Entitlements,
        trial: bool,
        permanent: bool,
    ) -> Option<Obstacle> {
        if !wanted
            .groups
            .iter()
            .all(|group| self.groups.contains(group))
        {
            return Some(Obstacle::Libraries);
        }
        if self.is_here() {
            return None;
        }
        let server = &self.server;
        if wanted.downloads && !self.downloads {
            return Some(Obstacle::Downloads);
        }
        if !server.enabled {
            return Some(Obstacle::Off);
        }
        if trial && !server.takes_trials {
            return Some(Obstacle::NoTrials);
        }
        if !trial && !server.takes_members {
            return Some(Obstacle::NoMembers);
        }
        if let Some(ceiling) = server
            .ceiling
            .filter(|most| self.taken >= *most && !permanent)
        {
            let taken = self.taken;
            return Some(Obstacle::Full { taken, ceiling });
        }
        // Nobody is permanent enough for the platform's own limit; whom it knows already is counted already.
        let crowd = self.crowd.filter(|crowd| crowd.known >= crowd.most);
        let crowd = crowd.filter(|_| self.tie != Tie::Linked);
        crowd.map(|Crowd { known, most }| Obstacle::Crowded { known, most })
    }
}

/// Why a server cannot serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The plan names other servers and insists on them.
    NotNamed,
    /// The customer chose another platform.
    OtherPlatform,
    Libraries,
    Downloads,
    Off,
    NoTrials,
    NoMembers,
    Full {
        taken: i64,
        ceiling: i64,
    },
    /// The platform itself takes nobody more.
    Crowded {
        known: i64,
        most: i64,
    },
    /// It would do, but all servers of its platform are wanted, and another one of them will not.
    NotAll,
}

impl Obstacle {
    /// The reason in a sentence.
    pub fn text(self, server: &Server) -> Text {
        let server = &server.name;
        match self {
            Self::NotNamed => t!(
                "{server} is not among the servers of this plan.",
                server = server
            ),
            Self::OtherPlatform => t!(
                "{server} is of another kind than was chosen.",
                server = server
            ),
            Self::Libraries => t!(
                "{server} does not have all libraries of this plan.",
                server = server
            ),
            Self::Downloads => t!(
                "{server} cannot offer downloads: its platform wants to be paid for them (Plex Pass or Emby Premiere).",
                server = server
            ),
            Self::Off => t!("{server} is switched off.", server = server),
            Self::NoTrials => t!("{server} takes no trials.", server = server),
            Self::NoMembers => t!("{server} takes no new members.", server = server),
            Self::Full { taken, ceiling } => t!(
                "{server} is full: {taken} of {ceiling} places are taken.",
                server = server,
                taken = taken,
                ceiling = ceiling
            ),
            Self::Crowded { known, most } => t!(
                "{server} is full: its owner’s account shares with {known} people, friends and home users included, and the platform takes {most}.",
                server = server,
                known = known,
                most = most
            ),
            Self::NotAll => t!(
                "{server} would do, but another server of its kind would not.",
                server = server
            ),
        }
    }

    /// Whether the server was never in question, so that nobody needs to be told.
    const fn is_elsewhere(self) -> bool {
        matches!(self, Self::NotNamed | Self::OtherPlatform)
    }
}

stored_words! {
    /// Why a member got the server they got.
    pub enum Rule {
        /// They are on it.
        Stays = "stays",
        /// They are about to come in, or a place is held for them.
        Pending = "pending",
        /// The plan prefers it.
        Preferred = "preferred",
        /// A user there is theirs.
        Linked = "linked",
        /// They were on it before.
        Former = "former",
        /// The plan opens all of them.
        All = "all",
        /// It is where they asked to be.
        Location = "location",
        /// It has the fewest members.
        Emptiest = "emptiest",
        /// No other was in question.
        Only = "only",
        /// Somebody chose it.
        Chosen = "chosen",
    }
}

impl Rule {
    /// The reason in a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Stays => t!("They were on it already."),
            Self::Pending => t!("They were about to come in here, or a place was held for them."),
            Self::Preferred => t!("Their plan prefers it."),
            Self::Linked => t!("They have a user there."),
            Self::Former => t!("They were on it before."),
            Self::All => t!("Their plan opens all servers of its kind."),
            Self::Location => {
                t!("It is in the location that they chose, and has the fewest members there.")
            }
            Self::Emptiest => t!("It had the fewest members."),
            Self::Only => t!("It was the only one in question."),
            Self::Chosen => t!("It was chosen for them."),
        }
    }
}

/// One server that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    pub server: ServerId,
    pub rule: Rule,
}

impl Picked {
    /// Whether the member needs no room there that they do not have.
    pub(crate) fn is_here(&self) -> bool {
        matches!(self.rule, Rule::Stays | Rule::Pending)
    }
}

/// Why no server will do: each one's obstacle, in the order of the candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub obstacles: Vec<Option<Obstacle>>,
}

impl Refused {
    /// All reasons in sentences, for these candidates.
    pub fn text(&self, candidates: &[Candidate]) -> Text {
        candidates
            .iter()
            .zip(&self.obstacles)
            .filter_map(|(one, obstacle)| {
                let obstacle = obstacle.filter(|obstacle| !obstacle.is_elsewhere())?;
                Some(obstacle.text(&one.server))
            })
            .reduce(|all, next| t!("{first} {next}", first = all, next = next))
            .unwrap_or_else(|| t!("No media server of this plan is set up yet."))
    }
}

/// Chooses among candidates. Pure, and quick: of those worse than the best so far nothing is asked.
pub fn pick(candidates: &[Candidate], asked: &Asked<'_>) -> Result<Vec<Picked>, Refused> {
    match asked.entitlements.spread {
        Spread::One => pick_one(candidates, asked),
        Spread::All => pick_all(candidates, asked),
    }
}

fn pick_one(candidates: &[Candidate], asked: &Asked<'_>) -> Result<Vec<Picked>, Refused> {
    let mut best: Option<(Rank<'_>, usize)> = None;
    let mut obstacles = Vec::new();
    for (at, one) in candidates.iter().enumerate() {
        let rank = rank(one, asked);
        if best.as_ref().is_some_and(|(best, _)| *best <= rank) {
            continue;
        }
        match obstacle_of(one, asked) {
            None => best = Some((rank, at)),
            found if best.is_none() => obstacles.push(found),
            _ => {}
        }
    }
    let Some((_, at)) = best else {
        return Err(Refused { obstacles });
    };
    let server = candidates[at].server.id.clone();
    let rule = rule_of(&candidates[at], candidates, asked);
    Ok(vec![Picked { server, rule }])
}

/// All servers of one platform, of that where the member is, else of the emptiest. One that is full spoils it,
/// one that was switched off does not.
fn pick_all(candidates: &[Candidate], asked: &Asked<'_>) -> Result<Vec<Picked>, Refused> {
    let mut named: Vec<&Candidate> = candidates
        .iter()
        .filter(|one| !found_elsewhere(one, asked))
        .collect();
    named.sort_by_key(|one| rank(one, asked));
    let chosen = named.iter().find_map(|first| {
        let alike = || {
            named
                .iter()
                .filter(|one| one.server.kind == first.server.kind)
        };
        let is_spoilt = alike().any(|one| one.server.enabled && obstacle_of(one, asked).is_some());
        let fitting = alike().filter(|one| obstacle_of(one, asked).is_none());
        let chosen: Vec<Picked> = fitting
            .map(|one| Picked {
                server: one.server.id.clone(),
                rule: match one.tie {
                    Tie::Current => Rule::Stays,
                    Tie::Pending => Rule::Pending,
                    Tie::Linked | Tie::Former | Tie::None => Rule::All,
                },
            })
            .collect();
        (!is_spoilt && !chosen.is_empty()).then_some(chosen)
    });
    chosen.ok_or_else(|| Refused {
        obstacles: candidates
            .iter()
            .map(|one| obstacle_of(one, asked).or(Some(Obstacle::NotAll)))
            .collect(),
    })
}

/// Those of the servers that somebody chose which can serve; the others are tried again with the next look.
pub(crate) fn pick_these(
    candidates: &[Candidate],
    asked: &Asked<'_>,
    by_hand: &[ServerId],
) -> Result<Vec<Picked>, Refused> {
    let obstacle = |one: &Candidate| {
        if by_hand.contains(&one.server.id) {
            one.obstacle(asked.entitlements, asked.trial, asked.permanent)
        } else {
            Some(Obstacle::NotNamed)
        }
    };
    let picked: Vec<Picked> = candidates
        .iter()
        .filter(|one| obstacle(one).is_none())
        .map(|one| Picked {
            server: one.server.id.clone(),
            rule: match one.tie {
                Tie::Current => Rule::Stays,
                Tie::Pending => Rule::Pending,
                Tie::Linked | Tie::Former | Tie::None => Rule::Chosen,
            },
        })
        .collect();
    if picked.is_empty() {
        let obstacles = candidates.iter().map(obstacle).collect();
        return Err(Refused { obstacles });
    }
    Ok(picked)
}

fn found_elsewhere(one: &Candidate, asked: &Asked<'_>) -> bool {
    obstacle_of(one, asked).is_some_and(Obstacle::is_elsewhere)
}

/// Why this server cannot serve this member.
pub fn obstacle_of(one: &Candidate, asked: &Asked<'_>) -> Option<Obstacle> {
    let wanted = asked.entitlements;
    if is_insisted(wanted) && !is_named(wanted, one) {
        return Some(Obstacle::NotNamed);
    }
    if asked
        .platform
        .is_some_and(|platform| one.server.kind != platform)
    {
        return Some(Obstacle::OtherPlatform);
    }
    one.obstacle(wanted, asked.trial, asked.permanent)
}

/// Whether servers that the plan does not name are out of the question.
fn is_insisted(wanted: &Entitlements) -> bool {
    wanted.targets == Targets::Only || wanted.spread == Spread::All
}

/// Whether a plan that names no server, or this one, means it.
pub(crate) fn is_named(wanted: &Entitlements, candidate: &Candidate) -> bool {
    wanted.servers.is_empty() || wanted.servers.contains(&candidate.server.id)
}

/// Smaller is better.
type Rank<'a> = (bool, bool, Tie, bool, i64, &'a str);

fn rank<'a>(one: &'a Candidate, asked: &Asked<'_>) -> Rank<'a> {
    let elsewhere = asked.location.is_some() && one.server.location.as_deref() != asked.location;
    let unnamed = !is_named(asked.entitlements, one);
    let id = one.server.id.as_str();
    (!one.is_here(), unnamed, one.tie, elsewhere, one.taken, id)
}

fn rule_of(chosen: &Candidate, candidates: &[Candidate], asked: &Asked<'_>) -> Rule {
    let wanted = asked.entitlements;
    let in_question = |one: &&Candidate| !found_elsewhere(one, asked);
    match chosen.tie {
        Tie::Current => Rule::Stays,
        Tie::Pending => Rule::Pending,
        _ if !is_insisted(wanted) && !wanted.servers.is_empty() && is_named(wanted, chosen) => {
            Rule::Preferred
        }
        Tie::Linked => Rule::Linked,
        Tie::Former => Rule::Former,
        Tie::None if candidates.iter().filter(in_question).take(2).count() < 2 => Rule::Only,
        Tie::None
            if asked.location.is_some() && chosen.server.location.as_deref() == asked.location =>
        {
            Rule::Location
        }
        Tie::None => Rule::Emptiest,
    }
}

/// A server of a plan, and why it cannot be had. `None`: it can.
#[derive(Debug, Clone)]
pub struct Offer {
    pub server: ServerId,
    pub server_name: String,
    pub obstacle: Option<Text>,
}

/// What each server of a plan says to somebody new, for plan pages; those the plan prefers come first. Pure.
pub fn offers(candidates: &[Candidate], wanted: &Entitlements, trial: bool) -> Vec<Offer> {
    let mut named: Vec<&Candidate> = candidates
        .iter()
        .filter(|one| !is_insisted(wanted) || is_named(wanted, one))
        .collect();
    named.sort_by_key(|one| Reverse(is_named(wanted, one)));
    named
        .into_iter()
        .map(|one| Offer {
            server: one.server.id.clone(),
            server_name: one.server.name.clone(),
            obstacle: one
                .obstacle(wanted, trial, false)
                .map(|found| found.text(&one.server)),
        })
        .collect()
}

/// Why nobody new can have this plan now. `None`: they can. Pure; load the candidates once for many plans.
pub fn why_not(candidates: &[Candidate], wanted: &Entitlements, trial: bool) -> Option<Text> {
    if wanted.is_empty() {
        return Some(opens_nothing());
    }
    let nobody = MemberId::parse("mem_nobody").expect("the text is an id");
    let asked = Asked {
        trial,
        ..Asked::new(&nobody, wanted)
    };
    pick(candidates, &asked)
        .err()
        .map(|refused| refused.text(candidates))
}

pub(crate) fn opens_nothing() -> Text {
    t!("This plan opens no libraries. Choose library groups for it first.")
}
