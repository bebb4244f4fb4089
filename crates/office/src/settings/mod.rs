//! Settings of the house, one page per topic, each saved whole.

pub mod access;
pub mod activity;
pub mod api_keys;
pub mod index;
pub mod library_counts;
pub mod mail;
pub mod people;
pub mod self_help;
pub mod site;
pub mod terms;
