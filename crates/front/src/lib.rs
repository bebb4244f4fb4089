//! The front crate.
