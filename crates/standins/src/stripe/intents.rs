//! Payment intents: one amount to be taken, over as many tries as it needs.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, number, text};
use super::call::Call;
use super::cards::{self, Manner};
use super::charging::{self, Outcome, Presence};
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, id_in, public};
use super::{checkout_pay, currency, lists, payment_methods, searches};

const SETTABLE: [&str; 18] = [
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "confirmation_method",
    "currency",
    "customer",
    "description",
    "error_on_requires_action",
    "metadata",
    "off_session",
    "payment_method",
    "payment_method_types",
    "receipt_email",
    "return_url",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
];

/// What an intent is made from, by a call, a checkout session or an invoice.
#[derive(Debug, Default)]
pub struct NewIntent {
    pub amount: i64,
    pub currency: String,
    /// Null or an id.
    pub customer: Value,
    pub description: Value,
    pub metadata: Value,
    /// The invoice that it pays. Stripe shows it by `invoice_payments` alone.
    pub invoice: Option<String>,
    pub capture_method: Option<String>,
    pub setup_future_usage: Value,
    pub receipt_email: Value,
}

/// Makes an intent without a try yet.
pub fn insert(stripe: &mut Stripe, new: &NewIntent) -> String {
    let secret = stripe.new_id("secret");
    let intent = json!({
        "amount": new.amount, "amount_capturable": 0, "amount_details": { "tip": {} },
        "amount_received": 0, "application": null, "application_fee_amount": null,
        "automatic_payment_methods": null, "canceled_at": null, "cancellation_reason": null,
        "capture_method": new.capture_method.as_deref().unwrap_or("automatic_async"),
        "confirmation_method": "automatic", "currency": new.currency, "customer": new.customer,
        "description": new.description, "last_payment_error": null, "latest_charge": null,
        "metadata": if new.metadata.is_null() { json!({}) } else { new.metadata.clone() },
        "next_action": null, "on_behalf_of": null, "payment_method": null,
        "payment_method_options": {}, "payment_method_types": ["card"], "processing": null,
        "receipt_email": new.receipt_email, "review": null,
        "setup_future_usage": new.setup_future_usage, "shipping": null, "statement_descriptor": null,
        "statement_descriptor_suffix": null, "status": "requires_payment_method",
        "transfer_data": null, "transfer_group": null, "_invoice": new.invoice,
    });
    let intent = stripe.insert(Kind::Intent, intent);
    let id = text(&intent, "id").to_owned();
    stripe.set(
        Kind::Intent,
        &id,
        json!({ "client_secret": format!("{id}_{secret}") }),
    );
    stripe.tell("payment_intent.created", Kind::Intent, &id);
    id
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => {
            params.only(&[
                "created",
                "customer",
                "ending_before",
                "limit",
                "starting_after",
            ])?;
            lists::list(
                stripe,
                call,
                Kind::Intent,
                &[("customer", "/customer")],
                |_| true,
            )
        }
        ("GET", ["search"]) => searches::answer(stripe, call, Kind::Intent),
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Intent, id, "intent")?)),
        ("POST", [id]) => update(stripe, id, params),
        ("POST", [id, "confirm"]) => confirm(stripe, id, params),
        ("POST", [id, "cancel"]) => cancel(stripe, id, params),
        ("POST", [id, "capture"]) => capture(stripe, id, params),
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&SETTABLE)?;
    let amount = params.required_number("amount")?;
    let code = currency::parse(params.required("currency")?, "currency")?;
    currency::charge(amount, &code, "amount")?;
    if let Some(customer) = params.text("customer") {
        stripe.named(Kind::Customer, customer, "customer")?;
    }
    let confirm_now = params.flag("confirm")?.unwrap_or_default();
    if params.flag("off_session")?.is_some() && !confirm_now {
        let message = "You cannot pass `off_session` without passing `confirm=true`.";
        return Err(Refusal::invalid(message).param("off_session"));
    }
    let capture = params.choice(
        "capture_method",
        &["automatic", "automatic_async", "manual"],
    )?;
    let new = NewIntent {
        amount,
        currency: code,
        customer: params.or_null("customer"),
        description: params.or_null("description"),
        metadata: params.metadata("metadata")?,
        invoice: None,
        capture_method: capture.map(str::to_owned),
        setup_future_usage: params.or_null("setup_future_usage"),
        receipt_email: params.or_null("receipt_email"),
    };
    let method = method_for(stripe, params, &new.customer)?;
    let id = insert(stripe, &new);
    if let Some(method) = &method {
        let patch = json!({ "payment_method": method, "status": "requires_confirmation" });
        stripe.set(Kind::Intent, &id, patch);
    }
    if confirm_now {
        return attempt_for_call(stripe, &id, params);
    }
    Ok(public(&stripe.get(Kind::Intent, &id)))
}

/// The payment method of a call: one of the customer's, or one of Stripe's ready ones.
fn method_for(
    stripe: &mut Stripe,
    params: &Params,
    customer: &Value,
) -> Result<Option<String>, Refusal> {
    let Some(named) = params.text("payment_method") else {
        return Ok(None);
    };
    let method = payment_methods::named(stripe, named)?;
    let held = stripe.get(Kind::PaymentMethod, &method)["customer"].clone();
    if !held.is_null() && held != *customer {
        let message = "The provided PaymentMethod belongs to a Customer. You must pass that Customer \
            with it.";
        return Err(Refusal::invalid(message).param("payment_method"));
    }
    Ok(Some(method))
}

fn update(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&SETTABLE)?;
    let intent = stripe.named(Kind::Intent, id, "intent")?;
    let mut patch = json!({ "metadata": params.merged_metadata("metadata", &intent["metadata"])? });
    for field in ["description", "receipt_email", "setup_future_usage"] {
        if params.has(field) {
            patch[field] = params.or_null(field);
        }
    }
    if let Some(amount) = params.number("amount")? {
        must_be(
            &intent,
            &["requires_payment_method", "requires_confirmation"],
            "update",
        )?;
        currency::charge(amount, text(&intent, "currency"), "amount")?;
        patch["amount"] = json!(amount);
    }
    if let Some(method) = method_for(stripe, params, &intent["customer"])? {
        patch["payment_method"] = json!(method);
        patch["status"] = json!("requires_confirmation");
    }
    stripe.set(Kind::Intent, id, patch);
    Ok(public(&stripe.get(Kind::Intent, id)))
}

fn confirm(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&[
        "payment_method",
        "off_session",
        "return_url",
        "receipt_email",
        "error_on_requires_action",
    ])?;
    let intent = stripe.named(Kind::Intent, id, "intent")?;
    must_be(
        &intent,
        &["requires_payment_method", "requires_confirmation"],
        "confirm",
    )?;
    if let Some(method) = method_for(stripe, params, &intent["customer"])? {
        stripe.set(Kind::Intent, id, json!({ "payment_method": method }));
    }
    attempt_for_call(stripe, id, params)
}

/// Charges at once, and answers an error if the card needs its holder, who is away.
fn attempt_for_call(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    let intent = stripe.get(Kind::Intent, id);
    let method = id_in(&intent, "payment_method").ok_or_else(|| {
        let message =
            "You cannot confirm this PaymentIntent because it's missing a payment method.";
        Refusal::invalid(message).code("payment_intent_unexpected_state")
    })?;
    let away = params
        .text("off_session")
        .is_some_and(|told| told != "false");
    let presence = if away { Presence::Away } else { Presence::Here };
    if let Outcome::Declined(refusal) = charging::attempt(stripe, id, &method, presence) {
        return Err(refusal);
    }
    if intent["setup_future_usage"] == "off_session" && !intent["customer"].is_null() {
        payment_methods::attach_to(stripe, &method, text(&intent, "customer"));
    }
    Ok(public(&stripe.get(Kind::Intent, id)))
}

fn cancel(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["cancellation_reason"])?;
    let intent = stripe.named(Kind::Intent, id, "intent")?;
    let open = [
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
        "requires_capture",
    ];
    must_be(&intent, &open, "cancel")?;
    let patch = json!({
        "status": "canceled", "canceled_at": stripe.now(), "amount_capturable": 0,
        "cancellation_reason": params.or_null("cancellation_reason"), "next_action": null,
    });
    stripe.set(Kind::Intent, id, patch);
    stripe.tell("payment_intent.canceled", Kind::Intent, id);
    Ok(public(&stripe.get(Kind::Intent, id)))
}

fn capture(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["amount_to_capture", "metadata"])?;
    let intent = stripe.named(Kind::Intent, id, "intent")?;
    must_be(&intent, &["requires_capture"], "capture")?;
    let most = number(&intent, "amount_capturable");
    let amount = params.number("amount_to_capture")?.unwrap_or(most);
    if !(1..=most).contains(&amount) {
        let message = format!("The amount to capture must be between 1 and {most}.");
        return Err(Refusal::invalid(message)
            .code("amount_too_large")
            .param("amount_to_capture"));
    }
    let charge = text(&intent, "latest_charge").to_owned();
    let patch = json!({ "captured": true, "amount_captured": amount });
    stripe.set(Kind::Charge, &charge, patch);
    stripe.tell("charge.captured", Kind::Charge, &charge);
    charging::settle(stripe, id, &charge);
    Ok(public(&stripe.get(Kind::Intent, id)))
}

fn must_be(intent: &Value, states: &[&str], verb: &str) -> Result<(), Refusal> {
    let state = text(intent, "status");
    if states.contains(&state) {
        return Ok(());
    }
    let message = format!(
        "You cannot {verb} this PaymentIntent because it has a status of {state}. Only a \
         PaymentIntent with one of the following statuses may be used: {}.",
        states.join(", ")
    );
    Err(Refusal::invalid(message)
        .code("payment_intent_unexpected_state")
        .with("payment_intent", public(intent)))
}

/// The bank has answered after days.
pub fn slow_money_arrives(stripe: &mut Stripe, id: &str) {
    let intent = stripe.get(Kind::Intent, id);
    if text(&intent, "status") != "processing" {
        return;
    }
    let method = stripe.get(Kind::PaymentMethod, text(&intent, "payment_method"));
    let charge = text(&intent, "latest_charge").to_owned();
    let fails = cards::manner(text(&method, "_number")) == Manner::SlowThenFails;
    if fails {
        stripe.set(Kind::Charge, &charge, json!({ "status": "failed" }));
        stripe.tell("charge.failed", Kind::Charge, &charge);
        let sentence = "The bank returned the payment.";
        charging::fail_intent(stripe, id, &charging::declined("generic_decline", sentence));
    } else {
        let patch = json!({
            "status": "succeeded", "paid": true, "captured": true, "amount_captured": intent["amount"],
        });
        stripe.set(Kind::Charge, &charge, patch);
        stripe.tell("charge.succeeded", Kind::Charge, &charge);
        charging::settle(stripe, id, &charge);
    }
    checkout_pay::tell_slow_money(stripe, id, !fails);
}
