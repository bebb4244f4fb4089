//! People on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so where it stopped"
)]

mod account;
mod device;
mod ground;
mod keys;
mod links;
mod members;
mod passkeys;
mod registering;
mod roles;
mod sessions;
mod signing_in;
