//! What all pages stand on: the site and its state, who visits, forms, errors, live updates, assets.
//!
//! Page crates give a [`Routes`] table of (path, access, handler); [`app`] joins them and puts the guards
//! around. A handler takes a guard ([`Guest`], [`SignedIn`], [`Staff`]), the site, and what was sent.
//!
//! To add a page, see CONTRIBUTING.md.

mod access;
mod answer;
mod app;
mod assets;
mod cookie;
mod csp;
mod door;
mod error;
mod form;
mod guard;
mod language;
mod live;
mod page;
pub mod shelf;
mod site;
pub mod subtitles;

pub use access::{Access, OwnKind, Route, Routes};
pub use answer::{Done, flash, see_other};
pub use app::app;
pub use assets::AssetStore;
pub use door::{Between, CheckedJson, renewed, signed_in, signed_out};
pub use error::{PageError, Problem};
pub use form::{CheckedForm, CheckedUpload, Posted, Upload};
pub use guard::{Guest, SignedIn, Staff, client_address};
pub use language::Catalogues;
pub use live::{Live, LiveTopic, Pulse, Topics};
pub use page::{ConsoleParts, console, front, front_with, plain, plain_below};
pub use site::{Site, SiteConfig};

/// The answer of a page handler.
pub type PageResult = Result<axum::response::Response, PageError>;
