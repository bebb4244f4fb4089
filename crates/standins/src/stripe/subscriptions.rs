//! Subscriptions: made, shown and ended. What time does to them is in `renewals`.

use serde_json::{Value, json};

use super::agenda::Step;
use super::answer::{self, Answer, Refusal, number, text};
use super::calendar::DAY_S;
use super::call::Call;
use super::charging::{Outcome, Presence};
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{
    invoice_lines, invoices, lists, payment_methods, prices, searches, subscription_change,
};

/// An incomplete subscription is given up after 23 hours.
const INCOMPLETE_S: i64 = 23 * 3_600;

/// What a subscription is made from, by a call or by a checkout session.
#[derive(Debug)]
pub struct NewSubscription {
    pub customer: String,
    /// Ids of recurring prices, and how many of each.
    pub items: Vec<(String, i64)>,
    pub metadata: Value,
    pub description: Value,
    pub trial_end: Option<i64>,
    /// What happens at a trial's end without a method: `create_invoice`, `cancel` or `pause`.
    pub without_method: String,
    pub default_payment_method: Value,
    pub cancel_at: Option<i64>,
    pub cancel_at_period_end: bool,
}

/// Stores a subscription, incomplete or in its trial; tells nothing yet.
pub fn insert(stripe: &mut Stripe, new: &NewSubscription) -> String {
    let now = stripe.now();
    let price = stripe.get(Kind::Price, &new.items[0].0);
    let period = prices::period(&price).expect("checked to be recurring");
    let end = new
        .trial_end
        .unwrap_or_else(|| period.boundary_after(now, now));
    let anchor = new.trial_end.unwrap_or(now);
    let cancel_at = if new.cancel_at_period_end {
        Some(end)
    } else {
        new.cancel_at
    };
    let subscription = json!({
        "application": null, "application_fee_percent": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": anchor, "billing_cycle_anchor_config": null,
        "billing_mode": { "flexible": null, "type": "classic" }, "billing_schedules": [],
        "billing_thresholds": null,
        "cancel_at": cancel_at, "cancel_at_period_end": new.cancel_at_period_end,
        "canceled_at": cancel_at.map(|_| now),
        "cancellation_details": { "comment": null, "feedback": null, "reason": null },
        "collection_method": "charge_automatically", "currency": price["currency"],
        "customer": new.customer, "days_until_due": null,
        "default_payment_method": new.default_payment_method, "default_source": null,
        "default_tax_rates": [], "description": new.description, "discounts": [], "ended_at": null,
        "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
        "latest_invoice": null, "metadata": new.metadata, "next_pending_invoice_item_invoice": null,
        "on_behalf_of": null, "pause_collection": null,
        "payment_settings": { "payment_method_options": null, "payment_method_types": null,
            "save_default_payment_method": "off" },
        "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null,
        "schedule": null, "start_date": now,
        "status": if new.trial_end.is_some() { "trialing" } else { "incomplete" },
        "test_clock": null, "transfer_data": null, "trial_end": new.trial_end,
        "trial_settings": { "end_behavior": { "missing_payment_method": new.without_method } },
        "trial_start": new.trial_end.map(|_| now),
    });
    let id = text(&stripe.insert(Kind::Subscription, subscription), "id").to_owned();
    let items = new
        .items
        .iter()
        .map(|(price, quantity)| item(stripe, &id, price, *quantity, (now, end)));
    let items: Vec<Value> = items.collect();
    let url = format!("/v1/subscription_items?subscription={id}");
    stripe.set(
        Kind::Subscription,
        &id,
        json!({ "items": answer::list(&url, items, false) }),
    );
    plan_steps(stripe, &id, new, end);
    id
}

fn plan_steps(stripe: &mut Stripe, id: &str, new: &NewSubscription, end: i64) {
    let now = stripe.now();
    stripe.agenda.add(end, Step::PeriodEnds, id);
    if let Some(trial_end) = new.trial_end {
        stripe
            .agenda
            .add((trial_end - 3 * DAY_S).max(now), Step::TrialEndsSoon, id);
    }
    if let Some(at) = new.cancel_at {
        stripe.agenda.add(at, Step::CancelIsDue, id);
    }
}

pub fn item(
    stripe: &mut Stripe,
    of: &str,
    price: &str,
    quantity: i64,
    period: (i64, i64),
) -> Value {
    let price = public(&stripe.get(Kind::Price, price));
    json!({
        "id": stripe.new_id("si"), "object": "subscription_item", "billing_thresholds": null,
        "created": stripe.now(), "current_period_start": period.0, "current_period_end": period.1,
        "discounts": [], "metadata": {}, "plan": plan(&price), "price": price, "quantity": quantity,
        "subscription": of, "tax_rates": [],
    })
}

/// The older form of a price, which items still carry.
fn plan(price: &Value) -> Value {
    json!({
        "id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"], "billing_scheme": "per_unit",
        "created": price["created"], "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"], "livemode": price["livemode"],
        "metadata": price["metadata"], "meter": null, "nickname": price["nickname"],
        "product": price["product"], "tiers_mode": null, "transform_usage": null,
        "trial_period_days": null, "usage_type": "licensed",
    })
}

pub fn items(subscription: &Value) -> &[Value] {
    subscription["items"]["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Start and end of the current period, which stand on the items.
pub fn period(subscription: &Value) -> (i64, i64) {
    let first = items(subscription).first().unwrap_or(&Value::Null);
    (
        number(first, "current_period_start"),
        number(first, "current_period_end"),
    )
}

/// Makes and collects the first invoice; a success makes the subscription active.
pub fn begin(stripe: &mut Stripe, id: &str, presence: Presence) -> Outcome {
    let subscription = stripe.get(Kind::Subscription, id);
    let trial = text(&subscription, "status") == "trialing";
    let lines = invoice_lines::for_period(stripe, &subscription, period(&subscription), trial);
    let invoice = invoices::draft(stripe, id, "subscription_create", lines);
    invoices::finalise(stripe, &invoice);
    if text(&stripe.get(Kind::Invoice, &invoice), "status") == "paid" {
        return Outcome::Paid;
    }
    let method = super::renewals::method_of(stripe, &invoice);
    let outcome = invoices::collect(stripe, &invoice, method.as_deref(), presence);
    match outcome {
        // A bank debit is taken on trust: the subscription lives while the money is on its way.
        Outcome::Slow => super::renewals::set_status(stripe, id, "active"),
        Outcome::Paid => {}
        Outcome::Declined(_) | Outcome::NeedsConfirmation => {
            stripe.tell("invoice.payment_failed", Kind::Invoice, &invoice);
            let at = stripe.now() + INCOMPLETE_S;
            stripe.agenda.add(at, Step::IncompleteExpires, id);
        }
    }
    outcome
}

/// Ends a subscription now. Its unpaid invoices are collected no more.
pub fn end(stripe: &mut Stripe, id: &str, reason: Option<&str>) {
    let now = stripe.now();
    let subscription = stripe.get(Kind::Subscription, id);
    let mut details = subscription["cancellation_details"].clone();
    details["reason"] = json!(reason.unwrap_or("cancellation_requested"));
    let canceled_at = subscription["canceled_at"].as_i64().unwrap_or(now);
    let patch = json!({
        "status": "canceled", "ended_at": now, "canceled_at": canceled_at,
        "cancellation_details": details,
    });
    stripe.set(Kind::Subscription, id, patch);
    for invoice in stripe.all_with(
        Kind::Invoice,
        "/parent/subscription_details/subscription",
        id,
    ) {
        if ["draft", "open"].contains(&text(&invoice, "status")) {
            let patch = json!({ "auto_advance": false, "next_payment_attempt": null });
            stripe.set(Kind::Invoice, text(&invoice, "id"), patch);
        }
    }
    stripe.tell("customer.subscription.deleted", Kind::Subscription, id);
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => list(stripe, call),
        ("GET", ["search"]) => searches::answer(stripe, call, Kind::Subscription),
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Subscription, id, "id")?)),
        ("POST", [id]) => subscription_change::change(stripe, id, params),
        ("POST", [id, "resume"]) => subscription_change::resume(stripe, id, params),
        ("DELETE", [id]) => cancel(stripe, id, params),
        _ => Err(call.unknown_url()),
    }
}

/// Canceled subscriptions are left out unless `status` asks for them.
fn list(stripe: &Stripe, call: &Call) -> Answer {
    let params = &call.params;
    let states = [
        "active",
        "all",
        "canceled",
        "ended",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    ];
    let asked = params.choice("status", &states)?;
    let price = params.text("price");
    let wanted = |subscription: &Value| {
        let state = text(subscription, "status");
        let state_fits = match asked {
            Some("all") => true,
            Some("ended") => ["canceled", "incomplete_expired"].contains(&state),
            Some(asked) => state == asked,
            None => state != "canceled",
        };
        state_fits
            && price.is_none_or(|price| {
                items(subscription)
                    .iter()
                    .any(|item| item["price"]["id"] == price)
            })
    };
    lists::list(
        stripe,
        call,
        Kind::Subscription,
        &[("customer", "/customer")],
        wanted,
    )
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&[
        "cancel_at",
        "cancel_at_period_end",
        "collection_method",
        "customer",
        "default_payment_method",
        "description",
        "items",
        "metadata",
        "off_session",
        "payment_behavior",
        "payment_settings",
        "proration_behavior",
        "trial_end",
        "trial_period_days",
        "trial_settings",
    ])?;
    let customer = params.required("customer")?;
    stripe.named(Kind::Customer, customer, "customer")?;
    let behaviors = [
        "allow_incomplete",
        "default_incomplete",
        "error_if_incomplete",
    ];
    let behavior = params
        .choice("payment_behavior", &behaviors)?
        .unwrap_or("allow_incomplete");
    let new = NewSubscription {
        customer: customer.to_owned(),
        items: wanted_items(stripe, params)?,
        metadata: params.metadata("metadata")?,
        description: params.or_null("description"),
        trial_end: trial_end(stripe, params, "")?,
        without_method: without_method(params, "")?,
        default_payment_method: match params.text("default_payment_method") {
            Some(method) => json!(payment_methods::named(stripe, method)?),
            None => Value::Null,
        },
        cancel_at: params.number("cancel_at")?,
        cancel_at_period_end: params.flag("cancel_at_period_end")?.unwrap_or_default(),
    };
    let id = insert(stripe, &new);
    stripe.tell("customer.subscription.created", Kind::Subscription, &id);
    if behavior == "default_incomplete" && new.trial_end.is_none() {
        return Ok(wait_for_payment(stripe, &id));
    }
    match begin(stripe, &id, Presence::Away) {
        Outcome::Declined(refusal) if behavior == "error_if_incomplete" => {
            stripe.set(
                Kind::Subscription,
                &id,
                json!({ "status": "incomplete_expired" }),
            );
            Err(refusal)
        }
        _ => Ok(public(&stripe.get(Kind::Subscription, &id))),
    }
}

/// An open invoice, whose intent somebody will confirm.
fn wait_for_payment(stripe: &mut Stripe, id: &str) -> Value {
    let subscription = stripe.get(Kind::Subscription, id);
    let lines = invoice_lines::for_period(stripe, &subscription, period(&subscription), false);
    let invoice = invoices::draft(stripe, id, "subscription_create", lines);
    invoices::finalise(stripe, &invoice);
    let at = stripe.now() + INCOMPLETE_S;
    stripe.agenda.add(at, Step::IncompleteExpires, id);
    public(&stripe.get(Kind::Subscription, id))
}

fn wanted_items(stripe: &Stripe, params: &Params) -> Result<Vec<(String, i64)>, Refusal> {
    let mut found = Vec::new();
    for at in 0..params.array("items").len() {
        let name = format!("items[{at}][price]");
        let price = stripe.named(Kind::Price, params.required(&name)?, &name)?;
        if price["recurring"].is_null() {
            let message = format!(
                "The price specified is set to `type=one_time` ({}); subscriptions \
                take recurring prices.",
                text(&price, "id")
            );
            return Err(Refusal::invalid(message).param(&name));
        }
        let quantity = params
            .number(&format!("items[{at}][quantity]"))?
            .unwrap_or(1);
        found.push((text(&price, "id").to_owned(), quantity));
    }
    if found.is_empty() {
        return Err(Refusal::invalid("Missing required param: items.")
            .code("parameter_missing")
            .param("items"));
    }
    Ok(found)
}

/// When a trial ends that is given in days or as a moment; `path` leads to `subscription_data` or nowhere.
pub fn trial_end(stripe: &Stripe, params: &Params, path: &str) -> Result<Option<i64>, Refusal> {
    let days_name = prices::nested(path, "trial_period_days");
    let end_name = prices::nested(path, "trial_end");
    if let Some(days) = params.number(&days_name)? {
        if !(1..=730).contains(&days) {
            let message = "Trials have 1 to 730 days.";
            return Err(Refusal::invalid(message).param(&days_name));
        }
        return Ok(Some(stripe.now() + days * DAY_S));
    }
    if params.text(&end_name) == Some("now") {
        return Ok(None);
    }
    let end = params.number(&end_name)?;
    if end.is_some_and(|end| end <= stripe.now()) {
        return Err(Refusal::invalid(
            "Invalid timestamp: must be an integer Unix timestamp in the future.",
        )
        .param(&end_name));
    }
    Ok(end)
}

pub fn without_method(params: &Params, path: &str) -> Result<String, Refusal> {
    let name = format!(
        "{}[end_behavior][missing_payment_method]",
        prices::nested(path, "trial_settings")
    );
    let word = params.choice(&name, &["cancel", "create_invoice", "pause"])?;
    Ok(word.unwrap_or("create_invoice").to_owned())
}

fn cancel(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["cancellation_details", "invoice_now", "prorate"])?;
    let subscription = stripe.named(Kind::Subscription, id, "id")?;
    if ["canceled", "incomplete_expired"].contains(&text(&subscription, "status")) {
        return Err(Refusal::missing("subscription", id, "id"));
    }
    end(stripe, id, None);
    Ok(public(&stripe.get(Kind::Subscription, id)))
}
