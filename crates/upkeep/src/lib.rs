//! The upkeep crate.
