//! One's own users on media servers: choosing a name, a new password, letting a television in.

pub mod choose;
pub mod device;
pub mod password;
pub mod platform;

mod own;
