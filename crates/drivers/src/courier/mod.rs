//! Ways in which letters leave the house.

mod smtp;

pub use smtp::Smtp;
