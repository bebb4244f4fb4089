//! The portal's page: a customer's subscriptions, each with its one button.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{is, text};
use super::kind::Kind;
use super::page::{escaped, notice, page, see_other};
use super::params::Params;
use super::state::Stripe;
use super::{Shared, subscription_change, subscriptions, tick};

/// `GET /p/session/{session}`
pub async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let Some(session) = stripe.find(Kind::Portal, &id) else {
        return unknown();
    };
    let found = stripe.all_with(Kind::Subscription, "/customer", text(session, "customer"));
    let rows: String = found
        .iter()
        .map(|subscription| row(&stripe, subscription))
        .collect();
    let rows = if rows.is_empty() {
        "<p>There is nothing here yet.</p>".to_owned()
    } else {
        rows
    };
    let back = match text(session, "return_url") {
        "" => String::new(),
        url => format!("<a class=\"back\" href=\"{}\">Go back</a>", escaped(url)),
    };
    page(
        StatusCode::OK,
        "Your subscriptions",
        &format!("<h1>Your subscriptions</h1>\n{rows}{back}"),
    )
}

fn unknown() -> Response {
    let sentence = "There is no such portal page. Ask for a new link.";
    notice(StatusCode::NOT_FOUND, "Not found", sentence, None)
}

fn row(stripe: &Stripe, subscription: &Value) -> String {
    let price = &subscriptions::items(subscription)[0]["price"];
    let product = stripe.get(Kind::Product, text(price, "product"));
    let ends = is(subscription, "cancel_at_period_end");
    let (change, words) = if ends {
        ("keep", "Do not cancel")
    } else {
        ("cancel", "Cancel")
    };
    let button = if text(subscription, "status") == "canceled" {
        String::new()
    } else {
        format!("<button class=\"quiet\" name=\"change\" value=\"{change}\">{words}</button>")
    };
    let state = if ends {
        "ends with its period"
    } else {
        text(subscription, "status")
    };
    format!(
        "<form method=\"post\"><p>{}: {}</p>\n\
         <input type=\"hidden\" name=\"subscription\" value=\"{}\">{button}</form>\n",
        escaped(text(&product, "name")),
        escaped(state),
        escaped(text(subscription, "id")),
    )
}

#[derive(Debug, Deserialize)]
pub struct Wish {
    subscription: String,
    change: String,
}

/// `POST /p/session/{session}`: cancels at the end of the period, or takes that back.
pub async fn change(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(wish): Form<Wish>,
) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let customer = stripe.get(Kind::Portal, &id)["customer"].clone();
    let subscription = stripe.get(Kind::Subscription, &wish.subscription);
    if customer.is_null() || subscription["customer"] != customer {
        return unknown();
    }
    let asked = json!({ "cancel_at_period_end": (wish.change == "cancel").to_string() });
    stripe.asked_by.livemode = is(&subscription, "livemode");
    let changed = subscription_change::change(&mut stripe, &wish.subscription, &Params::new(asked));
    stripe.asked_by.livemode = false;
    shared.told.notify_one();
    match changed {
        Ok(_) => see_other(&format!("/p/session/{id}")),
        Err(refusal) => notice(StatusCode::CONFLICT, "Not changed", refusal.message(), None),
    }
}
