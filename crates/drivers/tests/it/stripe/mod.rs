//! Stripe: the driver over HTTP, and what billing makes of it.

mod counter;
mod driver;
mod purchases;
mod stops;
