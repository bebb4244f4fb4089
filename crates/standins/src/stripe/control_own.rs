//! `/_control` of this stand-in: look, forget, prepare, pay, dispute.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Refusal, is, text};
use super::cards::Card;
use super::checkout_pay::{self, Paid, Payer};
use super::kind::Kind;
use super::settings::Settings;
use super::state::{Stripe, public};
use super::{Shared, disputes, tick};

/// `GET /_control/state`: counts, and all objects by kind, oldest first.
pub async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let mut objects = Map::new();
    for kind in Kind::ALL {
        let table = stripe.table(*kind).into_iter();
        let mut all: Vec<Value> = table
            .flat_map(|table| table.newest_first(None))
            .map(public)
            .collect();
        all.reverse();
        objects.insert(kind.object().to_owned(), Value::Array(all));
    }
    Json(json!({
        "now": stripe.now(), "counts": stripe.counts(), "events": stripe.events.count(),
        "webhooks_waiting": stripe.deliveries.waiting(), "settings": stripe.settings,
        "objects": objects,
    }))
}

/// `POST /_control/reset`
pub async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.state().reset();
    StatusCode::NO_CONTENT
}

/// Settings by their names, `key` for one more secret key, `objects` to store as they are.
#[derive(Debug, Deserialize)]
pub struct Seed {
    key: Option<String>,
    #[serde(default)]
    objects: Vec<Value>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// `POST /_control/seed`
pub async fn seed(State(shared): State<Arc<Shared>>, Json(seed): Json<Seed>) -> Response {
    let mut stripe = shared.state();
    answered(sow(&mut stripe, seed))
}

fn sow(stripe: &mut Stripe, seed: Seed) -> Answer {
    let mut settings = serde_json::to_value(&stripe.settings).expect("settings are plain");
    for (name, value) in seed.settings {
        settings[name] = value;
    }
    let mut settings: Settings =
        serde_json::from_value(settings).map_err(|error| Refusal::invalid(error.to_string()))?;
    settings.keys.extend(seed.key);
    for object in seed.objects {
        let (kind, id) = identity(&object)?;
        let livemode = is(&object, "livemode");
        stripe.asked_by.livemode = livemode;
        stripe.insert_as(kind, &id, object);
        stripe.asked_by.livemode = false;
    }
    stripe.settings = settings;
    Ok(json!({ "settings": stripe.settings, "counts": stripe.counts() }))
}

fn identity(object: &Value) -> Result<(Kind, String), Refusal> {
    let named = text(object, "object");
    let kind = Kind::ALL
        .iter()
        .copied()
        .find(|kind| kind.object() == named);
    match (kind, text(object, "id")) {
        (Some(kind), id) if !id.is_empty() => Ok((kind, id.to_owned())),
        _ => Err(Refusal::invalid(format!(
            "An object needs an id and a known `object`, not {named:?}."
        ))),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    session: String,
    #[serde(default = "good_card")]
    card: String,
    #[serde(default = "somebody")]
    email: String,
    #[serde(default)]
    name: String,
    /// What to answer the bank if it asks: `complete` or `fail`; absent leaves the question open.
    authenticate: Option<String>,
}

fn good_card() -> String {
    "4242424242424242".to_owned()
}

fn somebody() -> String {
    "payer@stand-in.example".to_owned()
}

/// `POST /_control/pay`: pays a session without its page.
pub async fn pay(State(shared): State<Arc<Shared>>, Json(wish): Json<Payment>) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let paid = pay_session(&mut stripe, &wish);
    shared.told.notify_one();
    answered(paid)
}

fn pay_session(stripe: &mut Stripe, wish: &Payment) -> Answer {
    let card = Card::parse(&wish.card, 12, 2_099, stripe.now())?;
    let payer = Payer {
        email: wish.email.clone(),
        name: wish.name.clone(),
        card,
    };
    let mut paid = checkout_pay::pay(stripe, &wish.session, &payer)?;
    if let (Paid::NeedsConfirmation, Some(answer)) = (&paid, &wish.authenticate) {
        paid = checkout_pay::confirm(stripe, &wish.session, answer == "complete")?;
    }
    let session = stripe.get(Kind::Session, &wish.session);
    let (outcome, sentence) = match &paid {
        Paid::Completed if text(&session, "payment_status") == "unpaid" => {
            ("processing", Value::Null)
        }
        Paid::Completed => ("paid", Value::Null),
        Paid::NeedsConfirmation => ("confirmation_needed", Value::Null),
        Paid::Declined(refusal) => ("declined", json!(refusal.message())),
    };
    Ok(
        json!({ "outcome": outcome, "sentence": sentence, "session": public(&session),
               "redirect": checkout_pay::success_url(&session) }),
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    payment_intent: String,
    reason: Option<String>,
}

/// `POST /_control/dispute`: the cardholder's bank takes a payment back.
pub async fn dispute(State(shared): State<Arc<Shared>>, Json(wish): Json<Complaint>) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let intent = stripe.get(Kind::Intent, &wish.payment_intent);
    let reason = wish.reason.as_deref().unwrap_or("fraudulent");
    let charge = text(&intent, "latest_charge").to_owned();
    let opened = in_mode_of(&mut stripe, &intent, |stripe| {
        disputes::open(stripe, &charge, reason)
    });
    shared.told.notify_one();
    answered(opened)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    dispute: String,
    won: bool,
}

/// `POST /_control/close_dispute`
pub async fn close_dispute(
    State(shared): State<Arc<Shared>>,
    Json(wish): Json<Verdict>,
) -> Response {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let dispute = stripe.get(Kind::Dispute, &wish.dispute);
    let closed = in_mode_of(&mut stripe, &dispute, |stripe| {
        disputes::close(stripe, &wish.dispute, wish.won)
    });
    shared.told.notify_one();
    answered(closed)
}

fn in_mode_of(
    stripe: &mut Stripe,
    object: &Value,
    work: impl FnOnce(&mut Stripe) -> Answer,
) -> Answer {
    stripe.asked_by.livemode = is(object, "livemode");
    let answer = work(stripe);
    stripe.asked_by.livemode = false;
    answer
}

fn answered(answer: Answer) -> Response {
    match answer {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => (refusal.status(), Json(refusal.body())).into_response(),
    }
}
