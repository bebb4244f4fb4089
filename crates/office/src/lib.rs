//! The operator's pages: dense and calm, numbers first.
//!
//! One folder per capability, one file per page with its handlers and markup side by side. Pages read through
//! capabilities or `lists`; a change of one capability is one transaction here, a change of several is a flow.
//!
//! To add a page: write its file, add its lines to `routes.rs`, and a line to `menu.rs` if it stands there.

mod address;
mod ask;
mod billing;
mod csv;
mod desk;
mod house;
mod media;
mod menu;
mod overview;
mod people;
mod routes;
mod search;
mod settings;
mod typed;
mod words;

pub use routes::routes;

/// The pieces of pages here that change while the page is open.
pub fn topics() -> Vec<web::LiveTopic> {
    vec![
        overview::topic(),
        people::member::topic(),
        people::invite_many::topic(),
    ]
}
