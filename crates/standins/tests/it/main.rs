//! The stand-ins over a real port, as claims: what the outside systems do, these do.

mod client;
mod emby;
mod jellyfin;
mod plex;
mod stripe;
