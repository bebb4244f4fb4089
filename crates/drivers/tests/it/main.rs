//! Drivers against stand-ins over HTTP, and what capabilities make of them.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and says where; peers are named by the environment"
)]

mod emby;
mod jellyfin;
mod peers;
mod plex;
mod stripe;
