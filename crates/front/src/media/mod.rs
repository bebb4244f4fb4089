//! One's own users on media servers: choosing a name, a new password, letting a television in, and helping oneself.

pub mod choose;
pub mod connect;
pub mod device;
pub mod devices;
pub mod elsewhere;
pub mod missing;
pub mod other_account;
pub mod password;
pub mod platform;
pub mod subtitles;

mod own;
