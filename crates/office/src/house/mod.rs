//! The house itself: events, the audit log, jobs, letters.

pub mod audit;
pub mod closed;
pub mod events;
pub mod jobs;
pub mod letter_texts;
pub mod letters;
