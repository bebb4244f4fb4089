//! Media servers, their libraries, and who may watch what there.
//!
//! A [`Server`] is reached through a [`MediaServer`], which a [`Maker`] opens. Its libraries are mirrored and each
//! lies in one library [`group`]. A member's [`Entitlements`] come from their plan; [`placement`] turns them into
//! [`Share`]s (one member on one server), and [`hand`] makes the server agree. Before money is taken, [`place`]
//! reserves room; [`moving`] leads members from one server to another. A user of a server whom no share names is not ours: shown, never changed.
//!
//! To add a kind of server, write a driver that fulfils [`Maker`] and [`MediaServer`]; nothing here names one.

pub mod account_change;
pub mod account_first;
pub mod adding;
pub mod browse;
pub mod choosing;
pub mod chosen;
pub mod connect;
pub mod counting;
pub mod credentials;
pub mod crowd;
pub mod custom;
pub mod device;
pub mod device_licence;
pub mod entitlements;
pub mod error;
pub mod events;
pub mod folder;
pub mod forecast;
pub mod group;
pub mod guest;
pub mod hand;
pub mod help;
pub mod identity;
pub mod inviting;
pub mod jobs;
pub mod keeping;
pub mod language;
pub mod library;
pub mod link;
pub mod listening;
pub mod maker;
pub mod moving;
pub mod owner;
pub mod owners;
pub mod place;
pub mod placed;
pub mod placement;
pub mod platform;
pub mod reads;
pub mod remedy;
pub mod remote;
pub mod remote_stream;
pub mod remote_user;
pub mod scan;
pub mod self_help;
pub mod server;
pub mod servers;
pub mod share;
pub mod signing_in;
pub mod subtitle;
pub mod subtitle_file;
pub mod sync;
pub mod viewing;

mod making;
mod move_events;
mod reconcile;
mod scanning;
mod seen;
mod stopping;
mod user;
mod waking;

pub use entitlements::Entitlements;
pub use error::MediaError;
pub use hand::ShareHand;
pub use help::Help;
pub use identity::Identity;
pub use maker::{Card, Connection, Entry, Maker, Makers};
pub use reconcile::ask_look;
pub use remote::{Access, Level, MediaServer, RemoteRef, Standing};
pub use seen::call_for_person;
pub use server::Server;
pub use servers::Servers;
pub use share::{Share, ShareState};

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &[
    "servers",
    "libraries",
    "library_groups",
    "remote_users",
    "shares",
    "places",
    "share_placements",
    "server_reads",
    "moves",
    "movers",
    "platform_identities",
    "owner_accounts",
    "platform_sign_ins",
    "scans",
    "devices",
    "device_readings",
    "subtitles",
    "connect_links",
    "account_changes",
    "account_rules",
    "given_accounts",
    "chosen_servers",
    "library_counts",
    "streams",
    "plays",
    "downloads",
    "stream_looks",
    "stream_stops",
];

/// For the test that prepares every text.
pub const LISTINGS: &[&[&db::Listing]] = &[moving::LISTINGS, remote_user::LISTINGS];
