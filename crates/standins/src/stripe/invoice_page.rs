//! The page that an invoice links to: what it is over, and how it stands.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{number, text};
use super::kind::Kind;
use super::page::notice;
use super::{Shared, currency, tick};

/// `GET /i/{invoice}`
pub async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let Some(invoice) = stripe.find(Kind::Invoice, &id) else {
        let sentence = "There is no such invoice. Check the address.";
        return notice(StatusCode::NOT_FOUND, "Not found", sentence, None);
    };
    let total = currency::shown(number(invoice, "total"), text(invoice, "currency"));
    let title = format!("Invoice {}", text(invoice, "number"));
    let sentence = format!("{total}: {}.", text(invoice, "status"));
    notice(StatusCode::OK, &title, &sentence, None)
}
