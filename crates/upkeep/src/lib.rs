//! Desired against observed: one machine, many hands.
//!
//! A capability says what should be ([`want`]) and gives a [`Hand`] that reads what is, finds the difference
//! and closes it. Waking, leases, back-off and the circuit breaker per remote are done here. An unknown
//! outcome is always followed by a look, never by a blind repeat.
//!
//! To add a kind of target, implement [`Hand`] in its capability and register it in `app`.

mod breaker;
mod hand;
mod target;
mod tend;

pub use breaker::{Remote, list_down};
pub use hand::{Hand, Hands, Settled, Wanted};
pub use target::{
    LISTINGS, NewTarget, Target, TargetFilter, TargetState, find, forget, list, look_again,
    of_subject, want,
};
pub use tend::{SweepTargets, TendTarget, Upkeep};

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &["targets", "remotes"];
