//! The outreach crate.
