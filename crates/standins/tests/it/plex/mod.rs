//! plex.tv and the Plex Media Servers.

mod party;

mod accounts;
mod faults;
mod jwt;
mod library;
mod listening;
mod people;
mod pins;
mod sessions;
mod sharing;
mod sharing_v1;
mod spelling;
