//! Refunds: whole or in part; some fail days later.

use serde_json::{Value, json};

use super::agenda::Step;
use super::answer::{Answer, Refusal, is, number, text};
use super::call::Call;
use super::cards::{self, Manner};
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{balance, lists};

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => {
            let known = [
                "charge",
                "created",
                "ending_before",
                "limit",
                "payment_intent",
                "starting_after",
            ];
            params.only(&known)?;
            let filters = [("charge", "/charge"), ("payment_intent", "/payment_intent")];
            lists::list(stripe, call, Kind::Refund, &filters, |_| true)
        }
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Refund, id, "refund")?)),
        ("POST", [id]) => {
            params.only(&["metadata"])?;
            let refund = stripe.named(Kind::Refund, id, "refund")?;
            let metadata = params.merged_metadata("metadata", &refund["metadata"])?;
            let before = stripe.set(Kind::Refund, id, json!({ "metadata": metadata }));
            stripe.tell_if_changed("refund.updated", Kind::Refund, id, &before);
            Ok(public(&stripe.get(Kind::Refund, id)))
        }
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&["amount", "charge", "metadata", "payment_intent", "reason"])?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer"];
    params.choice("reason", &reasons)?;
    let metadata = params.metadata("metadata")?;
    let charge = charge_of(stripe, params)?;
    let amount = refundable(&charge, params)?;
    let charge_id = text(&charge, "id");
    let refund = json!({
        "amount": amount, "charge": charge_id, "currency": charge["currency"],
        "destination_details": { "type": "card", "card": {
            "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund",
        } },
        "metadata": metadata, "payment_intent": charge["payment_intent"],
        "reason": params.or_null("reason"), "receipt_number": null, "source_transfer_reversal": null,
        "status": "succeeded", "transfer_reversal": null,
    });
    let id = text(&stripe.insert(Kind::Refund, refund), "id").to_owned();
    let entry = balance::Entry {
        kind: "refund",
        source: &id,
        amount: -amount,
        fee: 0,
    };
    let entry = balance::book(stripe, &entry, text(&charge, "currency"));
    stripe.set(Kind::Refund, &id, json!({ "balance_transaction": entry }));
    let before = add_refunded(stripe, charge_id, amount);
    stripe.tell("refund.created", Kind::Refund, &id);
    stripe.tell_change("charge.refunded", Kind::Charge, charge_id, &before);
    let method = stripe.get(Kind::PaymentMethod, text(&charge, "payment_method"));
    if cards::manner(text(&method, "_number")) == Manner::RefundFails {
        let at = stripe.now() + stripe.settings.refund_fails_after_s;
        stripe.agenda.add(at, Step::RefundFails, &id);
    }
    Ok(public(&stripe.get(Kind::Refund, &id)))
}

fn charge_of(stripe: &Stripe, params: &Params) -> Answer {
    if let Some(charge) = params.text("charge") {
        return stripe.named(Kind::Charge, charge, "charge");
    }
    let Some(intent) = params.text("payment_intent") else {
        let message = "One of the following params should be provided for this request: \
            payment_intent or charge.";
        return Err(Refusal::invalid(message).code("parameter_missing"));
    };
    let intent = stripe.named(Kind::Intent, intent, "payment_intent")?;
    if text(&intent, "status") != "succeeded" {
        let message = format!(
            "This PaymentIntent ({}) does not have a successful charge to refund.",
            text(&intent, "id")
        );
        return Err(Refusal::invalid(message)
            .code("payment_intent_unexpected_state")
            .param("payment_intent"));
    }
    Ok(stripe.get(Kind::Charge, text(&intent, "latest_charge")))
}

fn refundable(charge: &Value, params: &Params) -> Result<i64, Refusal> {
    let id = text(charge, "id");
    if !is(charge, "captured") {
        return Err(
            Refusal::invalid(format!("Charge {id} has not been captured."))
                .code("charge_not_refundable"),
        );
    }
    if is(charge, "disputed") {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(Refusal::invalid(message).code("charge_disputed"));
    }
    let left = number(charge, "amount_captured") - number(charge, "amount_refunded");
    if left == 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(Refusal::invalid(message).code("charge_already_refunded"));
    }
    let amount = params.number("amount")?.unwrap_or(left);
    if amount < 1 {
        let message = "Invalid positive integer";
        return Err(Refusal::invalid(message)
            .code("parameter_invalid_integer")
            .param("amount"));
    }
    if amount > left {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        );
        return Err(Refusal::invalid(message).param("amount"));
    }
    Ok(amount)
}

/// Adds to (or, negative, takes back from) what a charge has given back.
fn add_refunded(stripe: &mut Stripe, charge: &str, amount: i64) -> Value {
    let object = stripe.get(Kind::Charge, charge);
    let refunded = number(&object, "amount_refunded") + amount;
    let whole = refunded == number(&object, "amount_captured");
    stripe.set(
        Kind::Charge,
        charge,
        json!({ "amount_refunded": refunded, "refunded": whole }),
    )
}

/// The customer's bank sent the money back.
pub fn fail(stripe: &mut Stripe, id: &str) {
    let refund = stripe.get(Kind::Refund, id);
    if text(&refund, "status") != "succeeded" {
        return;
    }
    let amount = number(&refund, "amount");
    let entry = balance::Entry {
        kind: "refund_failure",
        source: id,
        amount,
        fee: 0,
    };
    let entry = balance::book(stripe, &entry, text(&refund, "currency"));
    let patch = json!({
        "status": "failed", "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": entry,
    });
    let before = stripe.set(Kind::Refund, id, patch);
    add_refunded(stripe, text(&refund, "charge"), -amount);
    stripe.tell_change("refund.updated", Kind::Refund, id, &before);
    stripe.tell("refund.failed", Kind::Refund, id);
    stripe.tell("charge.refund.updated", Kind::Refund, id);
}
