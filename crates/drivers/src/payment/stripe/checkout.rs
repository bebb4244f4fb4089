//! Checkout sessions and the subscriptions that they make.
//!
//! Source: docs.stripe.com/api, "Checkout Sessions" and "Subscriptions" (read in November 2026).

use billing::gateway::{ChargeMode, Checkout, CheckoutAsked, CheckoutSought, GatewayRef, When};
use kit::{Outcome, Refusal, Span, Timestamp, done, t};

use super::call::{Api, Form, MISSING};
use super::currency;
use super::wire::{Bare, Session, Subscription};

/// Stripe keeps a session open for 30 minutes at least.
const SHORTEST: Span = Span::minutes(31);

pub(super) async fn create(api: &Api, asked: &CheckoutAsked) -> Outcome<Checkout> {
    let now = api.http().world().now();
    let form = done!(form(asked, now));
    let session: Session = done!(
        api.post("checkout/sessions", form, Some(asked.attempt.as_str()))
            .await
    );
    Outcome::Done(page(session))
}

fn page(session: Session) -> Checkout {
    let is_open = session.status.as_deref() == Some("open");
    Checkout {
        reference: GatewayRef::new(session.id),
        url: session.url.filter(|_| is_open),
    }
}

fn form(asked: &CheckoutAsked, now: Timestamp) -> Outcome<Form> {
    let expires_at = asked.expires_at.ms().max((now + SHORTEST).ms());
    let customer = &asked.customer;
    let email = customer
        .email
        .as_ref()
        .filter(|_| customer.reference.is_none());
    let form = Form::new()
        .with("client_reference_id", &asked.attempt)
        .with("metadata[attempt]", &asked.attempt)
        .with("metadata[payer]", &asked.payer)
        .with("metadata[subscription]", &asked.subscription)
        .with("success_url", &asked.urls.paid)
        .with("cancel_url", &asked.urls.left)
        .with("expires_at", Timestamp::from_ms(expires_at).s())
        .with("line_items[0][quantity]", 1)
        .maybe("customer", customer.reference.as_ref())
        .maybe("customer_email", email);
    match asked.mode {
        ChargeMode::OneOff => one_off(form, asked),
        ChargeMode::Recurring => recurring(form, asked),
    }
}

fn one_off(form: Form, asked: &CheckoutAsked) -> Outcome<Form> {
    let amount = done!(currency::charged(asked.line.amount));
    let is_new = asked.customer.reference.is_none();
    Outcome::Done(
        form.with("mode", "payment")
            .with(
                "line_items[0][price_data][currency]",
                asked.line.amount.currency.code().to_lowercase(),
            )
            .with("line_items[0][price_data][unit_amount]", amount)
            .with(
                "line_items[0][price_data][product_data][name]",
                &asked.line.name,
            )
            .with("payment_intent_data[metadata][attempt]", &asked.attempt)
            .with(
                "payment_intent_data[metadata][subscription]",
                &asked.subscription,
            )
            .maybe("customer_creation", is_new.then_some("always")),
    )
}

fn recurring(form: Form, asked: &CheckoutAsked) -> Outcome<Form> {
    let Some(price) = &asked.line.price else {
        return Outcome::Refused(Refusal::lasting(
            "no_price",
            t!("Stripe does not know this price yet. Offer it there first, on the plan's page."),
        ));
    };
    Outcome::Done(
        form.with("mode", "subscription")
            .with("line_items[0][price]", price)
            .with("subscription_data[metadata][attempt]", &asked.attempt)
            .with(
                "subscription_data[metadata][subscription]",
                &asked.subscription,
            )
            .maybe(
                "subscription_data[trial_period_days]",
                asked.line.trial_days,
            ),
    )
}

/// Goes through the sessions of the hours in which it must have been made.
pub(super) async fn find(api: &Api, sought: &CheckoutSought) -> Outcome<Option<Checkout>> {
    if let Some(reference) = &sought.reference {
        let path = format!("checkout/sessions/{reference}");
        return api
            .find(&path, Form::new())
            .await
            .map(|found| found.map(page));
    }
    // Wide of the moment, for clocks that differ and keys that are kept for a day.
    let from = (sought.sent_at - Span::hours(1)).s();
    let until = (sought.sent_at + Span::hours(26)).s();
    let query = Form::new()
        .with("created[gte]", from)
        .with("created[lte]", until);
    let is_it = |session: &Session| is_of(session, sought);
    let listed = done!(api.until("checkout/sessions", query, is_it).await);
    Outcome::Done(listed.into_iter().find(is_it).map(page))
}

fn is_of(session: &Session, sought: &CheckoutSought) -> bool {
    session
        .metadata
        .get("attempt")
        .is_some_and(|attempt| attempt == sought.attempt.as_str())
}

pub(super) async fn expire(api: &Api, reference: &GatewayRef) -> Outcome<()> {
    let path = format!("checkout/sessions/{reference}/expire");
    let refusal = match api.post::<Bare>(&path, Form::new(), None).await {
        Outcome::Refused(refusal) if !refusal.may_pass => refusal,
        other => return other.map(drop),
    };
    // Only an open session expires; one that is paid or closed is what was asked for.
    let path = format!("checkout/sessions/{reference}");
    let session: Option<Session> = done!(api.find(&path, Form::new()).await);
    match session {
        Some(session) if session.status.as_deref() == Some("open") => Outcome::Refused(refusal),
        _ => Outcome::Done(()),
    }
}

pub(super) async fn end_agreement(api: &Api, reference: &GatewayRef, when: When) -> Outcome<()> {
    let path = format!("subscriptions/{reference}");
    let ended = match when {
        When::Now => api.delete::<Bare>(&path).await,
        When::AtPeriodEnd => {
            api.post::<Bare>(&path, Form::new().with("cancel_at_period_end", true), None)
                .await
        }
    };
    let refusal = match ended {
        Outcome::Refused(refusal) if refusal.code == MISSING => return Outcome::Done(()),
        Outcome::Refused(refusal) if !refusal.may_pass => refusal,
        other => return other.map(drop),
    };
    // One that has ended already refuses to be changed.
    let found: Option<Subscription> = done!(api.find(&path, Form::new()).await);
    match found {
        Some(it) if it.status != "canceled" && it.status != "incomplete_expired" => {
            Outcome::Refused(refusal)
        }
        _ => Outcome::Done(()),
    }
}

pub(super) async fn resume_agreement(api: &Api, reference: &GatewayRef) -> Outcome<()> {
    let path = format!("subscriptions/{reference}");
    let form = Form::new().with("cancel_at_period_end", false);
    api.post::<Bare>(&path, form, None).await.map(drop)
}
