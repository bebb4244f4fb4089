//! Front of house: home, plans, becoming a member, and everything that is one's own.
//!
//! One folder for each capability, one file for each page, with its handlers and its markup side by side;
//! [`routes`] is the table of them all. Whatever somebody sees here is public or theirs: statements about
//! people carry the owner, and another's id is not found.
//!
//! To add a page, write its file and add a line to `routes.rs`.

mod account;
mod billing;
mod forms;
mod home;
mod media;
mod people;
mod routes;

pub use routes::{routes, topics};
