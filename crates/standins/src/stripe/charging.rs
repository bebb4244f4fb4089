//! Charges: one try to take money with a card, whatever it is for, and the fee that is known later.

use serde_json::{Value, json};

use super::agenda::Step;
use super::answer::{Answer, Refusal, number, text};
use super::call::Call;
use super::cards::{self, Manner};
use super::kind::Kind;
use super::lists;
use super::state::{Stripe, id_in, public};
use super::{balance, invoices};

/// Whether the customer is there while the card is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Here,
    /// Here, and has just confirmed the payment to the bank.
    Confirmed,
    Away,
}

/// What came of a try.
#[derive(Debug)]
pub enum Outcome {
    Paid,
    /// The bank takes days; [`Step::SlowMoneyArrives`] will tell.
    Slow,
    Declined(Refusal),
    NeedsConfirmation,
}

/// Tries to take an intent's amount with a method, and brings the intent to its next state.
pub fn attempt(stripe: &mut Stripe, intent: &str, method: &str, presence: Presence) -> Outcome {
    let pm = stripe.get(Kind::PaymentMethod, method);
    stripe.set(
        Kind::Intent,
        intent,
        json!({ "payment_method": method, "next_action": null }),
    );
    let manner = cards::manner(text(&pm, "_number"));
    match (manner, presence) {
        (Manner::Declines { code, sentence }, _) => decline(stripe, intent, &pm, code, sentence),
        (Manner::DeclinesLater, Presence::Away) => decline(
            stripe,
            intent,
            &pm,
            "generic_decline",
            "Your card was declined.",
        ),
        (Manner::Confirms, Presence::Here) => needs_confirmation(stripe, intent),
        (Manner::Confirms, Presence::Away) if pm["_set_up"] != true => {
            let sentence = "Your card was declined. This transaction requires authentication.";
            decline(stripe, intent, &pm, "authentication_required", sentence)
        }
        (Manner::Slow | Manner::SlowThenFails, _) => wait_for_bank(stripe, intent, &pm),
        _ => pay(stripe, intent, &pm, manner),
    }
}

fn pay(stripe: &mut Stripe, intent: &str, pm: &Value, manner: Manner) -> Outcome {
    let charge = create(stripe, intent, pm, "succeeded");
    stripe.tell("charge.succeeded", Kind::Charge, &charge);
    if manner == Manner::DisputedLater {
        let at = stripe.now() + stripe.settings.dispute_after_s;
        stripe.agenda.add(at, Step::DisputeOpens, &charge);
    }
    let object = stripe.get(Kind::Intent, intent);
    if text(&object, "capture_method") == "manual" {
        let amount = object["amount"].clone();
        stripe.set(
            Kind::Charge,
            &charge,
            json!({ "captured": false, "amount_captured": 0 }),
        );
        let patch = json!({ "status": "requires_capture", "amount_capturable": amount });
        stripe.set(Kind::Intent, intent, patch);
        stripe.tell(
            "payment_intent.amount_capturable_updated",
            Kind::Intent,
            intent,
        );
    } else {
        settle(stripe, intent, &charge);
    }
    Outcome::Paid
}

/// The money is there: the intent has succeeded, and what it was for is paid.
pub fn settle(stripe: &mut Stripe, intent: &str, charge: &str) {
    let amount = stripe.get(Kind::Charge, charge)["amount_captured"].clone();
    let patch = json!({
        "status": "succeeded", "amount_received": amount, "amount_capturable": 0,
        "last_payment_error": null, "processing": null,
    });
    stripe.set(Kind::Intent, intent, patch);
    stripe.tell("payment_intent.succeeded", Kind::Intent, intent);
    let at = stripe.now() + stripe.settings.fee_after_s;
    stripe.agenda.add(at, Step::FeeIsKnown, charge);
    if let Some(invoice) = id_in(&stripe.get(Kind::Intent, intent), "_invoice") {
        invoices::mark_paid(stripe, &invoice);
    }
}

fn wait_for_bank(stripe: &mut Stripe, intent: &str, pm: &Value) -> Outcome {
    let charge = create(stripe, intent, pm, "pending");
    let patch = json!({ "status": "processing", "processing": { "type": "card", "card": {} } });
    stripe.set(Kind::Intent, intent, patch);
    stripe.tell("charge.pending", Kind::Charge, &charge);
    stripe.tell("payment_intent.processing", Kind::Intent, intent);
    let at = stripe.now() + stripe.settings.slow_money_s;
    stripe.agenda.add(at, Step::SlowMoneyArrives, intent);
    Outcome::Slow
}

fn needs_confirmation(stripe: &mut Stripe, intent: &str) -> Outcome {
    let next = json!({ "type": "use_stripe_sdk", "use_stripe_sdk": {} });
    let patch = json!({ "status": "requires_action", "next_action": next });
    stripe.set(Kind::Intent, intent, patch);
    stripe.tell("payment_intent.requires_action", Kind::Intent, intent);
    Outcome::NeedsConfirmation
}

fn decline(stripe: &mut Stripe, intent: &str, pm: &Value, code: &str, sentence: &str) -> Outcome {
    let charge = create(stripe, intent, pm, "failed");
    let refusal = declined(code, sentence);
    let patch = json!({
        "failure_code": refusal.body()["error"]["code"], "failure_message": sentence,
        "outcome": outcome("issuer_declined", sentence),
    });
    stripe.set(Kind::Charge, &charge, patch);
    stripe.tell("charge.failed", Kind::Charge, &charge);
    fail_intent(stripe, intent, &refusal);
    let refusal = refusal
        .with("charge", json!(charge))
        .with("payment_intent", public(&stripe.get(Kind::Intent, intent)));
    Outcome::Declined(refusal)
}

/// Stripe's error for a card that was declined for a reason.
pub fn declined(reason: &str, sentence: &str) -> Refusal {
    let code = if reason == "authentication_required" {
        reason
    } else {
        "card_declined"
    };
    Refusal::card(sentence)
        .code(code)
        .with("decline_code", json!(reason))
}

/// The intent needs another method. The error stays on it.
pub fn fail_intent(stripe: &mut Stripe, intent: &str, refusal: &Refusal) {
    let patch = json!({
        "status": "requires_payment_method", "last_payment_error": refusal.body()["error"],
        "next_action": null, "payment_method": null, "processing": null,
    });
    stripe.set(Kind::Intent, intent, patch);
    stripe.tell("payment_intent.payment_failed", Kind::Intent, intent);
}

/// A charge of the intent's whole amount, in a state. Its fee is known only later.
fn create(stripe: &mut Stripe, intent: &str, pm: &Value, status: &str) -> String {
    let of = stripe.get(Kind::Intent, intent);
    let paid = status == "succeeded";
    let captured = if paid { number(&of, "amount") } else { 0 };
    let charge = json!({
        "amount": of["amount"], "amount_captured": captured, "amount_refunded": 0,
        "balance_transaction": null, "billing_details": pm["billing_details"], "captured": paid,
        "currency": of["currency"], "customer": of["customer"], "description": of["description"],
        "disputed": false, "failure_code": null, "failure_message": null, "fraud_details": {},
        "metadata": of["metadata"], "outcome": outcome("approved_by_network", "Payment complete."),
        "paid": paid, "payment_intent": intent, "payment_method": pm["id"],
        "payment_method_details": method_details(pm), "receipt_email": of["receipt_email"],
        "receipt_number": null, "receipt_url": null, "refunded": false, "review": null,
        "shipping": null, "statement_descriptor": null, "status": status, "transfer_group": null,
    });
    let charge = stripe.insert(Kind::Charge, charge);
    let id = text(&charge, "id").to_owned();
    stripe.set(Kind::Intent, intent, json!({ "latest_charge": id }));
    id
}

fn method_details(pm: &Value) -> Value {
    let mut card = pm["card"].clone();
    card["network"] = card["brand"].clone();
    json!({ "type": "card", "card": card })
}

fn outcome(network_status: &str, sentence: &str) -> Value {
    let approved = network_status == "approved_by_network";
    json!({
        "network_status": if approved { network_status } else { "declined_by_network" },
        "reason": null, "risk_level": "normal", "seller_message": sentence,
        "type": if approved { "authorized" } else { network_status },
    })
}

/// The charge's fee and net have arrived in the balance.
pub fn tell_fee(stripe: &mut Stripe, id: &str) {
    let charge = stripe.get(Kind::Charge, id);
    if !charge["balance_transaction"].is_null() {
        return;
    }
    let amount = number(&charge, "amount_captured");
    let entry = balance::Entry {
        kind: "charge",
        source: id,
        amount,
        fee: balance::fee(amount),
    };
    let entry = balance::book(stripe, &entry, text(&charge, "currency"));
    let before = stripe.set(Kind::Charge, id, json!({ "balance_transaction": entry }));
    stripe.tell_change("charge.updated", Kind::Charge, id, &before);
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    match (call.method(), call.segments().as_slice()) {
        ("GET", []) => {
            let filters = [
                ("payment_intent", "/payment_intent"),
                ("customer", "/customer"),
            ];
            lists::list(stripe, call, Kind::Charge, &filters, |_| true)
        }
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Charge, id, "id")?)),
        ("POST", [id]) => {
            call.params.only(&["metadata"])?;
            let charge = stripe.named(Kind::Charge, id, "id")?;
            let metadata = call
                .params
                .merged_metadata("metadata", &charge["metadata"])?;
            let before = stripe.set(Kind::Charge, id, json!({ "metadata": metadata }));
            stripe.tell_if_changed("charge.updated", Kind::Charge, id, &before);
            Ok(public(&stripe.get(Kind::Charge, id)))
        }
        _ => Err(call.unknown_url()),
    }
}
