//! Changes to a running subscription. Nothing is prorated here; a call that asks for it is refused.

use serde_json::{Value, json};

use super::agenda::Step;
use super::answer::{Answer, Refusal, number, text};
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{payment_methods, prices, renewals, subscriptions};

const SETTABLE: [&str; 14] = [
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
    "cancellation_details",
    "default_payment_method",
    "description",
    "items",
    "metadata",
    "off_session",
    "pause_collection",
    "payment_behavior",
    "proration_behavior",
    "trial_end",
    "trial_settings",
];

/// `POST /v1/subscriptions/{id}`
pub fn change(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&SETTABLE)?;
    let subscription = stripe.named(Kind::Subscription, id, "id")?;
    if ["canceled", "incomplete_expired"].contains(&text(&subscription, "status")) {
        let message =
            "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(Refusal::invalid(message));
    }
    let mut patch = facts(stripe, params, &subscription)?;
    lay(&mut patch, cancellation(stripe, params, &subscription)?);
    let period_before = subscriptions::period(&subscription);
    lay(
        &mut patch,
        prices_and_period(stripe, params, &subscription)?,
    );
    let before = stripe.set(Kind::Subscription, id, patch);
    if let Some(at) = stripe.get(Kind::Subscription, id)["cancel_at"].as_i64() {
        stripe.agenda.add(at, Step::CancelIsDue, id);
    }
    let (start, end) = subscriptions::period(&stripe.get(Kind::Subscription, id));
    if start == end {
        // A new period begins now, with an invoice of its own; `roll` tells of the change.
        renewals::roll(stripe, id, start);
    } else {
        if end != period_before.1 {
            stripe.agenda.add(end, Step::PeriodEnds, id);
        }
        stripe.tell_if_changed(
            "customer.subscription.updated",
            Kind::Subscription,
            id,
            &before,
        );
    }
    Ok(public(&stripe.get(Kind::Subscription, id)))
}

fn lay(patch: &mut Value, more: Value) {
    if let (Value::Object(patch), Value::Object(more)) = (patch, more) {
        patch.extend(more);
    }
}

fn facts(stripe: &mut Stripe, params: &Params, before: &Value) -> Answer {
    let mut patch = json!({ "metadata": params.merged_metadata("metadata", &before["metadata"])? });
    if params.has("description") {
        patch["description"] = params.or_null("description");
    }
    if let Some(method) = params.text("default_payment_method") {
        patch["default_payment_method"] = json!(payment_methods::named(stripe, method)?);
    }
    if params.has("pause_collection") {
        let behaviors = ["keep_as_draft", "mark_uncollectible", "void"];
        let behavior = params.choice("pause_collection[behavior]", &behaviors)?;
        let resumes_at = params.number("pause_collection[resumes_at]")?;
        patch["pause_collection"] = behavior.map_or(
            Value::Null,
            |behavior| json!({ "behavior": behavior, "resumes_at": resumes_at }),
        );
    }
    Ok(patch)
}

fn cancellation(stripe: &Stripe, params: &Params, before: &Value) -> Answer {
    let mut patch = json!({});
    let mut details = before["cancellation_details"].clone();
    for field in ["comment", "feedback"] {
        let name = format!("cancellation_details[{field}]");
        if params.has(&name) {
            details[field] = params.or_null(&name);
        }
    }
    if let Some(at_end) = params.flag("cancel_at_period_end")? {
        let end = subscriptions::period(before).1;
        let canceled_at = before["canceled_at"]
            .as_i64()
            .unwrap_or_else(|| stripe.now());
        details["reason"] = json!(at_end.then_some("cancellation_requested"));
        patch["cancel_at_period_end"] = json!(at_end);
        patch["cancel_at"] = json!(at_end.then_some(end));
        patch["canceled_at"] = json!(at_end.then_some(canceled_at));
    } else if params.has("cancel_at") {
        let at = params.number("cancel_at")?;
        if at.is_some_and(|at| at <= stripe.now()) {
            let message = "The cancel_at timestamp must be in the future.";
            return Err(Refusal::invalid(message).param("cancel_at"));
        }
        patch["cancel_at"] = json!(at);
        patch["canceled_at"] = json!(at.map(|_| stripe.now()));
    }
    patch["cancellation_details"] = details;
    Ok(patch)
}

/// New prices and quantities count from the next period on, unless the period itself is another.
fn prices_and_period(stripe: &mut Stripe, params: &Params, before: &Value) -> Answer {
    let mut patch = json!({});
    let mut items = before["items"].clone();
    for at in 0..params.array("items").len() {
        change_item(stripe, params, at, &mut items)?;
    }
    let now = stripe.now();
    let (old, new) = (
        &before["items"]["data"][0]["price"],
        &items["data"][0]["price"],
    );
    let ends_trial =
        params.text("trial_end") == Some("now") && text(before, "status") == "trialing";
    let restarts = prices::period(old) != prices::period(new)
        || params.text("billing_cycle_anchor") == Some("now")
        || ends_trial;
    let changed = items != before["items"] || restarts;
    if changed && params.text("proration_behavior") != Some("none") && !ends_trial {
        let message = "The stand-in prorates nothing: send proration_behavior=none.";
        return Err(Refusal::invalid(message).param("proration_behavior"));
    }
    patch["items"] = items;
    if restarts {
        patch["billing_cycle_anchor"] = json!(now);
        patch["items"] = renewals::with_period(&patch, (now, now));
    } else if let Some(end) = params.number("trial_end").ok().flatten() {
        let start = subscriptions::period(before).0;
        patch["trial_end"] = json!(end);
        patch["trial_start"] = json!(before["trial_start"].as_i64().unwrap_or(now));
        patch["billing_cycle_anchor"] = json!(end);
        patch["status"] = json!("trialing");
        patch["items"] = renewals::with_period(&patch, (start, end));
    }
    if ends_trial {
        patch["trial_end"] = json!(now);
    }
    Ok(patch)
}

fn change_item(
    stripe: &mut Stripe,
    params: &Params,
    at: usize,
    items: &mut Value,
) -> Result<(), Refusal> {
    let data = items["data"].as_array_mut().expect("items are a list");
    let id_name = format!("items[{at}][id]");
    let Some(id) = params.text(&id_name) else {
        let message = "The stand-in changes the items that are there: send items[][id].";
        return Err(Refusal::invalid(message).param(&id_name));
    };
    let place = data.iter().position(|item| item["id"] == id);
    let place = place.ok_or_else(|| Refusal::missing("subscription_item", id, &id_name))?;
    let item = &mut data[place];
    let quantity = params.number(&format!("items[{at}][quantity]"))?;
    let quantity = quantity.unwrap_or_else(|| number(item, "quantity"));
    let price_name = format!("items[{at}][price]");
    if let Some(price) = params.text(&price_name) {
        stripe.named(Kind::Price, price, &price_name)?;
        let period = (
            number(item, "current_period_start"),
            number(item, "current_period_end"),
        );
        let mut changed =
            subscriptions::item(stripe, text(item, "subscription"), price, quantity, period);
        changed["id"] = item["id"].clone();
        changed["created"] = item["created"].clone();
        *item = changed;
    }
    item["quantity"] = json!(quantity);
    Ok(())
}

/// `POST /v1/subscriptions/{id}/resume`: a paused subscription begins a new period.
pub fn resume(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["billing_cycle_anchor", "proration_behavior"])?;
    let subscription = stripe.named(Kind::Subscription, id, "id")?;
    if text(&subscription, "status") != "paused" {
        let message = format!("Subscription {id} is not paused; only paused ones can be resumed.");
        return Err(Refusal::invalid(message));
    }
    let now = stripe.now();
    let patch = json!({ "status": "active", "billing_cycle_anchor": now });
    let before = stripe.set(Kind::Subscription, id, patch);
    stripe.tell_change(
        "customer.subscription.resumed",
        Kind::Subscription,
        id,
        &before,
    );
    renewals::roll(stripe, id, now);
    Ok(public(&stripe.get(Kind::Subscription, id)))
}
