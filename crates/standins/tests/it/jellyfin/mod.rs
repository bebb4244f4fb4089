//! The Jellyfin stand-in, judged by what its clients may rely on.

mod carriers;
mod control;
mod devices;
mod library;
mod party;
mod passwords;
mod policy;
mod quick_connect;
mod sessions;
mod sign_in;
mod socket;
mod speed;
mod users;
