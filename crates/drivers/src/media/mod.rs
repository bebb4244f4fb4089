//! Media servers: one folder each, one line each in the lists.

pub mod emby;
pub mod jellyfin;
mod mediabrowser;
pub mod plex;

use std::sync::Arc;

use media::{Card, Makers};

use crate::http::Http;

/// What forms show, in this order.
pub const MEDIA: &[&Card] = &[&jellyfin::CARD, &emby::CARD, &plex::CARD];

/// All kinds of server that this build can talk to.
pub fn makers(http: &Http) -> Makers {
    Makers::new(vec![
        Arc::new(jellyfin::JellyfinMaker::new(http.clone())),
        Arc::new(emby::EmbyMaker::new(http.clone())),
        Arc::new(plex::PlexMaker::new(http.clone())),
    ])
}
