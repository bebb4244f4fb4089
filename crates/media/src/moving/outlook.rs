//! What a move would do to each member, before it does: pure over facts, so that the preview and what is begun
//! are the same.

use std::collections::BTreeSet;

use kit::id::{MemberId, ServerId};
use kit::stored::stored_words;
use kit::{Text, t};

use crate::choosing::{self, Asked, Candidate, Crowd, Obstacle, Tie};
use crate::entitlements::{Entitlements, Spread};
use crate::maker::Entry;
use crate::remote::Level;
use crate::server::Server;
use crate::share::UserStage;

stored_words! {
    /// What is going to happen to a member.
    pub enum Outlook {
        /// They are in on the target: only the source ends.
        Already = "already",
        /// They have no access now, and are moved like that.
        AsSuspended = "as_suspended",
        /// Their account is invited, and they must accept.
        Invited = "invited",
        /// Their account is invited, and accepted for them.
        Accepted = "accepted",
        /// Nobody knows their account of the platform: they must sign in there first.
        ShowsAccount = "shows_account",
        /// They had a user there, which is opened again.
        Restored = "restored",
        /// A user is made with the name and password that they chose.
        Made = "made",
        /// They must choose a name and a password first.
        Chooses = "chooses",
        /// They stay.
        Stays = "stays",
    }
}

/// What is known of a member of the source.
#[derive(Debug, Clone)]
pub struct Facts {
    pub member: MemberId,
    pub name: String,
    pub level: Level,
    pub entitlements: Entitlements,
    pub trial: bool,
    pub permanent: bool,
    pub there: There,
    /// They are in another move already.
    pub busy: bool,
}

/// What is known of the same member on the target.
#[derive(Debug, Clone, Default)]
pub struct There {
    pub tie: Option<Tie>,
    pub is_open: bool,
    pub has_user: bool,
    pub stage: Option<UserStage>,
    pub user_name: Option<String>,
    /// Their account of the target's platform, by name, and whether invitations are accepted for them.
    pub identity: Option<(String, bool)>,
}

/// A member, and what is foreseen for them: a row of the preview, begun as it is.
#[derive(Debug, Clone)]
pub struct Prospect {
    pub member: MemberId,
    pub name: String,
    pub outlook: Outlook,
    /// The user or account that is spoken of.
    pub user_name: Option<String>,
    /// Why they cannot be moved. `None`: they can.
    pub obstacle: Option<Text>,
}

/// Where they shall go, and how one comes in there.
#[derive(Debug, Clone, Copy)]
pub struct Goal<'a> {
    pub source: &'a Server,
    pub target: &'a Candidate,
    pub entry: Entry,
    pub platform: &'a str,
}

/// Foresees each of them, in order: once the places are used up, the others stay. Pure.
pub fn foresee(goal: &Goal<'_>, facts: &[Facts]) -> Vec<Prospect> {
    let mut target = goal.target.clone();
    facts
        .iter()
        .map(|one| {
            let obstacle = obstacle(goal, &target, one);
            if obstacle.is_none() && !is_there(one) {
                target.taken += 1;
                target.crowd = target.crowd.map(|crowd| Crowd {
                    known: crowd.known + 1,
                    ..crowd
                });
            }
            Prospect {
                member: one.member.clone(),
                name: one.name.clone(),
                outlook: match obstacle {
                    Some(_) => Outlook::Stays,
                    None => outlook(goal.entry, one),
                },
                user_name: match (&one.there.identity, goal.entry) {
                    (Some((name, _)), Entry::Invitation) => Some(name.clone()),
                    _ => one.there.user_name.clone(),
                },
                obstacle,
            }
        })
        .collect()
}

fn is_there(one: &Facts) -> bool {
    matches!(one.there.tie, Some(Tie::Current | Tie::Pending))
}

fn obstacle(goal: &Goal<'_>, target: &Candidate, one: &Facts) -> Option<Text> {
    if one.busy {
        return Some(t!("Is being moved already, by another move."));
    }
    let wanted = &one.entitlements;
    if wanted.spread == Spread::All {
        return Some(t!(
            "The plan opens all of its servers at once, so there is none to change. Choose the plan’s servers instead."
        ));
    }
    let seen = Candidate {
        tie: one.there.tie.unwrap_or(Tie::None),
        ..target.clone()
    };
    let asked = Asked {
        trial: one.trial,
        permanent: one.permanent,
        ..Asked::new(&one.member, wanted)
    };
    debug_assert!(goal.source.id != target.server.id, "a move leads elsewhere");
    match choosing::obstacle_of(&seen, &asked)? {
        Obstacle::NotNamed => Some(t!(
            "The plan does not use {server}. Add it to the servers of the plan first.",
            server = &target.server.name
        )),
        other => Some(other.text(&target.server)),
    }
}

fn outlook(entry: Entry, one: &Facts) -> Outlook {
    let there = &one.there;
    if there.is_open {
        return Outlook::Already;
    }
    if one.level != Level::Full {
        return Outlook::AsSuspended;
    }
    match entry {
        Entry::Invitation => match &there.identity {
            None => Outlook::ShowsAccount,
            Some((_, true)) => Outlook::Accepted,
            Some((_, false)) => Outlook::Invited,
        },
        Entry::Password if there.has_user => Outlook::Restored,
        Entry::Password if there.stage == Some(UserStage::Named) => Outlook::Made,
        Entry::Password => Outlook::Chooses,
    }
}

impl Prospect {
    /// What will happen, in a sentence.
    pub fn sentence(&self, goal: &Goal<'_>) -> Text {
        let (source, target) = (&goal.source.name, &goal.target.server.name);
        let name = self.user_name.clone().unwrap_or_default();
        if let Some(obstacle) = &self.obstacle {
            return obstacle.clone();
        }
        match self.outlook {
            Outlook::Already => t!(
                "Is on {target} already; only {source} ends.",
                target = target,
                source = source
            ),
            Outlook::AsSuspended => t!(
                "Has no access now, and is moved like that: they get in on {target} once they may.",
                target = target
            ),
            Outlook::Invited => t!(
                "{user} is invited to {platform} and must accept.",
                user = name,
                platform = goal.platform
            ),
            Outlook::Accepted => t!(
                "{user} is invited to {platform}, and it is accepted for them.",
                user = name,
                platform = goal.platform
            ),
            Outlook::ShowsAccount => t!(
                "Must sign in with {platform} first, so that the right account is invited. They are asked by letter.",
                platform = goal.platform
            ),
            Outlook::Restored => t!("Gets the user {user} back.", user = name),
            Outlook::Made => t!("Gets the user {user} made.", user = name),
            Outlook::Chooses => t!(
                "Must choose a name and a password for {target}. They are asked by letter.",
                target = target
            ),
            Outlook::Stays => t!("Stays on {source}.", source = source),
        }
    }
}

/// How grave what a check found is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Ok,
    Warn,
    /// Nothing is begun as long as it is so.
    Blocking,
}

/// One thing that was looked at before.
#[derive(Debug, Clone)]
pub struct Check {
    pub grade: Grade,
    pub sentence: Text,
}

impl Check {
    pub fn new(grade: Grade, sentence: Text) -> Self {
        Self { grade, sentence }
    }
}

/// What speaks for and against the servers as they are. Pure.
pub fn checks(goal: &Goal<'_>, source_gone: bool, prospects: &[Prospect]) -> Vec<Check> {
    let (source, target) = (goal.source, &goal.target.server);
    let mut checks = vec![
        is_enabled(target),
        answers(target),
        takes_newcomers(target),
        has_room(goal.target, prospects),
    ];
    checks.push(coming_in(goal, prospects));
    if source_gone {
        checks.push(Check::new(
            Grade::Warn,
            t!(
                "{server} is taken for lost: everybody ends there at once, nothing is asked of it, and it cannot be undone.",
                server = &source.name
            ),
        ));
    } else if source.enabled && source.takes_members {
        checks.push(Check::new(
            Grade::Warn,
            t!(
                "{server} still takes new members. Switch that off in its settings, or new ones go on arriving there.",
                server = &source.name
            ),
        ));
    }
    checks
}

fn is_enabled(target: &Server) -> Check {
    let name = &target.name;
    if target.enabled {
        Check::new(Grade::Ok, t!("{server} is switched on.", server = name))
    } else {
        Check::new(
            Grade::Blocking,
            t!(
                "{server} is switched off. Switch it on in its settings first.",
                server = name
            ),
        )
    }
}

fn answers(target: &Server) -> Check {
    let name = &target.name;
    match &target.reason {
        None => Check::new(Grade::Ok, t!("{server} answers.", server = name)),
        Some(reason) => Check::new(
            Grade::Blocking,
            t!(
                "{server} cannot be used now. {reason}",
                server = name,
                reason = reason.clone()
            ),
        ),
    }
}

fn takes_newcomers(target: &Server) -> Check {
    let name = &target.name;
    if target.takes_members {
        Check::new(Grade::Ok, t!("{server} takes new members.", server = name))
    } else {
        Check::new(
            Grade::Blocking,
            t!(
                "{server} takes no new members. Allow it in its settings first.",
                server = name
            ),
        )
    }
}

fn has_room(target: &Candidate, prospects: &[Prospect]) -> Check {
    let name = &target.server.name;
    let come = prospects
        .iter()
        .filter(|one| one.obstacle.is_none() && one.outlook != Outlook::Already)
        .count();
    let come = i64::try_from(come).unwrap_or(i64::MAX);
    let Some(most) = target.most() else {
        return Check::new(Grade::Ok, t!("{server} has no ceiling.", server = name));
    };
    let free = (most - target.taken).max(0);
    let text = t!(
        "{server} has {free} free places of {ceiling}; {come} come.",
        server = name,
        free = free,
        ceiling = most,
        come = come
    );
    let stay = prospects
        .iter()
        .filter(|one| one.obstacle.is_some())
        .count();
    let grade = if come >= free && stay > 0 {
        Grade::Warn
    } else {
        Grade::Ok
    };
    Check::new(grade, text)
}

/// How the members come in on the target's platform.
fn coming_in(goal: &Goal<'_>, prospects: &[Prospect]) -> Check {
    let act = prospects.iter().filter(|one| {
        matches!(
            one.outlook,
            Outlook::ShowsAccount | Outlook::Chooses | Outlook::Invited
        )
    });
    let n = i64::try_from(act.count()).unwrap_or(i64::MAX);
    if n == 0 {
        return Check::new(
            Grade::Ok,
            t!("Nobody has to do anything: all of them come in by themselves."),
        );
    }
    let text = match goal.entry {
        Entry::Invitation => Text::counted(
            n,
            "One member has to act on {platform} before they are moved; until then they stay where they are.",
            "{n} members have to act on {platform} before they are moved; until then they stay where they are.",
        ),
        Entry::Password => Text::counted(
            n,
            "One member has to choose a name and a password for {platform} before they are moved; until then they stay where they are.",
            "{n} members have to choose a name and a password for {platform} before they are moved; until then they stay where they are.",
        ),
    };
    Check::new(Grade::Warn, text.with("platform", goal.platform.to_owned()))
}

/// Library groups that some of the members may watch and the target does not have. Pure.
pub fn missing_groups(target: &Candidate, facts: &[Facts]) -> BTreeSet<kit::id::GroupId> {
    let wanted = facts.iter().flat_map(|one| &one.entitlements.groups);
    wanted
        .filter(|group| !target.groups.contains(group))
        .cloned()
        .collect()
}

/// The candidate of a server. `None`: it is not here.
pub fn candidate<'a>(candidates: &'a [Candidate], id: &ServerId) -> Option<&'a Candidate> {
    candidates.iter().find(|one| one.server.id == *id)
}
