//! What programs talk to: the REST interface, the gateways' hooks, and health.
//!
//! All of it stands outside the pages' guards: no cookies, no form tokens.

mod door;
pub mod health;
mod hooks;
mod metrics;
mod pace;

use axum::Router;
use web::Site;

/// Everything here, to be joined with the pages.
pub fn router() -> Router<Site> {
    hooks::router().merge(health::router())
}
