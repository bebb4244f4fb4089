//! What programs talk to: the REST interface, the gateways' hooks, and health.
//!
//! All of it stands outside the pages' guards: no cookies, no form tokens. Each file in `resources` gives the
//! [`Table`] of one resource: (path, permission, summary, handler). From the tables come the routes, the
//! OpenAPI document and the list that tests walk. A handler calls the same functions of a capability or flow
//! as the pages do, and never combines capabilities itself.
//!
//! To add a call, add a line to its resource's table and write the handler beside it.

mod call;
mod desk;
mod document;
mod door;
mod given;
mod health;
mod hooks;
mod idempotency;
mod metrics;
mod pace;
mod problem;
mod resources;
mod sent;
mod table;
mod values;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use jobs::Pulse;
use web::{Route, Site};

pub use health::counted;
pub use table::Table;

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &["idempotency_keys"];

/// Everything here, to be joined with the pages. The pulse says whether jobs run.
pub fn router(jobs: Pulse) -> Router<Site> {
    hooks::router()
        .merge(health::router(jobs))
        .merge(desk::router(resources::table()))
        .route("/api/v1/openapi.json", get(openapi))
}

/// Every call of the REST interface with its permission, for the test that walks them in every role.
pub fn table() -> Vec<Route> {
    let lines = resources::table().lines;
    lines.into_iter().map(|line| line.route).collect()
}

/// The OpenAPI document.
pub fn openapi_json() -> String {
    let mut text = document::openapi(resources::table())
        .to_pretty_json()
        .expect("the document prints as JSON");
    text.push('\n');
    text
}

/// `GET /api/v1/openapi.json`: for everybody, since it says nothing about this house.
async fn openapi() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, openapi_json())
}
