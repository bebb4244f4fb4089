//! The drivers crate.
