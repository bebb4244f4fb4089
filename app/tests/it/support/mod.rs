//! A test's own house: a clock that moves by hand, stand-ins over HTTP, and the words of a test.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up has failed, and may block"
)]

mod browser;
mod course;
mod gateway;
mod looking;
mod lots;
mod outside;
mod process;
mod site;

pub use browser::{Browser, Page};
pub use gateway::{FAILS_LATER, WAYS};
pub use lots::Lots;
pub use outside::Outside;
pub use site::{Shop, TestSite};
