//! Money sent back through Stripe, and the look for it when an answer was lost.

use billing::fact::RefundFact;
use billing::gateway::{GatewayRef, RefundAsked};
use kit::{Outcome, Refusal, Uncertainty, done, t};

use super::call::Form;
use super::facts::{intent_of, invoice, refund_fact};
use super::wire::{Bare, Refund};
use super::{Stripe, currency};

/// The intent behind a payment of ours.
async fn intent_behind(stripe: &Stripe, transaction: &GatewayRef) -> Outcome<String> {
    if !transaction.as_str().starts_with("in_") {
        return Outcome::Done(transaction.as_str().to_owned());
    }
    let found = done!(invoice(stripe, transaction.as_str()).await);
    match found.as_ref().and_then(intent_of) {
        Some(intent) => Outcome::Done(intent.to_owned()),
        None => Outcome::Refused(Refusal::lasting(
            "nothing_paid",
            t!("Stripe knows of no payment behind this one, so nothing can be sent back."),
        )),
    }
}

pub(super) async fn refund(stripe: &Stripe, asked: &RefundAsked) -> Outcome<RefundFact> {
    let amount = done!(currency::sent(asked.amount));
    let intent = done!(intent_behind(stripe, &asked.transaction).await);
    let form = Form::new()
        .with("payment_intent", intent)
        .with("amount", amount)
        .with("metadata[refund]", &asked.refund);
    let made: Bare = done!(
        stripe
            .api
            .post("refunds", form, Some(asked.refund.as_str()))
            .await
    );
    // From here on the money is on its way: a failing look is a doubt, never a refusal.
    match look_at_refund(stripe, &made.id).await {
        Outcome::Refused(refusal) => Outcome::Unknown(Uncertainty::new(refusal.reason)),
        other => other,
    }
}

async fn look_at_refund(stripe: &Stripe, name: &str) -> Outcome<RefundFact> {
    let refund: Refund = done!(
        stripe
            .api
            .get(&format!("refunds/{name}"), Form::new())
            .await
    );
    match done!(refund_fact(stripe, &refund).await) {
        Some(fact) => Outcome::Done(fact),
        None => Outcome::Unknown(Uncertainty::new(t!(
            "Stripe took the refund, but does not show what it is for."
        ))),
    }
}

pub(super) async fn find_refund(
    stripe: &Stripe,
    asked: &RefundAsked,
) -> Outcome<Option<RefundFact>> {
    let intent = done!(intent_behind(stripe, &asked.transaction).await);
    let query = Form::new().with("payment_intent", intent);
    let refunds: Vec<Refund> = done!(stripe.api.all("refunds", query).await);
    let ours = refunds.iter().find(|refund| {
        let metadata = refund.metadata.as_ref();
        metadata
            .and_then(|it| it.get("refund"))
            .is_some_and(|id| id == asked.refund.as_str())
    });
    match ours {
        Some(refund) => refund_fact(stripe, refund).await,
        None => Outcome::Done(None),
    }
}
