//! The fold: from grants to the stretches of time that they give. Pure.
//!
//! Live grants are taken in the order of (effective_at, id); each starts at max(its effective_at, the end of
//! the one before). So replay changes nothing, the order of arrival does not matter, live grants never
//! overlap, and taking one back moves later ones forward (earlier), never back. While the member pauses, time
//! that is no trial stands still.

use kit::Timestamp;
use kit::calendar::{Length, Unit, Zone};

use crate::term::{CauseKind, Grant};
use kit::id::GrantId;

/// The time that one grant gives. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub grant: GrantId,
    pub cause: CauseKind,
    pub from: Timestamp,
    /// `NEVER` if it has no end.
    pub until: Timestamp,
}

impl Stretch {
    pub fn is_trial(&self) -> bool {
        self.cause == CauseKind::Trial
    }

    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// What the grants of a subscription amount to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// In order of time, without overlaps; there may be gaps.
    pub stretches: Vec<Stretch>,
    /// The end of the last trial time. `None`: there was none.
    pub trial_until: Option<Timestamp>,
    /// The end of the last time that is no trial; `NEVER` if it has no end. `None`: there was none.
    pub paid_until: Option<Timestamp>,
    /// Whether a grant without end is among them.
    pub permanent: bool,
}

impl Term {
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// The end of all time given; `NEVER` if it has no end. `None` if none was.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.stretches.last().map(|stretch| stretch.until)
    }

    /// The stretch that a grant gives. `None` if it is taken back, cut to nothing, or not of this term.
    pub fn stretch_of(&self, grant: &GrantId) -> Option<&Stretch> {
        self.stretches
            .iter()
            .find(|stretch| stretch.grant == *grant)
    }

    /// The stretches without a gap between them that cover the moment; empty if none does.
    pub fn block_at(&self, at: Timestamp) -> &[Stretch] {
        let Some(inside) = self.stretches.iter().position(|s| s.covers(at)) else {
            return &[];
        };
        let joined = |pair: &[Stretch]| pair[0].until == pair[1].from;
        let later = &self.stretches[inside..];
        let more = later.windows(2).take_while(|pair| joined(pair)).count();
        &later[..=more]
    }

    /// The last stretch that is over by then.
    pub fn last_before(&self, at: Timestamp) -> Option<&Stretch> {
        self.stretches
            .iter()
            .rev()
            .find(|stretch| stretch.until <= at)
    }
}

/// Time that stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Where the fold has come to: the end so far, and the day of the month that a chain of months returns to.
struct Reached {
    until: Timestamp,
    anchor_day: Option<i8>,
}

/// Folds the live ones among the grants, in any order, into a term. The pauses are in order of time and do not
/// overlap.
pub fn fold(grants: &[Grant], pauses: &[Pause], zone: &Zone) -> Term {
    let mut live: Vec<&Grant> = grants.iter().filter(|grant| grant.is_live()).collect();
    live.sort_by(|a, b| (a.effective_at, &a.id).cmp(&(b.effective_at, &b.id)));
    let mut term = Term::default();
    let mut reached: Option<Reached> = None;
    for grant in live {
        let (from, kept_day) = match &reached {
            Some(so_far) if so_far.until >= grant.effective_at => (so_far.until, so_far.anchor_day),
            _ => (grant.effective_at, None),
        };
        let length = grant.length();
        let anchor_day = anchor_day(zone, from, kept_day);
        let until = zone.end_of(from, length, anchor_day);
        // A cut is a moment and no length: whatever else happens, the time is over then.
        let until = paused(grant, from, until, pauses).min(grant.cut_at);
        if until > from {
            term.take(grant, from, until);
            let next_day = if has_months(length) {
                Some(anchor_day)
            } else {
                kept_day
            };
            reached = Some(Reached {
                until,
                anchor_day: next_day,
            });
        }
    }
    term
}

/// The end of the time from then on, later by as long as it stood still.
fn paused(grant: &Grant, from: Timestamp, until: Timestamp, pauses: &[Pause]) -> Timestamp {
    if grant.cause_kind == CauseKind::Trial || until.is_never() {
        return until;
    }
    pauses.iter().fold(until, |until, pause| {
        let from = pause.from.max(from);
        if from < until && from < pause.until {
            until + pause.until.since(from)
        } else {
            until
        }
    })
}

fn has_months(length: Length) -> bool {
    matches!(length.unit, Unit::Months | Unit::Years)
}

/// A chain of months keeps its day as long as it starts on it, or on the last day of a month too short for
/// it; otherwise the day of the start counts.
fn anchor_day(zone: &Zone, from: Timestamp, kept: Option<i8>) -> i8 {
    if from.is_never() {
        return 1;
    }
    let shown = zone.civil(from).date();
    match kept {
        Some(day) if shown.day() == day.min(shown.days_in_month()) => day,
        _ => shown.day(),
    }
}

impl Term {
    fn take(&mut self, grant: &Grant, from: Timestamp, until: Timestamp) {
        let stretch = Stretch {
            grant: grant.id.clone(),
            cause: grant.cause_kind,
            from,
            until,
        };
        if stretch.is_trial() {
            self.trial_until = Some(until);
        } else {
            self.paid_until = Some(until);
        }
        self.permanent |= until.is_never();
        self.stretches.push(stretch);
    }
}
