//! What a settled payment effects, in one transaction: the payment, its ledger entries, the order, the time it
//! pays for, the receipt, the event. A replay changes nothing; what does not fit grants nothing.

use chronicle::{Tone, want};
use db::{DbError, Read, Tx};
use kit::id::{GatewayId, PaymentId, SubscriptionId};
use kit::{Length, Money, Subject, Text, t};

use crate::agreement::{self, Agreement};
use crate::attempt::{self, Attempt, AttemptState};
use crate::booking;
use crate::error::BillingError;
use crate::fact::{PaidFor, PaymentFact, PaymentState};
use crate::ledger::{self, Account};
use crate::money_events::{PaymentFailed, PaymentSettled, PaymentUnplaced};
use crate::order::{self, Order};
use crate::payer::{self, Payer};
use crate::payment::{self, Booked, NewPayment};
use crate::receipt;
use crate::subscription;
use crate::term::{self, Cause, CauseKind, NewGrant};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Placed(PaymentId),
    /// Booked, but it needs a person; nothing was granted.
    Unplaced(PaymentId),
    /// Booked before.
    Before(PaymentId),
    /// No money moved.
    NotPaid,
}

/// What a payment claims to be for.
pub(crate) struct Claim {
    pub order: Order,
    pub attempt: Option<Attempt>,
    pub agreement: Option<Agreement>,
}

impl Claim {
    fn subscription(&self) -> &SubscriptionId {
        &self.order.subscription_id
    }

    /// Whether it pays a later period of an agreement whose first is paid.
    fn is_renewal(&self, fact: &PaymentFact) -> bool {
        fact.paid_for == PaidFor::Period && !self.order.settled_at.is_never()
    }
}

/// Takes up what a gateway says about a payment.
pub async fn settle(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    fact: &PaymentFact,
) -> Result<Settled, BillingError> {
    let known =
        payment::find_by_transaction(&mut *tx, &fact.origin, &fact.transaction, fact.sequence)
            .await?;
    if let Some(known) = known {
        note_fee(tx, &known.id, fact).await?;
        return Ok(Settled::Before(known.id));
    }
    let claim = claim_of(tx, fact).await?;
    match (fact.state, claim) {
        (PaymentState::Settled, Some(claim)) => match misfit(&claim, fact) {
            None => place(tx, gateway, fact, claim).await,
            Some(problem) => keep_unplaced(tx, gateway, fact, Some(&claim), problem).await,
        },
        (PaymentState::Settled, None) => {
            let problem = t!("It belongs to no order of ours.");
            keep_unplaced(tx, gateway, fact, None, problem).await
        }
        (PaymentState::Failed | PaymentState::Cancelled, Some(claim)) => {
            note_failure(tx, fact, &claim).await?;
            Ok(Settled::NotPaid)
        }
        _ => Ok(Settled::NotPaid),
    }
}

/// What the payment says it belongs to: our attempt, or an agreement that an attempt of ours made.
async fn claim_of(tx: &mut Tx<'_>, fact: &PaymentFact) -> Result<Option<Claim>, BillingError> {
    let origin = &fact.origin;
    let agreement = match &fact.agreement {
        None => None,
        Some(it) => agreement::find(&mut *tx, &origin.provider, &origin.account, it).await?,
    };
    let attempt = match &fact.attempt {
        None => None,
        Some(id) => attempt::maybe(&mut *tx, id).await?,
    };
    let by_attempt = attempt.as_ref().map(|attempt| &attempt.order_id);
    let Some(order) = by_attempt.or(agreement.as_ref().map(|it| &it.order_id)) else {
        return Ok(None);
    };
    let order = order::find(&mut *tx, order).await?;
    Ok(Some(Claim {
        order,
        attempt,
        agreement,
    }))
}

/// Why the money is not what was asked for. Pure; `None`: it fits.
pub(crate) fn misfit(claim: &Claim, fact: &PaymentFact) -> Option<Text> {
    let total = claim.order.total();
    if let Some(attempt) = &claim.attempt {
        if attempt.provider != fact.origin.provider
            || attempt.provider_account != fact.origin.account
        {
            return Some(t!(
                "It went to another account than the one that was asked."
            ));
        }
        if attempt.realm != fact.origin.realm {
            return Some(t!("Test money and real money were mixed up."));
        }
        if claim
            .agreement
            .as_ref()
            .is_some_and(|it| it.order_id != attempt.order_id)
        {
            return Some(t!("Its reference and its agreement name different orders."));
        }
    } else if fact.agreement.is_some() && claim.agreement.is_none() {
        return Some(t!("Its agreement is not known here."));
    }
    if fact.amount.currency != total.currency {
        return Some(t!(
            "{expected} was expected, in that currency.",
            expected = total
        ));
    }
    match fact.paid_for {
        PaidFor::Trial if !fact.amount.is_zero() || claim.order.trial_days == 0 => {
            Some(t!("It is called a free trial, and none was ordered."))
        }
        PaidFor::Period if fact.amount.amount_minor < total.amount_minor => {
            Some(t!("{expected} was expected.", expected = total))
        }
        PaidFor::Other => Some(t!("It is neither a purchase nor a renewal of ours.")),
        PaidFor::Once if fact.amount.amount_minor <= 0 => Some(t!("Nothing was paid.")),
        _ => None,
    }
}

async fn place(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    fact: &PaymentFact,
    claim: Claim,
) -> Result<Settled, BillingError> {
    let payer = payer::lock(tx, &claim.order.payer_id).await?;
    subscription::lock(tx, claim.subscription()).await?;
    // Read again under the lock: another payment may have settled the order meanwhile.
    let order = order::find(&mut *tx, &claim.order.id).await?;
    let claim = Claim { order, ..claim };
    let deposit = Account::Deposit(claim.order.id.clone());
    let deposit = -ledger::balance(&mut *tx, &deposit, claim.order.currency)
        .await?
        .amount_minor;
    let split = booking::split(&claim.order, fact.paid_for, fact.amount, deposit);
    let new = NewPayment {
        booked: split.booked,
        order_minor: split.order_minor,
        tax_minor: split.tax_minor,
        payer: Some(payer.id.clone()),
        subscription: Some(claim.subscription().clone()),
        order: Some(claim.order.id.clone()),
        attempt: claim.attempt.as_ref().map(|attempt| attempt.id.clone()),
        ..plain(gateway, fact)
    };
    let Some(id) = payment::insert(tx, &new).await? else {
        return before(tx, fact).await;
    };
    let posting = booking::payment(&id, &new, &payer.id, &claim.order, deposit);
    ledger::post(tx, &posting).await?;
    note_fee(tx, &id, fact).await?;
    effects(tx, &id, fact, &claim, &payer, &split).await?;
    Ok(Settled::Placed(id))
}

/// What follows from money that fits: in the order of the locks, then the papers.
async fn effects(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    fact: &PaymentFact,
    claim: &Claim,
    payer: &Payer,
    split: &booking::Split,
) -> Result<(), BillingError> {
    if split.booked == Booked::Order {
        if claim.order.settled_at.is_never() {
            subscription::take_up(tx, &claim.order).await?;
        }
        term::grant(tx, &grant_for(id, fact, &claim.order)).await?;
        if fact.paid_for != PaidFor::Trial {
            order::settle(tx, &claim.order.id).await?;
        }
    }
    if let Some(attempt) = claim
        .attempt
        .as_ref()
        .filter(|_| split.booked != Booked::Deposit)
    {
        attempt::settle(tx, &attempt.id).await?;
    }
    if let Some(customer) = &fact.customer {
        payer::remember_customer(tx, &payer.id, &fact.origin, customer).await?;
    }
    let receipt = receipt::issue(tx, id, payer, &claim.order).await?;
    if split.booked != Booked::Order {
        want_look(tx, id, claim, split).await?;
    }
    let event = PaymentSettled {
        payment: id.clone(),
        payer: payer.id.clone(),
        owner: payer.owner.clone(),
        subscription: claim.subscription().clone(),
        order: claim.order.id.clone(),
        amount: fact.amount,
        paid_for: fact.paid_for,
        receipt,
        is_renewal: claim.is_renewal(fact),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// The time that a payment gives. Periods of an agreement count from where the gateway counts them, so that
/// a late settlement leaves no gap.
fn grant_for(id: &PaymentId, fact: &PaymentFact, order: &Order) -> NewGrant {
    let (length, kind) = match fact.paid_for {
        PaidFor::Trial => (Length::days(order.trial_days), CauseKind::Trial),
        _ => (order.length(), CauseKind::Payment),
    };
    let from = fact
        .covers_from
        .unwrap_or(fact.settled_at)
        .min(fact.settled_at);
    NewGrant::new(
        &order.subscription_id,
        length,
        Cause::new(kind, id.as_str()),
        from,
    )
}

async fn want_look(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    claim: &Claim,
    split: &booking::Split,
) -> Result<(), BillingError> {
    let sentence = if split.booked == Booked::Deposit {
        t!("An order was paid in part only; nothing was given for it yet.")
    } else {
        t!("An order was paid twice; the second payment is credit now.")
    };
    let detail = t!(
        "Order: {title}, {total}.",
        title = &claim.order.title,
        total = claim.order.total()
    );
    let new = want::NewWant {
        key: format!("payment/{id}"),
        kind: "payment_odd",
        sentence,
        detail: Some(detail),
        action_label: t!("Show payment"),
        action_href: format!("/office/payments/{id}"),
        tone: Tone::Warn,
        subject: Subject::of(id),
    };
    Ok(want::open(tx, &new).await?)
}

async fn keep_unplaced(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    fact: &PaymentFact,
    claim: Option<&Claim>,
    problem: Text,
) -> Result<Settled, BillingError> {
    if fact.amount.is_zero() {
        return Ok(Settled::NotPaid);
    }
    let new = NewPayment {
        attempt: claim
            .and_then(|claim| claim.attempt.as_ref())
            .map(|it| it.id.clone()),
        problem: Some(problem.clone()),
        ..plain(gateway, fact)
    };
    let Some(id) = payment::insert(tx, &new).await? else {
        return before(tx, fact).await;
    };
    ledger::post(tx, &booking::unplaced(&id, &new)).await?;
    note_fee(tx, &id, fact).await?;
    let event = PaymentUnplaced {
        payment: id.clone(),
        amount: fact.amount,
        problem: problem.clone(),
        attempt: new.attempt,
    };
    chronicle::tell(tx, &event).await?;
    let new = want::NewWant {
        key: format!("payment/{id}"),
        kind: "payment_unplaced",
        sentence: t!(
            "{amount} arrived and could not be placed.",
            amount = fact.amount
        ),
        detail: Some(problem),
        action_label: t!("Show payment"),
        action_href: format!("/office/payments/{id}"),
        tone: Tone::Warn,
        subject: Subject::of(&id),
    };
    want::open(tx, &new).await?;
    Ok(Settled::Unplaced(id))
}

fn plain(gateway: &GatewayId, fact: &PaymentFact) -> NewPayment {
    NewPayment {
        origin: fact.origin.clone(),
        transaction: fact.transaction.clone(),
        sequence: fact.sequence,
        gateway: Some(gateway.clone()),
        payer: None,
        subscription: None,
        order: None,
        attempt: fact.attempt.clone(),
        agreement: fact.agreement.clone(),
        paid_for: fact.paid_for,
        amount: fact.amount,
        booked: Booked::Unplaced,
        order_minor: 0,
        tax_minor: 0,
        payer_email: fact.payer_email.clone(),
        problem: None,
        note: None,
        settled_at: fact.settled_at,
    }
}

async fn before(read: impl Read, fact: &PaymentFact) -> Result<Settled, BillingError> {
    let known =
        payment::find_by_transaction(read, &fact.origin, &fact.transaction, fact.sequence).await?;
    Ok(Settled::Before(known.ok_or(DbError::Missing)?.id))
}

/// Books the gateway's fee, which may become known long after the payment. Safe to repeat.
pub(crate) async fn note_fee(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    fact: &PaymentFact,
) -> Result<(), BillingError> {
    let Some(fee) = fact.fee else { return Ok(()) };
    let in_kind = if fee.currency == fact.amount.currency {
        fee.amount_minor
    } else {
        0
    };
    if payment::note_fee(tx, id, in_kind).await? {
        ledger::post(tx, &booking::fee("fee", id.as_str(), &fact.origin, fee)).await?;
    }
    Ok(())
}

async fn note_failure(
    tx: &mut Tx<'_>,
    fact: &PaymentFact,
    claim: &Claim,
) -> Result<(), BillingError> {
    let is_renewal = claim.is_renewal(fact);
    // An open page lets the customer try another card: only the page's own end is the end of the attempt.
    let cancelled = fact.state == PaymentState::Cancelled;
    if let Some(attempt) = claim.attempt.as_ref().filter(|_| cancelled && !is_renewal) {
        let reason = fact
            .reason
            .clone()
            .unwrap_or(t!("the payment was cancelled."));
        attempt::end(tx, attempt, AttemptState::Failed, &reason).await?;
        return Ok(());
    }
    if !is_renewal || !failure_is_new(tx, fact).await? {
        return Ok(());
    }
    let payer = payer::find(&mut *tx, &claim.order.payer_id).await?;
    let event = PaymentFailed {
        payer: payer.id,
        owner: payer.owner,
        subscription: claim.subscription().clone(),
        order: claim.order.id.clone(),
        amount: Money::new(claim.order.total_minor, claim.order.currency),
        reason: fact.reason.clone(),
        is_renewal,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const NOTE_FAILURE: &str = "
    insert into failures (provider, provider_account, provider_transaction, at) values ($1, $2, $3, $4)
    on conflict (provider, provider_account, provider_transaction) do nothing";

/// Whether this failure has not been told: it is seen at each look until the gateway gives up.
async fn failure_is_new(tx: &mut Tx<'_>, fact: &PaymentFact) -> Result<bool, DbError> {
    let now = tx.now();
    let row = db::values![
        fact.origin.provider,
        fact.origin.account,
        fact.transaction,
        now
    ];
    Ok(tx.run(NOTE_FAILURE, row).await? == 1)
}
