//! The REST interface, hooks and health on both engines, called as programs call them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so where it stopped"
)]

mod answers;
mod ground;
mod keys;
mod others;
mod repeating;
mod sections;
