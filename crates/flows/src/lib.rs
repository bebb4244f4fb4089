//! The flows crate.
