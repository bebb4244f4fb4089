//! Read-only statements that cross capabilities: tables, searches, overviews, charts.
//!
//! The only crate whose SQL may name tables of several capabilities. Nothing here writes. Every list is paged
//! by keyset along an index, and no number above [`MOST_COUNTED`] is counted exactly.
//!
//! To add a list, write its file, let each filter end on an index, and name it in [`LISTINGS`].

pub mod accounts;
pub mod activity;
pub mod api;
pub mod devices;
pub mod income;
pub mod invitations;
pub mod members;
pub mod moves;
pub mod my_account;
pub mod names;
pub mod offers;
pub mod payments;
pub mod set_up;
pub mod shares;
pub mod standing;
pub mod suggestions;

mod prefix;

/// Numbers are counted up to here; more is shown as "10,000+".
pub const MOST_COUNTED: i64 = 10_000;

/// For the test that prepares every text.
pub const LISTINGS: &[&[&db::Listing]] = &[
    accounts::LISTINGS,
    activity::LISTINGS,
    api::LISTINGS,
    devices::LISTINGS,
    members::LISTINGS,
    moves::LISTINGS,
    payments::LISTINGS,
    shares::LISTINGS,
];
