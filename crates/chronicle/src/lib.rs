//! The chronicle crate.
