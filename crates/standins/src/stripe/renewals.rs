//! What time does to subscriptions: trials end, periods end, drafts are finalised, failures retried.

use serde_json::{Value, json};

use super::agenda::Step;
use super::answer::{is, number, text};
use super::calendar::{DAY_S, HOUR_S};
use super::charging::{Outcome, Presence};
use super::kind::Kind;
use super::settings::AfterRetries;
use super::state::{Stripe, id_in};
use super::{invoice_lines, invoices, prices, subscriptions};

/// A renewal's invoice stays a draft for an hour before it is finalised and paid.
pub const DRAFT_S: i64 = HOUR_S;

pub fn tell_trial_end(stripe: &mut Stripe, id: &str) {
    if text(&stripe.get(Kind::Subscription, id), "status") == "trialing" {
        stripe.tell(
            "customer.subscription.trial_will_end",
            Kind::Subscription,
            id,
        );
    }
}

/// A period has ended: the next one begins, or the subscription ends.
pub fn end_period(stripe: &mut Stripe, id: &str, at: i64) {
    let subscription = stripe.get(Kind::Subscription, id);
    let status = text(&subscription, "status");
    let lives = ["active", "trialing", "past_due", "unpaid"].contains(&status);
    if !lives || subscriptions::period(&subscription).1 != at {
        return;
    }
    if is(&subscription, "cancel_at_period_end") || number(&subscription, "cancel_at") == at {
        return subscriptions::end(stripe, id, None);
    }
    if status == "trialing" && ends_with_trial(stripe, id, &subscription) {
        return;
    }
    roll(stripe, id, at);
}

/// Without a payment method, a trial may end in a pause or in the subscription's end.
fn ends_with_trial(stripe: &mut Stripe, id: &str, subscription: &Value) -> bool {
    if method_for(stripe, subscription).is_some() {
        return false;
    }
    match text(
        &subscription["trial_settings"]["end_behavior"],
        "missing_payment_method",
    ) {
        "cancel" => subscriptions::end(stripe, id, None),
        "pause" => {
            let before = stripe.set(Kind::Subscription, id, json!({ "status": "paused" }));
            stripe.tell_change(
                "customer.subscription.paused",
                Kind::Subscription,
                id,
                &before,
            );
        }
        _ => return false,
    }
    true
}

/// Begins the period that starts at `at`, and drafts its invoice.
pub fn roll(stripe: &mut Stripe, id: &str, at: i64) {
    let subscription = stripe.get(Kind::Subscription, id);
    let status = text(&subscription, "status");
    let anchor = number(&subscription, "billing_cycle_anchor");
    let Some(period) = prices::period(&subscriptions::items(&subscription)[0]["price"]) else {
        return;
    };
    let end = period.boundary_after(anchor, at);
    let next = if status == "trialing" {
        "active"
    } else {
        status
    };
    let patch = json!({ "items": with_period(&subscription, (at, end)), "status": next });
    let before = stripe.set(Kind::Subscription, id, patch);
    stripe.agenda.add(end, Step::PeriodEnds, id);
    let subscription = stripe.get(Kind::Subscription, id);
    let lines = invoice_lines::for_period(stripe, &subscription, (at, end), false);
    let invoice = invoices::draft(stripe, id, "subscription_cycle", lines);
    stripe.tell_change(
        "customer.subscription.updated",
        Kind::Subscription,
        id,
        &before,
    );
    if next == "unpaid" {
        stripe.set(Kind::Invoice, &invoice, json!({ "auto_advance": false }));
    } else {
        stripe
            .agenda
            .add(at + DRAFT_S, Step::InvoiceFinalises, &invoice);
    }
}

/// The items, moved into another period.
pub fn with_period(subscription: &Value, period: (i64, i64)) -> Value {
    let mut items = subscription["items"].clone();
    for item in items["data"].as_array_mut().into_iter().flatten() {
        item["current_period_start"] = json!(period.0);
        item["current_period_end"] = json!(period.1);
    }
    items
}

pub fn cancel_if_due(stripe: &mut Stripe, id: &str, at: i64) {
    let subscription = stripe.get(Kind::Subscription, id);
    let ended = ["canceled", "incomplete_expired"].contains(&text(&subscription, "status"));
    if !ended && number(&subscription, "cancel_at") == at {
        subscriptions::end(stripe, id, None);
    }
}

pub fn expire_incomplete(stripe: &mut Stripe, id: &str) {
    let subscription = stripe.get(Kind::Subscription, id);
    if text(&subscription, "status") != "incomplete" {
        return;
    }
    set_status(stripe, id, "incomplete_expired");
    if let Some(invoice) = id_in(&subscription, "latest_invoice") {
        invoices::void(stripe, &invoice);
    }
}

/// An hour after the period began: the draft is opened and its money taken.
pub fn finalise(stripe: &mut Stripe, id: &str) {
    let invoice = stripe.get(Kind::Invoice, id);
    if text(&invoice, "status") != "draft" || !is(&invoice, "auto_advance") {
        return;
    }
    let Some(subscription) = invoices::subscription_of(&invoice) else {
        return;
    };
    let pause = stripe.get(Kind::Subscription, &subscription)["pause_collection"].clone();
    if text(&pause, "behavior") == "keep_as_draft" {
        return;
    }
    invoices::finalise(stripe, id);
    match text(&pause, "behavior") {
        "void" => invoices::void(stripe, id),
        "mark_uncollectible" => {
            let before = stripe.set(Kind::Invoice, id, json!({ "status": "uncollectible" }));
            stripe.tell_change("invoice.marked_uncollectible", Kind::Invoice, id, &before);
        }
        _ => try_to_collect(stripe, id),
    }
}

/// The day of another try has come.
pub fn retry(stripe: &mut Stripe, id: &str, at: i64) {
    let invoice = stripe.get(Kind::Invoice, id);
    if text(&invoice, "status") == "open" && number(&invoice, "next_payment_attempt") == at {
        try_to_collect(stripe, id);
    }
}

fn try_to_collect(stripe: &mut Stripe, id: &str) {
    if text(&stripe.get(Kind::Invoice, id), "status") != "open" {
        return;
    }
    let method = method_of(stripe, id);
    match invoices::collect(stripe, id, method.as_deref(), Presence::Away) {
        Outcome::Paid | Outcome::Slow => {}
        Outcome::NeedsConfirmation => payment_failed(stripe, id),
        Outcome::Declined(refusal) => {
            payment_failed(stripe, id);
            if refusal.body()["error"]["code"] == "authentication_required" {
                stripe.tell("invoice.payment_action_required", Kind::Invoice, id);
            }
        }
    }
}

/// Plans the next try of a failed invoice; after the last one the account's setting decides.
pub fn payment_failed(stripe: &mut Stripe, id: &str) {
    let invoice = stripe.get(Kind::Invoice, id);
    let Some(subscription) = invoices::subscription_of(&invoice) else {
        return;
    };
    let first = invoice["_first_failed"]
        .as_i64()
        .unwrap_or_else(|| stripe.now());
    let schedule = &stripe.settings.retry_schedule;
    let now = stripe.now();
    let next = schedule
        .iter()
        .map(|days| first + days * DAY_S)
        .find(|at| *at > now);
    stripe.set(
        Kind::Invoice,
        id,
        json!({ "_first_failed": first, "next_payment_attempt": next }),
    );
    stripe.tell("invoice.payment_failed", Kind::Invoice, id);
    let status = text(&stripe.get(Kind::Subscription, &subscription), "status").to_owned();
    match (next, stripe.settings.after_retries) {
        _ if ["canceled", "incomplete", "incomplete_expired"].contains(&status.as_str()) => {}
        (Some(at), _) => {
            stripe.agenda.add(at, Step::RenewalIsRetried, id);
            set_status(stripe, &subscription, "past_due");
        }
        (None, AfterRetries::Cancel) => {
            subscriptions::end(stripe, &subscription, Some("payment_failed"));
        }
        (None, AfterRetries::Unpaid) => set_status(stripe, &subscription, "unpaid"),
        (None, AfterRetries::PastDue) => set_status(stripe, &subscription, "past_due"),
    }
}

/// An invoice was paid: a subscription that waited for nothing else is active again.
pub fn invoice_paid(stripe: &mut Stripe, id: &str) {
    let status = text(&stripe.get(Kind::Subscription, id), "status").to_owned();
    let all = stripe.all_with(
        Kind::Invoice,
        "/parent/subscription_details/subscription",
        id,
    );
    let none_open = all.iter().all(|invoice| text(invoice, "status") != "open");
    if none_open && ["incomplete", "past_due", "unpaid"].contains(&status.as_str()) {
        set_status(stripe, id, "active");
    }
}

pub fn set_status(stripe: &mut Stripe, id: &str, status: &str) {
    let before = stripe.set(Kind::Subscription, id, json!({ "status": status }));
    stripe.tell_if_changed(
        "customer.subscription.updated",
        Kind::Subscription,
        id,
        &before,
    );
}

/// The method that pays an invoice: the subscription's, else the customer's.
pub fn method_of(stripe: &Stripe, invoice: &str) -> Option<String> {
    let subscription = invoices::subscription_of(&stripe.get(Kind::Invoice, invoice))?;
    method_for(stripe, &stripe.get(Kind::Subscription, &subscription))
}

fn method_for(stripe: &Stripe, subscription: &Value) -> Option<String> {
    id_in(subscription, "default_payment_method").or_else(|| {
        let customer = stripe.get(Kind::Customer, text(subscription, "customer"));
        id_in(&customer["invoice_settings"], "default_payment_method")
    })
}
