//! Disputes: a cardholder's bank takes a payment back; evidence may win it again.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, is, number, text};
use super::balance;
use super::calendar::DAY_S;
use super::call::Call;
use super::kind::Kind;
use super::lists;
use super::params::Params;
use super::state::{Stripe, public};

/// Kept by Stripe whether won or lost.
const FEE: i64 = 1_500;
const DAYS_TO_ANSWER: i64 = 9;

/// Evidence that decides a test dispute, in `evidence[uncategorized_text]`.
const WINS: &str = "winning_evidence";
const LOSES: &str = "losing_evidence";

/// Opens a dispute about a whole charge. The money leaves at once.
pub fn open(stripe: &mut Stripe, charge: &str, reason: &str) -> Answer {
    let charge = stripe.named(Kind::Charge, charge, "charge")?;
    if is(&charge, "disputed") || !is(&charge, "captured") {
        let message = "Only a captured charge without a dispute can be disputed.";
        return Err(Refusal::invalid(message).param("charge"));
    }
    let amount = number(&charge, "amount_captured") - number(&charge, "amount_refunded");
    let dispute = json!({
        "amount": amount, "balance_transactions": [], "charge": charge["id"],
        "currency": charge["currency"], "enhanced_eligibility_types": [], "evidence": {},
        "evidence_details": {
            "due_by": stripe.now() + DAYS_TO_ANSWER * DAY_S, "enhanced_eligibility": {},
            "has_evidence": false, "past_due": false, "submission_count": 0,
        },
        "is_charge_refundable": false, "metadata": {}, "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": { "type": "card", "card": {
            "brand": charge["payment_method_details"]["card"]["brand"], "case_type": "chargeback",
            "network_reason_code": "10.4",
        } },
        "reason": reason, "status": "needs_response",
    });
    let id = text(&stripe.insert(Kind::Dispute, dispute), "id").to_owned();
    stripe.set(
        Kind::Charge,
        text(&charge, "id"),
        json!({ "disputed": true }),
    );
    stripe.tell("charge.dispute.created", Kind::Dispute, &id);
    move_funds(stripe, &id, -amount, FEE);
    stripe.tell("charge.dispute.funds_withdrawn", Kind::Dispute, &id);
    Ok(public(&stripe.get(Kind::Dispute, &id)))
}

/// Ends a dispute. Won, the money comes back, but the fee does not.
pub fn close(stripe: &mut Stripe, id: &str, won: bool) -> Answer {
    let dispute = stripe.named(Kind::Dispute, id, "dispute")?;
    if !is_open(&dispute) {
        return Err(Refusal::invalid("This dispute is already closed."));
    }
    let before = stripe.set(
        Kind::Dispute,
        id,
        json!({ "status": if won { "won" } else { "lost" } }),
    );
    if won {
        move_funds(stripe, id, number(&dispute, "amount"), 0);
        stripe.tell("charge.dispute.funds_reinstated", Kind::Dispute, id);
    }
    stripe.tell_change("charge.dispute.closed", Kind::Dispute, id, &before);
    Ok(public(&stripe.get(Kind::Dispute, id)))
}

fn is_open(dispute: &Value) -> bool {
    ["needs_response", "under_review"].contains(&text(dispute, "status"))
}

fn move_funds(stripe: &mut Stripe, id: &str, amount: i64, fee: i64) {
    let dispute = stripe.get(Kind::Dispute, id);
    let entry = balance::Entry {
        kind: "adjustment",
        source: id,
        amount,
        fee,
    };
    let entry = balance::book(stripe, &entry, text(&dispute, "currency"));
    let mut all = dispute["balance_transactions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    all.push(public(&stripe.get(Kind::BalanceTransaction, &entry)));
    stripe.set(Kind::Dispute, id, json!({ "balance_transactions": all }));
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    match (call.method(), call.segments().as_slice()) {
        ("GET", []) => {
            let known = [
                "charge",
                "created",
                "ending_before",
                "limit",
                "payment_intent",
                "starting_after",
            ];
            call.params.only(&known)?;
            let filters = [("charge", "/charge"), ("payment_intent", "/payment_intent")];
            lists::list(stripe, call, Kind::Dispute, &filters, |_| true)
        }
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Dispute, id, "dispute")?)),
        ("POST", [id]) => respond(stripe, id, &call.params),
        ("POST", [id, "close"]) => close(stripe, id, false),
        _ => Err(call.unknown_url()),
    }
}

/// Lays evidence before the bank; the two words of the test mode decide at once.
fn respond(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["evidence", "metadata", "submit"])?;
    let dispute = stripe.named(Kind::Dispute, id, "dispute")?;
    if !is_open(&dispute) {
        return Err(Refusal::invalid("This dispute is already closed."));
    }
    let mut evidence = dispute["evidence"].as_object().cloned().unwrap_or_default();
    let sent = params.at("evidence").and_then(Value::as_object);
    evidence.extend(
        sent.into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    let submits = params.flag("submit")?.unwrap_or(true);
    let mut details = dispute["evidence_details"].clone();
    details["has_evidence"] = json!(!evidence.is_empty());
    if submits {
        details["submission_count"] = json!(number(&details, "submission_count") + 1);
    }
    let decided = evidence
        .get("uncategorized_text")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let patch = json!({
        "evidence": evidence, "evidence_details": details,
        "metadata": params.merged_metadata("metadata", &dispute["metadata"])?,
        "status": if submits { "under_review" } else { text(&dispute, "status") },
    });
    let before = stripe.set(Kind::Dispute, id, patch);
    stripe.tell_change("charge.dispute.updated", Kind::Dispute, id, &before);
    match decided.as_deref() {
        Some(WINS) if submits => close(stripe, id, true),
        Some(LOSES) if submits => close(stripe, id, false),
        _ => Ok(public(&stripe.get(Kind::Dispute, id))),
    }
}
