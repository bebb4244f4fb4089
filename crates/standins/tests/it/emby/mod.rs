//! The Emby stand-in, judged by what its clients may rely on.

mod carriers;
mod connect;
mod devices;
mod library;
mod party;
mod passwords;
mod policy;
mod sessions;
mod socket;
mod users;
