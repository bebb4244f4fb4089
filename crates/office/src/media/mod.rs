//! Media servers, their libraries and the groups that plans open.

pub mod activity;
pub mod devices;
pub mod downloads;
pub mod folders;
pub mod groups;
pub mod libraries;
pub mod move_members;
pub mod moves;
pub mod owner;
pub mod owners;
pub mod remove_server;
pub mod server;
pub mod server_add;
pub mod server_form;
mod server_reads;
pub mod server_users;
pub mod servers;
pub mod shares;
pub mod stream_card;
pub mod subtitles;
pub mod trouble;
