//! Stories that cross capabilities, one file each, named as sentences.
//!
//! What must be decided at once is in [`told_at_once`]: one transaction, called by pages and API alike. What
//! may follow is in [`told_later`]: a [`Flow`] hears an event, at least once and in any order, and re-reads
//! everything. The folder listings are the list of business processes.
//!
//! To add a flow, write its file in `told_later/` and add it to [`told_later::hearing`].

mod error;
pub mod events;
mod hearing;
mod letters;
mod letters_to_watch;
mod reach;
pub mod told_at_once;
pub mod told_later;
mod tools;

pub use error::FlowError;
pub use hearing::{Flow, Hear, Hearing};
pub use reach::{Addressee, addressee_of, operator};
pub use tools::Tools;
