//! The Stripe stand-in, claim by claim.

mod calls;
mod page;
mod shop;
mod speed;
mod time;
mod webhooks;
