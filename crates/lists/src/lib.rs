//! The lists crate.
