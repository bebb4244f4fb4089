//! The page to pay on, and the page where a bank asks its customer to confirm.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Refusal, number, text};
use super::cards::Card;
use super::checkout_pay::{self, Paid, Payer};
use super::kind::Kind;
use super::page::{escaped, notice, page, see_other};
use super::state::Stripe;
use super::{Shared, currency, tick};

/// What was typed; kept in the form when the card is declined.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    email: String,
    card_number: String,
    card_expiry: String,
    card_cvc: String,
    name: String,
}

/// `GET /c/pay/{session}`
pub async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    form_or_notice(&stripe, &id, &Typed::default(), None)
}

/// `POST /c/pay/{session}`
pub async fn pay(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let paid = typed
        .payer(&stripe)
        .and_then(|payer| checkout_pay::pay(&mut stripe, &id, &payer));
    shared.told.notify_one();
    lead_on(&stripe, &id, &typed, paid)
}

/// `GET /c/pay/{session}/confirm`
pub async fn show_confirmation(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let Some(session) = open_session(&stripe, &id) else {
        return form_or_notice(&stripe, &id, &Typed::default(), None);
    };
    let body = format!(
        "<h1>Confirm your payment</h1>\n<p>Your bank asks whether you want to pay {}.</p>\n\
         <form method=\"post\">\n\
         <button name=\"answer\" value=\"complete\">Complete</button>\n\
         <button class=\"quiet\" name=\"answer\" value=\"fail\">Fail</button>\n</form>",
        escaped(&amount_of(&session))
    );
    page(StatusCode::OK, "Confirm your payment", &body)
}

#[derive(Debug, Deserialize)]
pub struct Confirmation {
    answer: String,
}

/// `POST /c/pay/{session}/confirm`
pub async fn confirm(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(given): Form<Confirmation>,
) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let paid = checkout_pay::confirm(&mut stripe, &id, given.answer == "complete");
    shared.told.notify_one();
    lead_on(&stripe, &id, &Typed::default(), paid)
}

impl Typed {
    fn payer(&self, stripe: &Stripe) -> Result<Payer, Refusal> {
        let (month, year) = self
            .card_expiry
            .split_once('/')
            .unwrap_or((&self.card_expiry, ""));
        let (Ok(month), Ok(year)) = (month.trim().parse(), year.trim().parse()) else {
            return Err(Refusal::card(
                "Your card's expiration date is incomplete: write it as 12 / 34.",
            ));
        };
        let card = Card::parse(&self.card_number, month, year, stripe.now())?;
        let cvc = self.card_cvc.trim();
        if !(3..=4).contains(&cvc.len()) || !cvc.chars().all(|c| c.is_ascii_digit()) {
            return Err(Refusal::card("Your card's security code is incomplete."));
        }
        if !self.email.contains('@') {
            return Err(Refusal::card("Your e-mail address is incomplete."));
        }
        Ok(Payer {
            email: self.email.trim().to_owned(),
            name: self.name.trim().to_owned(),
            card,
        })
    }
}

fn lead_on(stripe: &Stripe, id: &str, typed: &Typed, paid: Result<Paid, Refusal>) -> Response {
    match paid {
        Ok(Paid::Completed) => {
            see_other(&checkout_pay::success_url(&stripe.get(Kind::Session, id)))
        }
        Ok(Paid::NeedsConfirmation) => see_other(&format!("/c/pay/{id}/confirm")),
        Ok(Paid::Declined(refusal)) | Err(refusal) => {
            form_or_notice(stripe, id, typed, Some(refusal.message()))
        }
    }
}

fn open_session(stripe: &Stripe, id: &str) -> Option<Value> {
    stripe
        .find(Kind::Session, id)
        .filter(|session| text(session, "status") == "open")
        .cloned()
}

/// The form of an open session; otherwise what became of it.
fn form_or_notice(stripe: &Stripe, id: &str, typed: &Typed, error: Option<&str>) -> Response {
    let session = stripe.get(Kind::Session, id);
    let cancel = text(&session, "cancel_url");
    let back = (!cancel.is_empty()).then_some((cancel, "Go back"));
    match text(&session, "status") {
        "open" => form(&session, typed, error),
        "complete" => {
            let onward = checkout_pay::success_url(&session);
            let link = Some((onward.as_str(), "Go on"));
            notice(
                StatusCode::OK,
                "Already paid",
                "This has been paid; nothing more is due.",
                link,
            )
        }
        "expired" => {
            let sentence = "This page to pay on has expired. Start again where you came from.";
            notice(StatusCode::GONE, "Expired", sentence, back)
        }
        _ => {
            let sentence = "There is no such page to pay on. Check the address.";
            notice(StatusCode::NOT_FOUND, "Not found", sentence, None)
        }
    }
}

fn form(session: &Value, typed: &Typed, error: Option<&str>) -> Response {
    let rows: String = session["_line_items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(row)
        .collect();
    let email = match (typed.email.as_str(), text(session, "customer_email")) {
        ("", known) => known,
        (typed, _) => typed,
    };
    let alert = error.map_or_else(String::new, |sentence| {
        format!(
            "<p class=\"error\" role=\"alert\" id=\"error\">{}</p>\n",
            escaped(sentence)
        )
    });
    let title = if text(session, "mode") == "setup" {
        "Save a card"
    } else {
        "Pay"
    };
    let pay = match text(session, "mode") {
        "setup" => "Save card".to_owned(),
        "subscription" => format!("Subscribe – pay {}", amount_of(session)),
        _ => format!("Pay {}", amount_of(session)),
    };
    let body = format!(
        "<h1>{title}</h1>\n<p class=\"amount\">{}</p>\n<table>{rows}</table>\n\
         {alert}<form method=\"post\" action=\"/c/pay/{}\">\n{}\
         <button type=\"submit\" id=\"pay\">{}</button>\n</form>\n{}",
        escaped(&amount_of(session)),
        escaped(text(session, "id")),
        fields(email, typed),
        escaped(&pay),
        cancel_link(session),
    );
    let status = if error.is_some() {
        StatusCode::PAYMENT_REQUIRED
    } else {
        StatusCode::OK
    };
    page(status, title, &body)
}

fn fields(email: &str, typed: &Typed) -> String {
    let number = "inputmode=\"numeric\" autocomplete=\"cc-number\" required";
    let expiry = "autocomplete=\"cc-exp\" placeholder=\"12 / 34\" required";
    let cvc = "inputmode=\"numeric\" autocomplete=\"cc-csc\" required";
    format!(
        "{}{}<div class=\"pair\"><div>{}</div><div>{}</div></div>{}",
        field(
            "email",
            "E-mail",
            email,
            "type=\"email\" autocomplete=\"email\" required"
        ),
        field("card_number", "Card number", &typed.card_number, number),
        field(
            "card_expiry",
            "Expiry (MM / YY)",
            &typed.card_expiry,
            expiry
        ),
        field("card_cvc", "CVC", &typed.card_cvc, cvc),
        field(
            "name",
            "Name on card",
            &typed.name,
            "autocomplete=\"cc-name\""
        ),
    )
}

fn row(line: &Value) -> String {
    let recurring = &line["price"]["recurring"];
    let every = match (
        number(recurring, "interval_count"),
        text(recurring, "interval"),
    ) {
        (0, _) => String::new(),
        (1, interval) => format!(" every {interval}"),
        (count, interval) => format!(" every {count} {interval}s"),
    };
    let amount = currency::shown(number(line, "amount_total"), text(line, "currency"));
    format!(
        "<tr><td>{} × {}</td><td>{}{every}</td></tr>",
        number(line, "quantity"),
        escaped(text(line, "description")),
        escaped(&amount),
    )
}

fn amount_of(session: &Value) -> String {
    if session["amount_total"].is_null() {
        return "Nothing due today".to_owned();
    }
    currency::shown(number(session, "amount_total"), text(session, "currency"))
}

fn field(name: &str, label: &str, value: &str, attributes: &str) -> String {
    format!(
        "<label for=\"{name}\">{label}</label>\n\
         <input id=\"{name}\" name=\"{name}\" value=\"{}\" {attributes}>\n",
        escaped(value)
    )
}

fn cancel_link(session: &Value) -> String {
    match text(session, "cancel_url") {
        "" => String::new(),
        url => format!(
            "<a class=\"back\" id=\"cancel\" href=\"{}\">Cancel and go back</a>",
            escaped(url)
        ),
    }
}
