//! Disputes: a payer takes money back through their bank. The subscription is held until it is decided.

use chronicle::{Tone, want};
use db::{DbError, Read, Tx, values};
use kit::id::{DisputeId, PaymentId};
use kit::{Currency, Money, Subject, Timestamp, t};

use crate::error::BillingError;
use crate::fact::{DisputeFact, DisputeProgress};
use crate::gateway::GatewayRef;
use crate::hold::{self, HoldReason, NewHold};
use crate::ledger;
use crate::money_events::{DisputeClosed, DisputeOpened};
use crate::payment::{self, Payment};
use crate::term::{self, Cause, CauseKind};
use crate::{booking, payer, refund};

db::row! {
    /// A dispute.
    #[derive(Debug, Clone)]
    pub struct Dispute {
        pub id: DisputeId,
        pub payment_id: PaymentId,
        pub provider: String,
        pub provider_account: String,
        pub reference: GatewayRef,
        pub amount_minor: i64,
        /// What is booked of the gateway's fee.
        pub fee_minor: i64,
        pub currency: Currency,
        pub state: DisputeProgress,
        pub reason: String,
        pub opened_at: Timestamp,
        pub answer_by: Timestamp,
        pub ended_at: Timestamp,
    }
}

impl Dispute {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}

const OF_PAYMENT: &str = "
    select id, payment_id, provider, provider_account, reference, amount_minor, fee_minor, currency, state,
           reason, opened_at, answer_by, ended_at
      from disputes where payment_id = $1 order by opened_at, id";

/// The disputes about a payment, oldest first.
pub async fn of_payment(mut read: impl Read, id: &PaymentId) -> Result<Vec<Dispute>, DbError> {
    read.all(OF_PAYMENT, values![id]).await
}

const FIND_BY_REFERENCE: &str = "
    select id, payment_id, provider, provider_account, reference, amount_minor, fee_minor, currency, state,
           reason, opened_at, answer_by, ended_at
      from disputes where provider = $1 and provider_account = $2 and reference = $3";

const INSERT: &str = "
    insert into disputes
           (id, payment_id, provider, provider_account, reference, amount_minor, fee_minor, currency, state,
            reason, opened_at, answer_by, ended_at)
    values ($1, $2, $3, $4, $5, $6, 0, $7, 'open', $8, $9, $10, 9223372036854775807)
    on conflict (provider, provider_account, reference) do nothing";

/// Takes up what a gateway says about a dispute. Safe to repeat; a decision seen without its beginning is
/// booked as both.
pub(crate) async fn note(tx: &mut Tx<'_>, fact: &DisputeFact) -> Result<(), BillingError> {
    let found = payment::find_by_transaction(&mut *tx, &fact.origin, &fact.transaction, 1).await?;
    let Some(payment) = found else { return Ok(()) };
    if let Some(payer) = &payment.payer_id {
        payer::lock(tx, payer).await?;
    }
    let id: DisputeId = tx.id();
    let row = values![
        id,
        payment.id,
        fact.origin.provider,
        fact.origin.account,
        fact.reference,
        fact.amount.amount_minor,
        fact.amount.currency,
        fact.reason,
        fact.opened_at,
        fact.answer_by.unwrap_or(Timestamp::NEVER)
    ];
    let is_new = tx.run(INSERT, row).await? == 1;
    let key = values![fact.origin.provider, fact.origin.account, fact.reference];
    let dispute: Dispute = tx.one(FIND_BY_REFERENCE, key).await?;
    if is_new {
        open(tx, &dispute, &payment).await?;
    }
    note_fee(tx, &dispute, fact).await?;
    if fact.state != DisputeProgress::Open {
        close(tx, &dispute, &payment, fact.state).await?;
    }
    Ok(())
}

async fn open(tx: &mut Tx<'_>, dispute: &Dispute, payment: &Payment) -> Result<(), BillingError> {
    let posting = booking::dispute_opened(&dispute.id, &payment.origin(), dispute.amount());
    ledger::post(tx, &posting).await?;
    if let Some(subscription) = &payment.subscription_id {
        let new = NewHold {
            subscription: subscription.clone(),
            reason: HoldReason::Chargeback,
            source: dispute.id.to_string(),
            note: None,
            until: Timestamp::NEVER,
        };
        hold::place(tx, &new).await?;
    }
    let owner = owner(tx, payment).await?;
    let event = DisputeOpened {
        dispute: dispute.id.clone(),
        payment: payment.id.clone(),
        owner,
        subscription: payment.subscription_id.clone(),
        amount: dispute.amount(),
        answer_by: dispute.answer_by.some(),
    };
    chronicle::tell(tx, &event).await?;
    want_answer(tx, dispute).await
}

async fn want_answer(tx: &mut Tx<'_>, dispute: &Dispute) -> Result<(), BillingError> {
    let detail = match dispute.answer_by.some() {
        Some(until) => t!(
            "Answer it at the gateway before {until}, or it is lost.",
            until = until
        ),
        None => t!("Answer it at the gateway, or it is lost."),
    };
    let new = want::NewWant {
        key: format!("dispute/{}", dispute.id),
        kind: "dispute",
        sentence: t!(
            "A payment of {amount} is disputed.",
            amount = dispute.amount()
        ),
        detail: Some(detail),
        action_label: t!("Show payment"),
        action_href: format!("/office/payments/{}", dispute.payment_id),
        tone: Tone::Bad,
        subject: Subject::of(&dispute.payment_id),
    };
    Ok(want::open(tx, &new).await?)
}

async fn owner(tx: &mut Tx<'_>, payment: &Payment) -> Result<Option<Subject>, BillingError> {
    match &payment.payer_id {
        None => Ok(None),
        Some(payer) => Ok(Some(payer::find(tx, payer).await?.owner)),
    }
}

const NOTE_FEE: &str = "update disputes set fee_minor = $2 where id = $1";

/// Books what is new of the fee; gateways raise it, and some give it back when the dispute is won.
async fn note_fee(
    tx: &mut Tx<'_>,
    dispute: &Dispute,
    fact: &DisputeFact,
) -> Result<(), BillingError> {
    let Some(fee) = fact.fee.filter(|fee| fee.currency == dispute.currency) else {
        return Ok(());
    };
    let new = fee.amount_minor - dispute.fee_minor;
    if new == 0 {
        return Ok(());
    }
    tx.run(NOTE_FEE, values![dispute.id, fee.amount_minor])
        .await?;
    // The change is named by where it comes from and goes to, so that a replay finds it booked.
    let id = format!("{}/{}/{}", dispute.id, dispute.fee_minor, fee.amount_minor);
    let posting = booking::fee(
        "dispute_fee",
        &id,
        &fact.origin,
        Money::new(new, fee.currency),
    );
    ledger::post(tx, &posting).await?;
    Ok(())
}

const CLOSE: &str = "
    update disputes set state = $2, ended_at = $3 where id = $1 and state = 'open'";

async fn close(
    tx: &mut Tx<'_>,
    dispute: &Dispute,
    payment: &Payment,
    state: DisputeProgress,
) -> Result<(), BillingError> {
    let now = tx.now();
    if tx.run(CLOSE, values![dispute.id, state, now]).await? == 0 {
        return Ok(());
    }
    let is_won = state == DisputeProgress::Won;
    if is_won {
        let posting = booking::dispute_won(&dispute.id, &payment.origin(), dispute.amount());
        ledger::post(tx, &posting).await?;
    } else {
        let returned = refund::returned(&mut *tx, payment).await?;
        let sources = refund::sources(tx, payment, returned).await?;
        let posting = booking::dispute_lost(&dispute.id, payment, dispute.amount(), sources);
        ledger::post(tx, &posting).await?;
        let cause = Cause::new(CauseKind::Payment, payment.id.as_str());
        term::revoke(tx, &cause, "the dispute was lost").await?;
    }
    // After a lost dispute the hold stays until staff decide: whoever takes money back may do so again.
    if let Some(subscription) = payment.subscription_id.as_ref().filter(|_| is_won) {
        let source = dispute.id.as_str();
        hold::lift_from(tx, subscription, HoldReason::Chargeback, source).await?;
    }
    let owner = owner(tx, payment).await?;
    let event = DisputeClosed {
        dispute: dispute.id.clone(),
        payment: payment.id.clone(),
        owner,
        subscription: payment.subscription_id.clone(),
        amount: dispute.amount(),
        is_won,
    };
    chronicle::tell(tx, &event).await?;
    want::done(tx, &format!("dispute/{}", dispute.id)).await?;
    Ok(())
}
