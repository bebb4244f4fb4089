//! What can only be seen by looking at the house from outside. No I/O: a driver looks, a test makes it up.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use crate::{Outcome, Timestamp, Uncertainty, t};

/// A look that is on its way.
pub type Looking<'a, T> = Pin<Box<dyn Future<Output = Outcome<T>> + Send + 'a>>;

/// Whoever looks. Every look ends within seconds, and its reason is a sentence for people.
pub trait Lookout: Send + Sync {
    /// Where a name leads. `Refused`: nowhere.
    fn addresses_of<'a>(&'a self, host: &'a str) -> Looking<'a, Vec<IpAddr>>;

    /// Until when the certificate holds that a visitor of this name is shown. `Refused`: a browser would warn,
    /// or nobody answers there.
    fn certificate_of<'a>(&'a self, host: &'a str, port: u16) -> Looking<'a, Timestamp>;
}

/// Nobody looks, so nothing is known.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Lookout for Nobody {
    fn addresses_of<'a>(&'a self, _: &'a str) -> Looking<'a, Vec<IpAddr>> {
        Box::pin(std::future::ready(nothing_known()))
    }

    fn certificate_of<'a>(&'a self, _: &'a str, _: u16) -> Looking<'a, Timestamp> {
        Box::pin(std::future::ready(nothing_known()))
    }
}

fn nothing_known<T>() -> Outcome<T> {
    Outcome::Unknown(Uncertainty::new(t!("Nobody has looked yet.")))
}
