//! Drivers against stand-ins over HTTP, and what capabilities make of them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and says where"
)]

mod jellyfin;
mod peers;
mod stripe;
