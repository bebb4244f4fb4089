//! Invoices of subscriptions: draft, open, paid or void; and the payments that they carry.

use serde_json::{Value, json};

use super::answer::{self, Answer, Refusal, number, text};
use super::call::Call;
use super::charging::{self, Outcome, Presence};
use super::intents::{self, NewIntent};
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, id_in, public};
use super::{invoice_lines, lists, prices, renewals, subscriptions};

/// Makes a draft for a subscription, and tells of it.
pub fn draft(stripe: &mut Stripe, subscription: &str, reason: &str, lines: Vec<Value>) -> String {
    let invoice = blank(stripe, subscription, reason, lines);
    let invoice = stripe.insert(Kind::Invoice, invoice);
    let id = text(&invoice, "id").to_owned();
    let mut lines = invoice["lines"].clone();
    lines["url"] = json!(format!("/v1/invoices/{id}/lines"));
    for line in lines["data"].as_array_mut().into_iter().flatten() {
        line["invoice"] = json!(id);
    }
    stripe.set(Kind::Invoice, &id, json!({ "lines": lines }));
    stripe.set(
        Kind::Subscription,
        subscription,
        json!({ "latest_invoice": id }),
    );
    stripe.tell("invoice.created", Kind::Invoice, &id);
    id
}

fn blank(stripe: &Stripe, subscription: &str, reason: &str, lines: Vec<Value>) -> Value {
    let of = stripe.get(Kind::Subscription, subscription);
    let customer = stripe.get(Kind::Customer, text(&of, "customer"));
    let total: i64 = lines.iter().map(|line| number(line, "amount")).sum();
    let (start, end) = subscriptions::period(&of);
    let lines = answer::list("", lines, false);
    let mut invoice = money_fields(total);
    let facts = json!({
        "account_country": "DE", "account_name": "Stripe stand-in", "attempt_count": 0,
        "attempted": false, "auto_advance": true, "billing_reason": reason,
        "automatically_finalizes_at": stripe.now() + renewals::DRAFT_S,
        "collection_method": "charge_automatically", "currency": of["currency"],
        "customer": of["customer"], "customer_email": customer["email"],
        "customer_name": customer["name"], "default_payment_method": null, "description": null,
        "due_date": null, "effective_at": null, "hosted_invoice_url": null, "invoice_pdf": null,
        "lines": lines, "metadata": {}, "next_payment_attempt": stripe.now() + renewals::DRAFT_S,
        "number": null, "parent": {
            "quote_details": null, "type": "subscription_details", "subscription_details": {
                "metadata": of["metadata"], "subscription": subscription,
            },
        },
        "period_start": start, "period_end": end, "status": "draft", "status_transitions": {
            "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
        },
    });
    invoice
        .as_object_mut()
        .expect("made above")
        .extend(facts.as_object().cloned().unwrap_or_default());
    invoice
}

fn money_fields(total: i64) -> Value {
    json!({
        "amount_due": total, "amount_overpaid": 0, "amount_paid": 0, "amount_remaining": total,
        "amount_shipping": 0, "application": null, "automatic_tax": { "enabled": false,
            "liability": null, "provider": null, "disabled_reason": null, "status": null },
        "customer_address": null, "customer_tax_exempt": "none", "customer_tax_ids": [],
        "default_source": null, "default_tax_rates": [], "discounts": [], "ending_balance": null,
        "footer": null, "from_invoice": null, "issuer": { "type": "self" },
        "last_finalization_error": null, "latest_revision": null, "on_behalf_of": null,
        "payment_settings": { "default_mandate": null, "payment_method_options": null,
            "payment_method_types": null },
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
        "receipt_number": null, "rendering": null, "starting_balance": 0,
        "statement_descriptor": null, "subtotal": total, "subtotal_excluding_tax": total,
        "test_clock": null, "total": total, "total_discount_amounts": [],
        "total_excluding_tax": total, "total_pretax_credit_amounts": [], "total_taxes": [],
        "webhooks_delivered_at": null,
    })
}

/// Opens a draft, with an intent to pay it; one over nothing is paid at once.
pub fn finalise(stripe: &mut Stripe, id: &str) {
    let invoice = stripe.get(Kind::Invoice, id);
    let now = stripe.now();
    let mut moments = invoice["status_transitions"].clone();
    moments["finalized_at"] = json!(now);
    let link = format!("{}/i/{id}", stripe.stage.base_url);
    let patch = json!({
        "status": "open", "number": number_of(stripe, &invoice), "effective_at": now,
        "status_transitions": moments, "automatically_finalizes_at": null, "ending_balance": 0,
        "next_payment_attempt": null, "hosted_invoice_url": link,
    });
    let before = stripe.set(Kind::Invoice, id, patch);
    if number(&invoice, "amount_due") > 0 {
        add_payment(stripe, id, &invoice);
    }
    stripe.tell_change("invoice.finalized", Kind::Invoice, id, &before);
    if number(&invoice, "amount_due") == 0 {
        mark_paid(stripe, id);
    }
}

/// `STANDIN-0001`: counted for each customer.
fn number_of(stripe: &mut Stripe, invoice: &Value) -> String {
    let customer = text(invoice, "customer");
    let object = stripe.get(Kind::Customer, customer);
    let next = number(&object, "next_invoice_sequence").max(1);
    stripe.set(
        Kind::Customer,
        customer,
        json!({ "next_invoice_sequence": next + 1 }),
    );
    let letters = &customer[customer.len().saturating_sub(8)..];
    format!("{}-{next:04}", letters.to_uppercase())
}

fn add_payment(stripe: &mut Stripe, id: &str, invoice: &Value) {
    let new = NewIntent {
        amount: number(invoice, "amount_due"),
        currency: text(invoice, "currency").to_owned(),
        customer: invoice["customer"].clone(),
        description: json!("Subscription"),
        invoice: Some(id.to_owned()),
        setup_future_usage: json!("off_session"),
        ..NewIntent::default()
    };
    let intent = intents::insert(stripe, &new);
    let payment = json!({
        "amount_paid": null, "amount_requested": new.amount, "currency": new.currency, "invoice": id,
        "is_default": true, "payment": { "type": "payment_intent", "payment_intent": intent },
        "status": "open", "status_transitions": { "canceled_at": null, "paid_at": null },
    });
    stripe.insert(Kind::InvoicePayment, payment);
}

/// The payment that an open invoice waits for.
fn payment_of(stripe: &Stripe, id: &str) -> Option<Value> {
    stripe.all_with(Kind::InvoicePayment, "/invoice", id).pop()
}

/// The intent behind an invoice, if it costs anything and was finalised.
pub fn intent_of(stripe: &Stripe, id: &str) -> Option<String> {
    id_in(&payment_of(stripe, id)?["payment"], "payment_intent")
}

/// Tries to take an open invoice's money with a method.
pub fn collect(stripe: &mut Stripe, id: &str, method: Option<&str>, presence: Presence) -> Outcome {
    let attempts = number(&stripe.get(Kind::Invoice, id), "attempt_count") + 1;
    let patch = json!({ "attempted": true, "attempt_count": attempts });
    stripe.set(Kind::Invoice, id, patch);
    let Some(intent) = intent_of(stripe, id) else {
        return Outcome::Paid;
    };
    if let Some(method) = method {
        return charging::attempt(stripe, &intent, method, presence);
    }
    let sentence = "There is no default payment method set on this Customer or Subscription.";
    let refusal = Refusal::card(sentence).code("invoice_payment_intent_requires_action");
    charging::fail_intent(stripe, &intent, &refusal);
    Outcome::Declined(refusal)
}

/// The invoice is paid; its subscription lives.
pub fn mark_paid(stripe: &mut Stripe, id: &str) {
    let invoice = stripe.get(Kind::Invoice, id);
    let now = stripe.now();
    let mut moments = invoice["status_transitions"].clone();
    moments["paid_at"] = json!(now);
    let due = invoice["amount_due"].clone();
    let patch = json!({
        "status": "paid", "amount_paid": due, "amount_remaining": 0, "attempted": true,
        "auto_advance": false, "next_payment_attempt": null, "status_transitions": moments,
    });
    let before = stripe.set(Kind::Invoice, id, patch);
    stripe.tell_change("invoice.updated", Kind::Invoice, id, &before);
    stripe.tell("invoice.paid", Kind::Invoice, id);
    stripe.tell("invoice.payment_succeeded", Kind::Invoice, id);
    if let Some(payment) = payment_of(stripe, id) {
        let payment = text(&payment, "id");
        let patch = json!({
            "status": "paid", "amount_paid": due,
            "status_transitions": { "canceled_at": null, "paid_at": now },
        });
        stripe.set(Kind::InvoicePayment, payment, patch);
        stripe.tell("invoice_payment.paid", Kind::InvoicePayment, payment);
    }
    if let Some(subscription) = subscription_of(&invoice) {
        renewals::invoice_paid(stripe, &subscription);
    }
}

pub fn subscription_of(invoice: &Value) -> Option<String> {
    id_in(&invoice["parent"]["subscription_details"], "subscription")
}

pub fn void(stripe: &mut Stripe, id: &str) {
    let invoice = stripe.get(Kind::Invoice, id);
    let mut moments = invoice["status_transitions"].clone();
    moments["voided_at"] = json!(stripe.now());
    let patch = json!({
        "status": "void", "auto_advance": false, "next_payment_attempt": null,
        "status_transitions": moments,
    });
    let before = stripe.set(Kind::Invoice, id, patch);
    if let Some(intent) = intent_of(stripe, id) {
        stripe.set(
            Kind::Intent,
            &intent,
            json!({ "status": "canceled", "canceled_at": stripe.now() }),
        );
        stripe.tell("payment_intent.canceled", Kind::Intent, &intent);
    }
    stripe.tell_change("invoice.voided", Kind::Invoice, id, &before);
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (
        call.method(),
        call.family().as_str(),
        call.segments().as_slice(),
    ) {
        ("GET", "invoices", []) => {
            let filters = [
                ("subscription", "/parent/subscription_details/subscription"),
                ("customer", "/customer"),
                ("status", "/status"),
                ("collection_method", "/collection_method"),
            ];
            lists::list(stripe, call, Kind::Invoice, &filters, |_| true)
        }
        ("POST", "invoices", ["create_preview"]) => preview(stripe, params),
        ("GET", "invoices", [id]) => Ok(public(&stripe.named(Kind::Invoice, id, "invoice")?)),
        ("GET", "invoices", [id, "lines"]) => {
            Ok(stripe.named(Kind::Invoice, id, "invoice")?["lines"].clone())
        }
        ("POST", "invoices", [id]) => update(stripe, id, params),
        ("POST", "invoices", [id, verb]) => act(stripe, id, verb, call),
        ("GET", "invoice_payments", []) => {
            let filters = [
                ("invoice", "/invoice"),
                ("payment[payment_intent]", "/payment/payment_intent"),
                ("status", "/status"),
            ];
            lists::list(stripe, call, Kind::InvoicePayment, &filters, |_| true)
        }
        ("GET", "invoice_payments", [id]) => Ok(public(&stripe.named(
            Kind::InvoicePayment,
            id,
            "invoice_payment",
        )?)),
        _ => Err(call.unknown_url()),
    }
}

fn update(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["auto_advance", "metadata"])?;
    let invoice = stripe.named(Kind::Invoice, id, "invoice")?;
    let mut patch =
        json!({ "metadata": params.merged_metadata("metadata", &invoice["metadata"])? });
    if let Some(advance) = params.flag("auto_advance")? {
        patch["auto_advance"] = json!(advance);
    }
    let before = stripe.set(Kind::Invoice, id, patch);
    stripe.tell_if_changed("invoice.updated", Kind::Invoice, id, &before);
    Ok(public(&stripe.get(Kind::Invoice, id)))
}

fn act(stripe: &mut Stripe, id: &str, verb: &str, call: &Call) -> Answer {
    let invoice = stripe.named(Kind::Invoice, id, "invoice")?;
    match (verb, text(&invoice, "status")) {
        ("finalize", "draft") => finalise(stripe, id),
        ("pay", "draft") => {
            finalise(stripe, id);
            pay(stripe, id, &call.params)?;
        }
        ("pay", "open" | "uncollectible") => pay(stripe, id, &call.params)?,
        ("pay", "paid") => {
            return Err(Refusal::invalid("Invoice is already paid").code("invoice_already_paid"));
        }
        ("void", "open" | "uncollectible") => void(stripe, id),
        ("mark_uncollectible", "open") => {
            let before = stripe.set(Kind::Invoice, id, json!({ "status": "uncollectible" }));
            stripe.tell_change("invoice.marked_uncollectible", Kind::Invoice, id, &before);
        }
        ("finalize" | "pay" | "void" | "mark_uncollectible", state) => {
            let message = format!("This invoice is {state}; you cannot {verb} it.");
            return Err(Refusal::invalid(message).code("invoice_not_editable"));
        }
        _ => return Err(call.unknown_url()),
    }
    Ok(public(&stripe.get(Kind::Invoice, id)))
}

fn pay(stripe: &mut Stripe, id: &str, params: &Params) -> Result<(), Refusal> {
    params.only(&["off_session", "paid_out_of_band", "payment_method"])?;
    if params.flag("paid_out_of_band")? == Some(true) {
        mark_paid(stripe, id);
        return Ok(());
    }
    let method = match params.text("payment_method") {
        Some(method) => Some(super::payment_methods::named(stripe, method)?),
        None => renewals::method_of(stripe, id),
    };
    if text(&stripe.get(Kind::Invoice, id), "status") == "paid" {
        return Ok(());
    }
    match collect(stripe, id, method.as_deref(), Presence::Away) {
        Outcome::Declined(refusal) => {
            renewals::payment_failed(stripe, id);
            Err(refusal)
        }
        _ => Ok(()),
    }
}

/// What the next invoice will say, with other prices if asked; nothing is stored.
fn preview(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&["customer", "subscription", "subscription_details"])?;
    let id = params.required("subscription")?.to_owned();
    let mut subscription = stripe.named(Kind::Subscription, &id, "subscription")?;
    if let Some(price) = params.text("subscription_details[items][0][price]") {
        let price = stripe.named(Kind::Price, price, "subscription_details[items][0][price]")?;
        subscription["items"]["data"][0]["price"] = public(&price);
    }
    let price = subscriptions::items(&subscription)
        .first()
        .map(|item| item["price"].clone());
    let (_, end) = subscriptions::period(&subscription);
    let anchor = number(&subscription, "billing_cycle_anchor");
    let next = price
        .as_ref()
        .and_then(prices::period)
        .map_or(end, |of| of.boundary_after(anchor, end));
    let lines = invoice_lines::for_period(stripe, &subscription, (end, next), false);
    let mut invoice = blank(stripe, &id, "upcoming", lines);
    invoice["id"] = json!(stripe.new_id("upcoming_in"));
    invoice["object"] = json!("invoice");
    invoice["created"] = json!(end);
    invoice["livemode"] = subscription["livemode"].clone();
    Ok(invoice)
}
