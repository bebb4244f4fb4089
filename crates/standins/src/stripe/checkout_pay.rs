//! Paying a checkout session: by its page, or by `/_control/pay`.

use serde_json::{Value, json};

use super::answer::{Refusal, number, text};
use super::calendar::DAY_S;
use super::cards::{self, Card, Manner};
use super::charging::{self, Outcome, Presence};
use super::intents::{self, NewIntent};
use super::kind::Kind;
use super::setup_intents::{self, Saved};
use super::state::{Stripe, id_in};
use super::subscriptions::{self, NewSubscription};
use super::{customers, payment_methods};

/// Who pays, with which card.
#[derive(Debug)]
pub struct Payer {
    pub email: String,
    pub name: String,
    pub card: Card,
}

/// What came of it. The session is complete only with `Completed`.
#[derive(Debug)]
pub enum Paid {
    Completed,
    NeedsConfirmation,
    Declined(Refusal),
}

/// Pays an open session. A declined card leaves it open.
pub fn pay(stripe: &mut Stripe, session: &str, payer: &Payer) -> Result<Paid, Refusal> {
    must_be_open(stripe, session)?;
    let who = payment_methods::billing(&json!(payer.email), &json!(payer.name));
    let method = payment_methods::insert(stripe, &payer.card, &who, &json!({}));
    let patch = json!({ "_method": method, "_email": payer.email, "_name": payer.name });
    stripe.set(Kind::Session, session, patch);
    Ok(go(stripe, session, Presence::Here))
}

/// The customer answered their bank's question.
pub fn confirm(stripe: &mut Stripe, session: &str, agrees: bool) -> Result<Paid, Refusal> {
    must_be_open(stripe, session)?;
    let object = stripe.get(Kind::Session, session);
    if object["_method"].is_null() {
        return Err(Refusal::invalid(
            "No card was entered for this session yet.",
        ));
    }
    if agrees {
        return Ok(go(stripe, session, Presence::Confirmed));
    }
    let sentence = "We are unable to authenticate your payment method. Please choose a different \
        payment method and try again.";
    let refusal = Refusal::card(sentence).code("payment_intent_authentication_failure");
    if let Some(intent) = id_in(&object, "payment_intent") {
        charging::fail_intent(stripe, &intent, &refusal);
    }
    Ok(Paid::Declined(refusal))
}

fn must_be_open(stripe: &Stripe, session: &str) -> Result<(), Refusal> {
    let found = stripe
        .find(Kind::Session, session)
        .ok_or_else(|| Refusal::missing("checkout.session", session, "session"))?;
    match text(found, "status") {
        "open" => Ok(()),
        "complete" => Err(Refusal::invalid("This has already been paid.")),
        _ => Err(Refusal::invalid(
            "This session has expired; start again where you came from.",
        )),
    }
}

/// Events of one payment are told in the order that was observed at Stripe: money first, then the
/// session, then the subscription (changed before created), then its invoice.
fn go(stripe: &mut Stripe, session: &str, presence: Presence) -> Paid {
    let object = stripe.get(Kind::Session, session);
    let asked_by = stripe.asked_by.clone();
    stripe.asked_by.livemode = object["livemode"] == true;
    stripe.events.hold();
    let paid = match text(&object, "mode") {
        "setup" => save_card(stripe, &object, presence),
        "subscription" => subscribe(stripe, &object, presence),
        _ => take_payment(stripe, &object, presence),
    };
    stripe.release_events(|kind| match kind {
        kind if kind.starts_with("checkout.") => 1,
        "customer.subscription.updated" => 2,
        kind if kind.starts_with("customer.subscription.") => 3,
        kind if kind.starts_with("invoice") => 4,
        _ => 0,
    });
    stripe.asked_by = asked_by;
    paid
}

/// The session's customer, made now if it has none.
fn customer_of(stripe: &mut Stripe, session: &Value) -> String {
    let known = id_in(session, "customer");
    known.unwrap_or_else(|| {
        let customer = customers::insert(stripe, &session["_email"], &session["_name"]);
        stripe.tell("customer.created", Kind::Customer, &customer);
        customer
    })
}

fn is_declined_at_once(stripe: &Stripe, session: &Value) -> bool {
    manner_of(stripe, session).is_some_and(|manner| matches!(manner, Manner::Declines { .. }))
}

fn manner_of(stripe: &Stripe, session: &Value) -> Option<Manner> {
    let method = stripe.find(Kind::PaymentMethod, text(session, "_method"))?;
    Some(cards::manner(text(method, "_number")))
}

fn take_payment(stripe: &mut Stripe, session: &Value, presence: Presence) -> Paid {
    let id = text(session, "id");
    let saves = session["_intent"]["setup_future_usage"] == "off_session";
    let wants_customer = saves || session["customer_creation"] == "always";
    let will_pay = !is_declined_at_once(stripe, session)
        && (presence == Presence::Confirmed
            || manner_of(stripe, session) != Some(Manner::Confirms));
    let customer = if session["customer"].is_null() && !(wants_customer && will_pay) {
        session["customer"].clone()
    } else {
        json!(customer_of(stripe, session))
    };
    if number(session, "amount_total") == 0 {
        return complete(stripe, id, json!({ "customer": customer }));
    }
    let intent = id_in(session, "payment_intent")
        .unwrap_or_else(|| insert_intent(stripe, session, &customer));
    stripe.set(Kind::Session, id, json!({ "payment_intent": intent }));
    stripe.set(Kind::Intent, &intent, json!({ "customer": customer }));
    let method = text(session, "_method");
    let status = match charging::attempt(stripe, &intent, method, presence) {
        Outcome::Declined(refusal) => return Paid::Declined(refusal),
        Outcome::NeedsConfirmation => return Paid::NeedsConfirmation,
        Outcome::Paid => "paid",
        Outcome::Slow => "unpaid",
    };
    if saves && let Some(customer) = customer.as_str() {
        stripe.set(Kind::PaymentMethod, method, json!({ "_set_up": true }));
        payment_methods::attach_to(stripe, method, customer);
    }
    complete(
        stripe,
        id,
        json!({ "customer": customer, "payment_status": status }),
    )
}

fn insert_intent(stripe: &mut Stripe, session: &Value, customer: &Value) -> String {
    let wish = &session["_intent"];
    let new = NewIntent {
        amount: number(session, "amount_total"),
        currency: text(session, "currency").to_owned(),
        customer: customer.clone(),
        description: wish["description"].clone(),
        metadata: wish["metadata"].clone(),
        invoice: None,
        capture_method: id_in(wish, "capture_method"),
        setup_future_usage: wish["setup_future_usage"].clone(),
        receipt_email: wish["receipt_email"].clone(),
    };
    intents::insert(stripe, &new)
}

fn subscribe(stripe: &mut Stripe, session: &Value, presence: Presence) -> Paid {
    let id = text(session, "id");
    let method = text(session, "_method").to_owned();
    match (manner_of(stripe, session), presence) {
        // Nothing is made for a card that cannot pay: no customer, no subscription.
        (Some(Manner::Declines { code, sentence }), _) => {
            return Paid::Declined(charging::declined(code, sentence));
        }
        (Some(Manner::Confirms), Presence::Here) => return Paid::NeedsConfirmation,
        _ => {}
    }
    let customer = customer_of(stripe, session);
    stripe.set(Kind::PaymentMethod, &method, json!({ "_set_up": true }));
    payment_methods::attach_to(stripe, &method, &customer);
    let subscription = insert_subscription(stripe, session, &customer, &method);
    stripe.tell(
        "customer.subscription.created",
        Kind::Subscription,
        &subscription,
    );
    let status = match subscriptions::begin(stripe, &subscription, presence) {
        Outcome::Declined(refusal) => return Paid::Declined(refusal),
        Outcome::NeedsConfirmation => return Paid::NeedsConfirmation,
        Outcome::Slow => "unpaid",
        Outcome::Paid if number(session, "amount_total") == 0 => "no_payment_required",
        Outcome::Paid => "paid",
    };
    let invoice = stripe.get(Kind::Subscription, &subscription)["latest_invoice"].clone();
    let patch = json!({
        "customer": customer, "subscription": subscription, "invoice": invoice,
        "payment_status": status,
    });
    complete(stripe, id, patch)
}

fn insert_subscription(
    stripe: &mut Stripe,
    session: &Value,
    customer: &str,
    method: &str,
) -> String {
    let wish = &session["_subscription"];
    let now = stripe.now();
    // Days of trial count from the payment, not from the making of the session.
    let trial_end = wish["trial_period_days"]
        .as_i64()
        .map(|days| now + days * DAY_S);
    let lines = session["_line_items"].as_array().into_iter().flatten();
    let items = lines.map(|line| {
        (
            text(&line["price"], "id").to_owned(),
            number(line, "quantity"),
        )
    });
    let new = NewSubscription {
        customer: customer.to_owned(),
        items: items.collect(),
        metadata: wish["metadata"].clone(),
        description: wish["description"].clone(),
        trial_end: trial_end.or(wish["trial_end"].as_i64()),
        without_method: text(wish, "without_method").to_owned(),
        default_payment_method: json!(method),
        cancel_at: None,
        cancel_at_period_end: false,
    };
    subscriptions::insert(stripe, &new)
}

fn save_card(stripe: &mut Stripe, session: &Value, presence: Presence) -> Paid {
    let metadata = session["_setup"]["metadata"].clone();
    let intent = id_in(session, "setup_intent").unwrap_or_else(|| {
        setup_intents::insert(stripe, &session["customer"], &metadata, "off_session")
    });
    let id = text(session, "id");
    stripe.set(Kind::Session, id, json!({ "setup_intent": intent }));
    match setup_intents::attempt(stripe, &intent, text(session, "_method"), presence) {
        Saved::Declined(refusal) => Paid::Declined(refusal),
        Saved::NeedsConfirmation => Paid::NeedsConfirmation,
        Saved::Done => complete(stripe, id, json!({})),
    }
}

fn complete(stripe: &mut Stripe, id: &str, patch: Value) -> Paid {
    let session = stripe.get(Kind::Session, id);
    let done = json!({
        "status": "complete", "url": null,
        "customer_details": details(&session["_email"], &session["_name"]),
    });
    stripe.set(Kind::Session, id, done);
    stripe.set(Kind::Session, id, patch);
    stripe.tell("checkout.session.completed", Kind::Session, id);
    Paid::Completed
}

pub fn details(email: &Value, name: &Value) -> Value {
    json!({ "address": null, "email": email, "name": name, "phone": null, "tax_exempt": "none",
            "tax_ids": [] })
}

/// The session is over unpaid. Does nothing to one that is paid.
pub fn expire(stripe: &mut Stripe, id: &str) {
    let session = stripe.get(Kind::Session, id);
    if text(&session, "status") != "open" {
        return;
    }
    stripe.set(
        Kind::Session,
        id,
        json!({ "status": "expired", "url": null }),
    );
    if let Some(intent) = id_in(&session, "payment_intent") {
        stripe.set(
            Kind::Intent,
            &intent,
            json!({ "status": "canceled", "canceled_at": stripe.now() }),
        );
        stripe.tell("payment_intent.canceled", Kind::Intent, &intent);
    }
    stripe.tell("checkout.session.expired", Kind::Session, id);
}

/// Slow money for a session has arrived, or will not.
pub fn tell_slow_money(stripe: &mut Stripe, intent: &str, arrived: bool) {
    let invoice = id_in(&stripe.get(Kind::Intent, intent), "_invoice");
    let found = match &invoice {
        Some(invoice) => stripe.all_with(Kind::Session, "/invoice", invoice),
        None => stripe.all_with(Kind::Session, "/payment_intent", intent),
    };
    if let Some(invoice) = invoice.filter(|_| !arrived) {
        super::renewals::payment_failed(stripe, &invoice);
    }
    for session in found {
        let id = text(&session, "id");
        let event = if arrived {
            stripe.set(Kind::Session, id, json!({ "payment_status": "paid" }));
            "checkout.session.async_payment_succeeded"
        } else {
            "checkout.session.async_payment_failed"
        };
        stripe.tell(event, Kind::Session, id);
    }
}

/// Where a finished session leads: the success address with the session's id filled in.
pub fn success_url(session: &Value) -> String {
    text(session, "success_url").replace("{CHECKOUT_SESSION_ID}", text(session, "id"))
}
