//! What changed since a cursor: by the list of events, or by the lists of the objects themselves. The cursor is
//! a moment of Stripe's clock, in seconds.
//!
//! Source: docs.stripe.com/api, "Events" (kept for 30 days) and "Pagination" (read in November 2026).

use std::collections::BTreeSet;

use billing::gateway::{Breadth, GatewayRef, Listed, ListedObject};
use kit::{Outcome, done};

use super::call::{Api, Form};
use super::wire::{Bare, Event};

/// The kinds of events that change something here; at most 20 may be asked for.
pub(super) const KINDS: &[&str] = &[
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "charge.refunded",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
];

/// An event can become visible after a later one.
const OVERLAP_S: i64 = 120;
/// How much is listed in one go.
const WINDOW_S: i64 = 6 * 3600;
/// Events older than this are gone.
const HORIZON_S: i64 = 29 * 86_400;
/// Before the first connection there is nothing of ours.
const FIRST_S: i64 = 3600;
/// An object may change long after it was made.
const LOOK_BACK_S: i64 = 86_400;

pub(super) async fn since(api: &Api, cursor: &str, breadth: Breadth) -> Outcome<Listed> {
    let now = api.http().world().now().s();
    let from = cursor.parse::<i64>().unwrap_or(now - FIRST_S);
    match breadth {
        Breadth::Changes => changes(api, from.max(now - HORIZON_S), now).await,
        Breadth::Objects => objects(api, from, now).await,
    }
}

async fn changes(api: &Api, from: i64, now: i64) -> Outcome<Listed> {
    let is_last = from + WINDOW_S >= now;
    let query = Form::new().with("created[gte]", from - OVERLAP_S);
    // The last window has no end: Stripe's clock may be ahead of ours.
    let query = query.maybe("created[lt]", (!is_last).then_some(from + WINDOW_S));
    let query = KINDS
        .iter()
        .fold(query, |query, kind| query.with("types[]", kind));
    let mut events: Vec<Event> = done!(api.all("events", query).await);
    events.reverse();
    let newest = events.last().map_or(from, |event| event.created);
    let cursor = if is_last {
        newest.max(from)
    } else {
        from + WINDOW_S
    };
    Outcome::Done(Listed {
        objects: events.into_iter().filter_map(listed).collect(),
        cursor: cursor.to_string(),
        has_more: !is_last,
    })
}

fn listed(event: Event) -> Option<ListedObject> {
    let object = object_of(&event)?;
    Some(ListedObject {
        object,
        message: Some(event.id),
    })
}

async fn objects(api: &Api, from: i64, now: i64) -> Outcome<Listed> {
    let mut names = BTreeSet::new();
    for path in [
        "payment_intents",
        "invoices",
        "subscriptions",
        "refunds",
        "disputes",
    ] {
        let query = Form::new().with("created[gte]", from - LOOK_BACK_S);
        // By default a list of subscriptions leaves out those that have ended.
        let query = query.maybe("status", (path == "subscriptions").then_some("all"));
        let listed: Vec<Bare> = done!(api.all(path, query).await);
        names.extend(listed.into_iter().map(|object| object.id));
    }
    let objects = names
        .into_iter()
        .map(|name| ListedObject {
            object: GatewayRef::new(name),
            message: None,
        })
        .collect();
    Outcome::Done(Listed {
        objects,
        cursor: now.max(from).to_string(),
        has_more: false,
    })
}

/// Which object an event points at. `None`: of a kind that changes nothing here.
pub(super) fn object_of(event: &Event) -> Option<GatewayRef> {
    let object = &event.data.object;
    let name = match object.object.as_deref()? {
        "checkout.session" | "payment_intent" | "invoice" | "subscription" | "charge"
        | "refund" | "dispute" => object.id.clone()?,
        "invoice_payment" => object.invoice.as_ref()?.id().to_owned(),
        _ => return None,
    };
    Some(GatewayRef::new(name))
}
