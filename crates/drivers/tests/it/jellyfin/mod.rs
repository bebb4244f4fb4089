//! Jellyfin against the stand-in: the driver call by call, and shares kept in order through it.

pub mod bench;
mod calls;
mod faults;
mod shares;
mod syncing;
