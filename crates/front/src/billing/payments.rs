//! One's own payments, each with its receipt.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use kit::id::{Id, PaymentId};
use kit::{Reader, Timestamp, t};
use lists::my_account::{self, MyPayment, Owners, PAYMENTS_SHOWN};
use maud::{Markup, html};
use serde::Deserialize;
use ui::Tone;
use web::{PageResult, SignedIn, Site};

use crate::account::frame::{self, Place};

/// After which payment the page begins.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    at: Option<i64>,
    last: Option<String>,
}

/// `GET /account/payments`
pub async fn list(
    visitor: SignedIn,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let reader = &visitor.reader;
    let owners = Owners::of(&site.db, &visitor.visit.account.id).await?;
    let last = asked.last.as_deref().and_then(PaymentId::parse);
    let last = asked.at.map(Timestamp::from_ms).zip(last);
    let mut payments = my_account::payments(&site.db, &owners, last).await?;
    let has_more = payments.len() > PAYMENTS_SHOWN;
    payments.truncate(PAYMENTS_SHOWN);
    let rows = ui::rows()
        .rows(payments.iter().map(|payment| row(reader, payment)))
        .empty(t!(
            "Nothing was paid yet. Each payment appears here with its receipt."
        ))
        .render(reader);
    let body = html! {
        (ui::card(t!("Payments")).flush().render(reader, &rows))
        @if let Some(last) = payments.last().filter(|_| has_more) {
            (ui::link_button(earlier(last), t!("Earlier ones")).render(reader))
        }
    };
    let head = (t!("Payments"), StatusCode::OK);
    frame::page(&site, &visitor, Place::Payments, head, body).await
}

fn earlier(last: &MyPayment) -> String {
    format!(
        "/account/payments?at={}&last={}",
        last.settled_at.ms(),
        last.id
    )
}

fn row(reader: &Reader, payment: &MyPayment) -> ui::Row {
    let title = payment.title.clone();
    let title = title.unwrap_or_else(|| reader.say(&t!("Payment")));
    let detail = html! {
        (ui::date(reader, payment.settled_at))
        @if let Some(gateway) = &payment.gateway { " · " (gateway) }
        " · " (ui::money(reader, payment.amount()))
    };
    let receipt = format!("/account/payments/{}/receipt", payment.id);
    let row = ui::row(reader, Tone::Neutral, "receipt", &t!("Payment"))
        .title(html! { (title) })
        .detail(detail)
        .action(ui::link_button(receipt, t!("Receipt")).render(reader));
    match state(reader, payment) {
        Some(state) => row.state(state),
        None => row,
    }
}

fn state(reader: &Reader, payment: &MyPayment) -> Option<Markup> {
    if !payment.voided_at.is_never() {
        return Some(ui::badge(reader, Tone::Neutral, &t!("Voided")));
    }
    let refunded = payment.refunded()?;
    let word = if refunded == payment.amount() {
        t!("Refunded")
    } else {
        t!("{amount} refunded", amount = refunded)
    };
    Some(ui::badge(reader, Tone::Info, &word))
}
