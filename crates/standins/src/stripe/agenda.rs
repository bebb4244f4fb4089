//! What is due when, in order. Entries may be out of date: each step looks at its object again.

use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    SessionExpires,
    TrialEndsSoon,
    PeriodEnds,
    CancelIsDue,
    IncompleteExpires,
    InvoiceFinalises,
    RenewalIsRetried,
    SlowMoneyArrives,
    FeeIsKnown,
    DisputeOpens,
    RefundFails,
}

#[derive(Debug, Clone)]
pub struct Due {
    pub at: i64,
    pub step: Step,
    /// The object that the step is about.
    pub id: String,
}

#[derive(Debug, Default)]
pub struct Agenda {
    entries: BTreeMap<(i64, u64), Due>,
    added: u64,
}

impl Agenda {
    pub fn add(&mut self, at: i64, step: Step, id: &str) {
        self.added += 1;
        self.entries.insert(
            (at, self.added),
            Due {
                at,
                step,
                id: id.to_owned(),
            },
        );
    }

    /// The earliest entry that is due by `now`, taken out.
    pub fn next_due(&mut self, now: i64) -> Option<Due> {
        let entry = self
            .entries
            .first_entry()
            .filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }
}
