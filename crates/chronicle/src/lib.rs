//! What happened: events, for people and for flows; and what wants a person.
//!
//! [`tell`] writes one row in the transaction of the fact. Flows hear it by condition (`told = false`), people
//! read the same rows as Events, and those with a human actor are the audit log.
//! [`want`] puts a line under "Needs you" on Overview until it is done.
//!
//! To add an event, declare it with [`events!`] in its capability's `events.rs`.

mod declare;
mod event;
mod hear;
mod read;
pub mod want;

pub use event::{Event, TOLD, Told, Tone, tell, tell_because};
pub use hear::{Heard, mark_told, untold};
pub use read::{EventFilter, EventRow, LISTINGS, find, list, of_subject, since};

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &["events", "event_subjects", "wants"];
