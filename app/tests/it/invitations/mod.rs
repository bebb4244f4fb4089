//! People whom staff bring in: found on a server, invited, joined with another, made to change their account.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod imported;
mod invited;
mod joined;
mod many;
mod other_account;
