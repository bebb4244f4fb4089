//! A Plex Media Server: its sections, its streams, and what its owner may order.

pub mod auth;
pub mod history;
pub mod listening;
pub mod posters;
pub mod prefs;
pub mod root;
pub mod routes;
pub mod scans;
pub mod sections;
pub mod sessions;
pub mod subtitles;
