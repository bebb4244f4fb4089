//! A test's own house: a clock that moves by hand, stand-ins over HTTP, and the words of a test.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up has failed, and may block"
)]

#[cfg(all(feature = "front", feature = "office", feature = "api"))]
mod browser;
mod course;
mod gateway;
mod outside;
mod site;

#[cfg(all(feature = "front", feature = "office", feature = "api"))]
pub use browser::{Browser, Page};
pub use gateway::{FAILS_LATER, WAYS};
pub use outside::Outside;
pub use site::{Shop, TestSite};
