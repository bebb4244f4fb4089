//! The status of a subscription: a pure function of facts and clock. Copies of it serve lists; access is
//! decided by the function.

use kit::stored::stored_words;
use kit::{Span, Text, Timestamp, t};

use crate::fold::{Stretch, Term};
use crate::hold::{Hold, HoldReason};
use crate::settings::TermSettings;
use crate::subscription::AgreementState;

stored_words! {
    /// Where a subscription stands.
    pub enum Status {
        Cancelled = "cancelled",
        Suspended = "suspended",
        Paused = "paused",
        Permanent = "permanent",
        Pending = "pending",
        Trial = "trial",
        Active = "active",
        PastDue = "past_due",
        Grace = "grace",
        Expired = "expired",
    }
}

impl Status {
    /// Whether the member may reach what the plan gives.
    pub fn has_access(self) -> bool {
        matches!(
            self,
            Self::Permanent | Self::Trial | Self::Active | Self::PastDue | Self::Grace
        )
    }

    /// As people read it.
    pub fn text(self) -> Text {
        match self {
            Self::Cancelled => t!("Cancelled"),
            Self::Suspended => t!("Suspended"),
            Self::Paused => t!("Paused"),
            Self::Permanent => t!("Permanent"),
            Self::Pending => t!("Pending"),
            Self::Trial => t!("Trial"),
            Self::Active => t!("Active"),
            Self::PastDue => t!("Payment overdue"),
            Self::Grace => t!("Grace"),
            Self::Expired => t!("Expired"),
        }
    }
}

/// All that the status depends on, but the clock.
#[derive(Debug, Clone)]
pub struct Facts {
    pub term: Term,
    pub holds: Vec<Hold>,
    pub cancel_at: Timestamp,
    pub agreement: AgreementState,
    pub rules: TermSettings,
}

/// Where the clock stands in the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing was given, or it has not begun.
    Before,
    Within {
        until: Timestamp,
        trial: bool,
    },
    After(Ends),
}

/// The ends that follow one another once given time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    pub given: Timestamp,
    /// With an agreement that renews, a real renewal may settle late: until then nothing changes.
    pub covered: Timestamp,
    pub grace: Timestamp,
    pub expires: Timestamp,
}

impl Facts {
    pub(crate) fn place(&self, now: Timestamp) -> Place {
        let block = self.term.block_at(now);
        if let Some(last) = block.last() {
            return Place::Within {
                until: last.until,
                trial: block.iter().all(Stretch::is_trial),
            };
        }
        match self.term.last_before(now) {
            Some(over) => Place::After(self.ends(over)),
            None => Place::Before,
        }
    }

    /// Grace is for those who paid: after a trial there is none.
    fn ends(&self, over: &Stretch) -> Ends {
        let slack = if self.agreement.renews() {
            self.rules.renewal_slack()
        } else {
            Span::ZERO
        };
        let grace = if over.is_trial() {
            Span::ZERO
        } else {
            Span::days(i64::from(self.rules.grace_days))
        };
        let suspended = Span::days(i64::from(self.rules.suspend_to_expire_days));
        let covered = over.until + slack;
        Ends {
            given: over.until,
            covered,
            grace: covered + grace,
            expires: covered + grace + suspended,
        }
    }

    /// A hold of staff, a bank, …: anything but the customer's own pause.
    pub(crate) fn hold_at(&self, now: Timestamp) -> Option<&Hold> {
        self.standing_holds(now)
            .find(|hold| hold.reason != HoldReason::CustomerPause)
    }

    pub(crate) fn pause_at(&self, now: Timestamp) -> Option<&Hold> {
        self.standing_holds(now)
            .find(|hold| hold.reason == HoldReason::CustomerPause)
    }

    fn standing_holds(&self, now: Timestamp) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(move |hold| hold.holds_at(now))
    }

    fn active_or_past_due(&self) -> Status {
        if self.agreement == AgreementState::Failing {
            Status::PastDue
        } else {
            Status::Active
        }
    }

    /// Every moment at which the status may change.
    fn turns(&self) -> Vec<Timestamp> {
        let holds = self
            .holds
            .iter()
            .flat_map(|hold| [hold.since, hold.ends_at()]);
        let stretches = self.term.stretches.iter().flat_map(|stretch| {
            let ends = self.ends(stretch);
            [
                stretch.from,
                ends.given,
                ends.covered,
                ends.grace,
                ends.expires,
            ]
        });
        holds.chain(stretches).chain([self.cancel_at]).collect()
    }
}

/// Where a subscription stands at one moment. The first that holds wins; the order is part of the meaning.
pub fn status(facts: &Facts, now: Timestamp) -> Status {
    let place = facts.place(now);
    match place {
        _ if facts.cancel_at <= now => Status::Cancelled,
        _ if facts.hold_at(now).is_some() => Status::Suspended,
        _ if facts.pause_at(now).is_some() => Status::Paused,
        Place::Within { until, .. } if until.is_never() => Status::Permanent,
        Place::Before => Status::Pending,
        Place::Within { trial: true, .. } => Status::Trial,
        Place::Within { .. } => facts.active_or_past_due(),
        Place::After(ends) if now < ends.covered => facts.active_or_past_due(),
        Place::After(ends) if now < ends.grace => Status::Grace,
        Place::After(ends) if now < ends.expires => Status::Suspended,
        Place::After(_) => Status::Expired,
    }
}

/// When the status will next be another one if nothing happens; `NEVER` if it will not.
pub fn next_change(facts: &Facts, now: Timestamp) -> Timestamp {
    let current = status(facts, now);
    let mut turns = facts.turns();
    turns.retain(|turn| *turn > now && !turn.is_never());
    turns.sort_unstable();
    turns.dedup();
    turns
        .into_iter()
        .find(|turn| status(facts, *turn) != current)
        .unwrap_or(Timestamp::NEVER)
}
