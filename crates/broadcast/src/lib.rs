//! Stations: what they are called, what they send, and what their engines may do.
//!
//! A station's effective limits and what it plays next are its [`Allowance`], computed once and versioned. Engines and
//! the listeners' edge see nothing else: they decide each join, each sign-in of a source and each next track from it,
//! in memory, also while everything else is away.

pub mod allowance;
pub mod calendar;
pub mod format;
pub mod planner;
pub mod slug;

pub use allowance::{Allowance, Allowances, Cue, Permission};
pub use format::{Codec, StreamFormat};
pub use slug::StationSlug;
