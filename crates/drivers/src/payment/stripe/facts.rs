//! From Stripe's objects to facts. An object that bears no mark of ours is none of our business: the same
//! account may be used for other things.

use billing::fact::{
    AgreementFact, AgreementState, CheckoutFact, CheckoutState, DisputeFact, DisputeProgress, Fact,
    PaidFor, PaymentFact, PaymentState, RefundFact, RefundProgress,
};
use billing::gateway::GatewayRef;
use kit::id::{AttemptId, Id, RefundId};
use kit::{Money, Outcome, Refusal, Text, Timestamp, done, t};

use super::call::Form;
use super::wire::{
    Charge, Dispute, Expandable, Intent, Invoice, InvoicePayment, Metadata, Page, Refund, Session,
    Subscription,
};
use super::{Stripe, currency};

/// The present truth about an object, known by its prefix, and what hangs on it.
pub(super) async fn of(stripe: &Stripe, object: &GatewayRef) -> Outcome<Vec<Fact>> {
    let name = object.as_str();
    match name.split('_').next().unwrap_or_default() {
        "cs" => of_session(stripe, name).await,
        "pi" => of_intent(stripe, name).await,
        "in" => of_invoice(stripe, name).await,
        "sub" => of_subscription(stripe, name).await,
        "ch" | "py" => of_charge(stripe, name).await,
        "re" | "pyr" => of_refund(stripe, name).await,
        "dp" | "du" => of_dispute(stripe, name).await,
        _ => Outcome::Done(Vec::new()),
    }
}

fn attempt_in(metadata: &Metadata) -> Option<AttemptId> {
    metadata.get("attempt").and_then(|id| AttemptId::parse(id))
}

fn reference<T: super::wire::Named>(it: Option<&Expandable<T>>) -> Option<GatewayRef> {
    it.map(|it| GatewayRef::new(it.id()))
}

async fn of_session(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let path = format!("checkout/sessions/{name}");
    let found: Option<Session> = done!(stripe.api.find(&path, Form::new()).await);
    let Some(session) = found else {
        return Outcome::Done(Vec::new());
    };
    let attempt = attempt_in(&session.metadata).or_else(|| {
        session
            .client_reference_id
            .as_deref()
            .and_then(AttemptId::parse)
    });
    if attempt.is_none() {
        return Outcome::Done(Vec::new());
    }
    let mut facts = vec![Fact::Checkout(CheckoutFact {
        origin: done!(stripe.origin(session.livemode).await),
        reference: GatewayRef::new(&session.id),
        attempt,
        state: match session.status.as_deref() {
            Some("complete") => CheckoutState::Complete,
            Some("expired") => CheckoutState::Expired,
            _ => CheckoutState::Open,
        },
        url: session.url.clone(),
        agreement: reference(session.subscription.as_ref()),
    })];
    if let Some(subscription) = &session.subscription {
        facts.extend(done!(of_subscription(stripe, subscription.id()).await));
    } else if let Some(intent) = &session.payment_intent {
        facts.extend(done!(of_intent(stripe, intent.id()).await));
    }
    Outcome::Done(facts)
}

async fn intent(stripe: &Stripe, name: &str) -> Outcome<Option<Intent>> {
    let query = Form::new().with("expand[]", "latest_charge.balance_transaction");
    stripe
        .api
        .find(&format!("payment_intents/{name}"), query)
        .await
}

/// A payment of our own page, or of an invoice, which then is the payment.
async fn of_intent(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let Some(intent) = done!(intent(stripe, name).await) else {
        return Outcome::Done(Vec::new());
    };
    let Some(attempt) = attempt_in(&intent.metadata) else {
        return match done!(invoice_of(stripe, name).await) {
            Some(invoice) => of_invoice(stripe, &invoice).await,
            None => Outcome::Done(Vec::new()),
        };
    };
    let state = match intent.status.as_str() {
        "succeeded" => PaymentState::Settled,
        "processing" => PaymentState::Processing,
        "canceled" => PaymentState::Cancelled,
        "requires_payment_method" if intent.last_payment_error.is_some() => PaymentState::Failed,
        _ => PaymentState::ActionNeeded,
    };
    let is_settled = state == PaymentState::Settled;
    let counted = if is_settled {
        intent.amount_received
    } else {
        intent.amount
    };
    let fact = PaymentFact {
        origin: done!(stripe.origin(intent.livemode).await),
        transaction: GatewayRef::new(&intent.id),
        sequence: 1,
        state,
        paid_for: PaidFor::Once,
        amount: done!(money(counted, &intent.currency)),
        fee: fee(&intent),
        settled_at: Timestamp::from_s(charge(&intent).map_or(intent.created, |it| it.created)),
        covers_from: None,
        attempt: Some(attempt),
        agreement: None,
        customer: reference(intent.customer.as_ref()),
        payer_email: charge(&intent)
            .and_then(|charge| charge.billing_details.as_ref()?.email.clone())
            .or(intent.receipt_email.clone()),
        reason: failure(&intent),
    };
    Outcome::Done(vec![Fact::Payment(fact)])
}

fn charge(intent: &Intent) -> Option<&Charge> {
    intent.latest_charge.as_ref()?.object()
}

fn fee(intent: &Intent) -> Option<Money> {
    let booked = charge(intent)?.balance_transaction.as_ref()?.object()?;
    currency::received(booked.fee, &booked.currency)
}

fn failure(intent: &Intent) -> Option<Text> {
    let message = intent.last_payment_error.as_ref()?.message.clone()?;
    Some(Text::verbatim(message))
}

fn money(amount: i64, code: &str) -> Outcome<Money> {
    match currency::received(amount, code) {
        Some(money) => Outcome::Done(money),
        None => Outcome::Refused(Refusal::lasting(
            "currency",
            t!(
                "Stripe moved money in {currency}, which cannot be used here.",
                currency = code
            ),
        )),
    }
}

/// The invoice that an intent pays. `None`: it pays none.
async fn invoice_of(stripe: &Stripe, intent: &str) -> Outcome<Option<String>> {
    let query = Form::new()
        .with("payment[type]", "payment_intent")
        .with("payment[payment_intent]", intent)
        .with("limit", 1);
    let page: Page<InvoicePayment> = done!(stripe.api.get("invoice_payments", query).await);
    let invoice = page.data.first().and_then(|it| it.invoice.as_ref());
    Outcome::Done(invoice.map(|it| it.id().to_owned()))
}

pub(super) async fn invoice(stripe: &Stripe, name: &str) -> Outcome<Option<Invoice>> {
    let query = Form::new().with("expand[]", "payments");
    stripe.api.find(&format!("invoices/{name}"), query).await
}

/// The intent that paid an invoice, or is about to.
pub(super) fn intent_of(invoice: &Invoice) -> Option<&str> {
    let payments = &invoice.payments.as_ref()?.data;
    let paid = payments
        .iter()
        .find(|it| it.status.as_deref() == Some("paid"));
    let payment = paid.or(payments.first())?.payment.as_ref()?;
    Some(payment.payment_intent.as_ref()?.id())
}

async fn of_invoice(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let Some(invoice) = done!(invoice(stripe, name).await) else {
        return Outcome::Done(Vec::new());
    };
    let details = invoice
        .parent
        .as_ref()
        .and_then(|parent| parent.subscription_details.as_ref());
    let Some(details) = details else {
        return Outcome::Done(Vec::new());
    };
    let found = done!(subscription(stripe, details.subscription.id()).await);
    let Some(subscription) = found else {
        return Outcome::Done(Vec::new());
    };
    let attempt = attempt_in(&subscription.metadata)
        .or_else(|| details.metadata.as_ref().and_then(attempt_in));
    if attempt.is_none() {
        return Outcome::Done(Vec::new());
    }
    let mut facts = vec![Fact::Agreement(done!(
        agreement(stripe, &subscription).await
    ))];
    let payment = done!(payment_of(stripe, &invoice, &subscription, attempt).await);
    facts.extend(payment.map(Fact::Payment));
    Outcome::Done(facts)
}

/// `None`: it is a draft, and nothing is owed yet.
async fn payment_of(
    stripe: &Stripe,
    invoice: &Invoice,
    subscription: &Subscription,
    attempt: Option<AttemptId>,
) -> Outcome<Option<PaymentFact>> {
    let state = match invoice.status.as_deref() {
        Some("paid") => PaymentState::Settled,
        Some("open") if invoice.attempted => PaymentState::Failed,
        Some("open") => PaymentState::Processing,
        Some("void" | "uncollectible") => PaymentState::Cancelled,
        _ => return Outcome::Done(None),
    };
    let intent = match intent_of(invoice) {
        Some(name) => done!(intent(stripe, name).await),
        None => None,
    };
    let state = match intent.as_ref().map(|intent| intent.status.as_str()) {
        Some("processing") if state == PaymentState::Failed => PaymentState::Processing,
        _ => state,
    };
    let is_settled = state == PaymentState::Settled;
    let counted = if is_settled {
        invoice.amount_paid
    } else {
        invoice.amount_due
    };
    let paid_at = invoice
        .status_transitions
        .paid_at
        .unwrap_or(invoice.created);
    let paid_for = paid_for(invoice, subscription);
    Outcome::Done(Some(PaymentFact {
        origin: done!(stripe.origin(invoice.livemode).await),
        transaction: GatewayRef::new(&invoice.id),
        sequence: 1,
        state,
        paid_for,
        amount: done!(money(counted, &invoice.currency)),
        fee: intent.as_ref().and_then(fee),
        settled_at: Timestamp::from_s(paid_at),
        covers_from: covers_from(invoice),
        attempt,
        agreement: Some(GatewayRef::new(&subscription.id)),
        customer: reference(invoice.customer.as_ref()),
        payer_email: invoice.customer_email.clone(),
        reason: intent.as_ref().and_then(failure),
    }))
}

fn paid_for(invoice: &Invoice, subscription: &Subscription) -> PaidFor {
    match invoice.billing_reason.as_deref() {
        Some("subscription_create") if invoice.total == 0 && subscription.trial_end.is_some() => {
            PaidFor::Trial
        }
        Some("subscription_create" | "subscription_cycle") => PaidFor::Period,
        _ => PaidFor::Other,
    }
}

/// The start of the last period that is charged. The invoice's own period is the one before.
fn covers_from(invoice: &Invoice) -> Option<Timestamp> {
    let lines = &invoice.lines.as_ref()?.data;
    let last = lines.iter().max_by_key(|line| line.period.end)?;
    Some(Timestamp::from_s(last.period.start))
}

async fn subscription(stripe: &Stripe, name: &str) -> Outcome<Option<Subscription>> {
    stripe
        .api
        .find(&format!("subscriptions/{name}"), Form::new())
        .await
}

async fn of_subscription(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let Some(subscription) = done!(subscription(stripe, name).await) else {
        return Outcome::Done(Vec::new());
    };
    if attempt_in(&subscription.metadata).is_none() {
        return Outcome::Done(Vec::new());
    }
    match &subscription.latest_invoice {
        Some(invoice) => of_invoice(stripe, invoice.id()).await,
        None => Outcome::Done(vec![Fact::Agreement(done!(
            agreement(stripe, &subscription).await
        ))]),
    }
}

async fn agreement(stripe: &Stripe, subscription: &Subscription) -> Outcome<AgreementFact> {
    let state = match subscription.status.as_str() {
        "incomplete" => AgreementState::Beginning,
        "active" | "trialing" => AgreementState::Live,
        "canceled" | "incomplete_expired" => AgreementState::Ended,
        _ => AgreementState::Failing,
    };
    let period_end = subscription
        .items
        .data
        .iter()
        .filter_map(|item| item.current_period_end)
        .max();
    let ended_at = subscription.ended_at.map(Timestamp::from_s);
    let now = stripe.api.http().world().now();
    Outcome::Done(AgreementFact {
        origin: done!(stripe.origin(subscription.livemode).await),
        reference: GatewayRef::new(&subscription.id),
        attempt: attempt_in(&subscription.metadata),
        customer: reference(subscription.customer.as_ref()),
        state,
        period_ends_at: period_end.map(Timestamp::from_s),
        ends_at_period_end: subscription.cancel_at_period_end || subscription.cancel_at.is_some(),
        ended_at: ended_at.or((state == AgreementState::Ended).then_some(now)),
    })
}

/// A charge stands for its intent; what was refunded of it comes along.
async fn of_charge(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let path = format!("charges/{name}");
    let found: Option<Charge> = done!(stripe.api.find(&path, Form::new()).await);
    let Some(intent) = found.and_then(|charge| charge.payment_intent) else {
        return Outcome::Done(Vec::new());
    };
    let mut facts = done!(of_intent(stripe, intent.id()).await);
    if facts.is_empty() {
        return Outcome::Done(facts);
    }
    let query = Form::new().with("payment_intent", intent.id());
    let refunds: Vec<Refund> = done!(stripe.api.all("refunds", query).await);
    // Oldest first, as they happened.
    for refund in refunds.iter().rev() {
        facts.extend(done!(refund_fact(stripe, refund).await).map(Fact::Refund));
    }
    Outcome::Done(facts)
}

/// What billing knows a payment by: the invoice if it pays one, else the intent. `None`: not ours.
async fn transaction_of(stripe: &Stripe, name: &str) -> Outcome<Option<GatewayRef>> {
    let Some(intent) = done!(intent(stripe, name).await) else {
        return Outcome::Done(None);
    };
    if attempt_in(&intent.metadata).is_some() {
        return Outcome::Done(Some(GatewayRef::new(intent.id)));
    }
    let invoice = done!(invoice_of(stripe, name).await);
    Outcome::Done(invoice.map(GatewayRef::new))
}

pub(super) async fn refund_fact(stripe: &Stripe, refund: &Refund) -> Outcome<Option<RefundFact>> {
    let Some(intent) = &refund.payment_intent else {
        return Outcome::Done(None);
    };
    let Some(transaction) = done!(transaction_of(stripe, intent.id()).await) else {
        return Outcome::Done(None);
    };
    let is_live = stripe.realm() == billing::gateway::Realm::Live;
    let ours = refund
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.get("refund"));
    Outcome::Done(Some(RefundFact {
        origin: done!(stripe.origin(is_live).await),
        reference: GatewayRef::new(&refund.id),
        transaction,
        refund: ours.and_then(|id| RefundId::parse(id)),
        amount: done!(money(refund.amount, &refund.currency)),
        state: match refund.status.as_deref() {
            Some("succeeded") => RefundProgress::Succeeded,
            Some("failed" | "canceled") => RefundProgress::Failed,
            _ => RefundProgress::Pending,
        },
        at: Timestamp::from_s(refund.created),
        reason: refund.failure_reason.clone().map(Text::verbatim),
    }))
}

/// The payment comes first, so that a refund whose payment was missed is booked too.
async fn of_refund(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let path = format!("refunds/{name}");
    let found: Option<Refund> = done!(stripe.api.find(&path, Form::new()).await);
    let Some(refund) = found else {
        return Outcome::Done(Vec::new());
    };
    let Some(fact) = done!(refund_fact(stripe, &refund).await) else {
        return Outcome::Done(Vec::new());
    };
    let mut facts = done!(of_payment(stripe, &fact.transaction).await);
    facts.push(Fact::Refund(fact));
    Outcome::Done(facts)
}

async fn of_payment(stripe: &Stripe, transaction: &GatewayRef) -> Outcome<Vec<Fact>> {
    if transaction.as_str().starts_with("in_") {
        of_invoice(stripe, transaction.as_str()).await
    } else {
        of_intent(stripe, transaction.as_str()).await
    }
}

/// A mere inquiry (`warning_…`) holds no money; it becomes a dispute of its own if the bank goes on.
async fn of_dispute(stripe: &Stripe, name: &str) -> Outcome<Vec<Fact>> {
    let path = format!("disputes/{name}");
    let found: Option<Dispute> = done!(stripe.api.find(&path, Form::new()).await);
    let Some(dispute) = found.filter(|it| !it.status.starts_with("warning_")) else {
        return Outcome::Done(Vec::new());
    };
    let Some(intent) = &dispute.payment_intent else {
        return Outcome::Done(Vec::new());
    };
    let Some(transaction) = done!(transaction_of(stripe, intent.id()).await) else {
        return Outcome::Done(Vec::new());
    };
    let mut facts = done!(of_payment(stripe, &transaction).await);
    let fees = dispute.balance_transactions.iter();
    let fee: i64 = fees.clone().map(|booked| booked.fee).sum();
    let fee_currency = fees.last().map(|booked| booked.currency.as_str());
    facts.push(Fact::Dispute(DisputeFact {
        origin: done!(stripe.origin(dispute.livemode).await),
        reference: GatewayRef::new(&dispute.id),
        transaction,
        amount: done!(money(dispute.amount, &dispute.currency)),
        fee: fee_currency.and_then(|code| currency::received(fee, code)),
        state: match dispute.status.as_str() {
            "won" | "prevented" => DisputeProgress::Won,
            "lost" => DisputeProgress::Lost,
            _ => DisputeProgress::Open,
        },
        reason: dispute.reason.clone(),
        opened_at: Timestamp::from_s(dispute.created),
        answer_by: dispute
            .evidence_details
            .and_then(|it| it.due_by)
            .map(Timestamp::from_s),
    }));
    Outcome::Done(facts)
}
