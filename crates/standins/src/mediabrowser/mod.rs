//! What Jellyfin and Emby both have from the program that they grew out of.
//!
//! Values and readers alone: each of the two keeps its own routes, rules, statuses and shapes, for there they
//! have parted.

pub mod activity;
pub mod asked;
pub mod calls;
pub mod command;
pub mod described;
pub mod guid;
pub mod holders;
pub mod moment;
pub mod paths;
pub mod people;
pub mod playing;
pub mod poster;
pub mod push;
