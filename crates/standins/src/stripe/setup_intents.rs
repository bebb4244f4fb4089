//! Setup intents: a card saved for later, without a payment.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, text};
use super::call::Call;
use super::cards::{self, Manner};
use super::charging::{self, Presence};
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, id_in, public};
use super::{lists, payment_methods};

pub fn insert(stripe: &mut Stripe, customer: &Value, metadata: &Value, usage: &str) -> String {
    let secret = stripe.new_id("secret");
    let intent = json!({
        "application": null, "automatic_payment_methods": null, "cancellation_reason": null,
        "customer": customer, "description": null, "flow_directions": null, "last_setup_error": null,
        "latest_attempt": null, "mandate": null, "metadata": metadata, "next_action": null,
        "on_behalf_of": null, "payment_method": null, "payment_method_options": {},
        "payment_method_types": ["card"], "single_use_mandate": null,
        "status": "requires_payment_method", "usage": usage,
    });
    let intent = stripe.insert(Kind::SetupIntent, intent);
    let id = text(&intent, "id").to_owned();
    stripe.set(
        Kind::SetupIntent,
        &id,
        json!({ "client_secret": format!("{id}_{secret}") }),
    );
    stripe.tell("setup_intent.created", Kind::SetupIntent, &id);
    id
}

/// What came of a try to save a card.
#[derive(Debug)]
pub enum Saved {
    Done,
    NeedsConfirmation,
    Declined(Refusal),
}

pub fn attempt(stripe: &mut Stripe, id: &str, method: &str, presence: Presence) -> Saved {
    let pm = stripe.get(Kind::PaymentMethod, method);
    stripe.set(Kind::SetupIntent, id, json!({ "payment_method": method }));
    match (cards::manner(text(&pm, "_number")), presence) {
        (Manner::Declines { code, sentence }, _) => {
            let refusal = charging::declined(code, sentence);
            let patch = json!({ "status": "requires_payment_method", "payment_method": null,
                                "last_setup_error": refusal.body()["error"] });
            stripe.set(Kind::SetupIntent, id, patch);
            stripe.tell("setup_intent.setup_failed", Kind::SetupIntent, id);
            Saved::Declined(refusal)
        }
        (Manner::Confirms, Presence::Here | Presence::Away) => {
            stripe.set(
                Kind::SetupIntent,
                id,
                json!({ "status": "requires_action" }),
            );
            stripe.tell("setup_intent.requires_action", Kind::SetupIntent, id);
            Saved::NeedsConfirmation
        }
        _ => {
            stripe.set(Kind::PaymentMethod, method, json!({ "_set_up": true }));
            let customer = id_in(&stripe.get(Kind::SetupIntent, id), "customer");
            if let Some(customer) = customer {
                payment_methods::attach_to(stripe, method, &customer);
            }
            stripe.set(Kind::SetupIntent, id, json!({ "status": "succeeded" }));
            stripe.tell("setup_intent.succeeded", Kind::SetupIntent, id);
            Saved::Done
        }
    }
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => {
            let filters = [
                ("customer", "/customer"),
                ("payment_method", "/payment_method"),
            ];
            lists::list(stripe, call, Kind::SetupIntent, &filters, |_| true)
        }
        ("GET", [id]) => Ok(public(&stripe.named(Kind::SetupIntent, id, "intent")?)),
        ("POST", [id, "confirm"]) => {
            params.only(&["payment_method", "return_url"])?;
            stripe.named(Kind::SetupIntent, id, "intent")?;
            confirm(stripe, id, params)
        }
        ("POST", [id, "cancel"]) => {
            params.only(&["cancellation_reason"])?;
            stripe.named(Kind::SetupIntent, id, "intent")?;
            stripe.set(Kind::SetupIntent, id, json!({ "status": "canceled" }));
            stripe.tell("setup_intent.canceled", Kind::SetupIntent, id);
            Ok(public(&stripe.get(Kind::SetupIntent, id)))
        }
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&[
        "automatic_payment_methods",
        "confirm",
        "customer",
        "metadata",
        "payment_method",
        "payment_method_types",
        "return_url",
        "usage",
    ])?;
    if let Some(customer) = params.text("customer") {
        stripe.named(Kind::Customer, customer, "customer")?;
    }
    let usage = params
        .choice("usage", &["off_session", "on_session"])?
        .unwrap_or("off_session");
    let metadata = params.metadata("metadata")?;
    let id = insert(stripe, &params.or_null("customer"), &metadata, usage);
    if params.flag("confirm")? == Some(true) {
        return confirm(stripe, &id, params);
    }
    Ok(public(&stripe.get(Kind::SetupIntent, &id)))
}

fn confirm(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    let method = payment_methods::named(stripe, params.required("payment_method")?)?;
    match attempt(stripe, id, &method, Presence::Here) {
        Saved::Declined(refusal) => Err(refusal),
        Saved::Done | Saved::NeedsConfirmation => Ok(public(&stripe.get(Kind::SetupIntent, id))),
    }
}
