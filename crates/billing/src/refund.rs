//! Refunds, asked for by us or found at the gateway. Written before the gateway is called; the refund's id is
//! the idempotency key and the mark by which it is found.

use chronicle::{Tone, want};
use db::{DbError, Read, Tx, values};
use kit::id::{GatewayId, PaymentId, RefundId};
use kit::stored::stored_words;
use kit::{Currency, Money, Span, Subject, Text, Timestamp, t};

use crate::error::BillingError;
use crate::fact::{RefundFact, RefundProgress};
use crate::gateway::{GatewayRef, RefundAsked};
use crate::ledger::{self, Account, Entry};
use crate::money_events::{RefundFailed, RefundOrdered, RefundSettled};
use crate::money_jobs::SendRefund;
use crate::payment::{self, Booked, Payment};
use crate::receipt::{self, ReceiptKind};
use crate::term::{self, Cause, CauseKind};
use crate::{booking, payer};

stored_words! {
    /// Where a refund stands.
    pub enum RefundState {
        Sending = "sending",
        Unknown = "unknown",
        /// The gateway has it; the money is on its way.
        Pending = "pending",
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

stored_words! {
    /// What becomes of the time that the payment gave.
    pub enum TermAfter {
        Keep = "keep",
        /// It ends now.
        Cut = "cut",
        Revoke = "revoke",
    }
}

db::row! {
    /// Money that goes back.
    #[derive(Debug, Clone)]
    pub struct Refund {
        pub id: RefundId,
        pub payment_id: PaymentId,
        pub gateway_id: Option<GatewayId>,
        pub provider: String,
        pub provider_account: String,
        pub reference: Option<GatewayRef>,
        pub amount_minor: i64,
        pub currency: Currency,
        pub term: TermAfter,
        pub state: RefundState,
        pub reason: String,
        pub problem: Option<Text>,
        pub looks: i64,
        pub created_at: Timestamp,
        pub ended_at: Timestamp,
    }
}

impl Refund {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    pub(crate) fn asked(&self, payment: &Payment) -> RefundAsked {
        RefundAsked {
            refund: self.id.clone(),
            transaction: payment.provider_transaction.clone(),
            amount: self.amount(),
        }
    }
}

/// What staff ask for.
#[derive(Debug, Clone)]
pub struct NewRefund {
    pub payment: PaymentId,
    pub amount: Money,
    /// For a part; a whole refund always revokes.
    pub term: TermAfter,
    pub reason: String,
}

const INSERT: &str = "
    insert into refunds
           (id, payment_id, gateway_id, provider, provider_account, reference, amount_minor, currency, term,
            state, reason, problem, looks, created_at, ended_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, null, 0, $12, 9223372036854775807)";

const FIND: &str = "
    select id, payment_id, gateway_id, provider, provider_account, reference, amount_minor, currency, term,
           state, reason, problem, looks, created_at, ended_at
      from refunds where id = $1";

pub async fn find(mut read: impl Read, id: &RefundId) -> Result<Refund, BillingError> {
    let found = read.maybe(FIND, values![id]).await?;
    found.ok_or_else(|| BillingError::not_found(id))
}

const FIND_BY_REFERENCE: &str = "
    select id, payment_id, gateway_id, provider, provider_account, reference, amount_minor, currency, term,
           state, reason, problem, looks, created_at, ended_at
      from refunds where provider = $1 and provider_account = $2 and reference = $3";

const OF_PAYMENT: &str = "
    select id, payment_id, gateway_id, provider, provider_account, reference, amount_minor, currency, term,
           state, reason, problem, looks, created_at, ended_at
      from refunds where payment_id = $1 order by created_at, id";

/// The refunds of a payment, oldest first.
pub async fn of_payment(mut read: impl Read, id: &PaymentId) -> Result<Vec<Refund>, DbError> {
    read.all(OF_PAYMENT, values![id]).await
}

const RETURNED: &str = "
    select cast(coalesce(sum(amount_minor), 0) as bigint) as returned
      from refunds where payment_id = $1 and state in ('pending', 'succeeded')";

const BOUND: &str = "
    select cast(coalesce(sum(amount_minor), 0) as bigint) as bound
      from refunds where payment_id = $1 and state <> 'failed'";

/// What of a payment can still be refunded.
pub async fn refundable(mut read: impl Read, payment: &Payment) -> Result<Money, DbError> {
    let bound = read.one::<(i64,)>(BOUND, values![payment.id]).await?.0;
    let left = if payment.is_voided() {
        0
    } else {
        payment.amount_minor - bound
    };
    Ok(Money::new(left.max(0), payment.currency))
}

/// Writes a refund that a job sends at once. Refused if more would go back than came.
pub async fn ask(tx: &mut Tx<'_>, new: &NewRefund) -> Result<RefundId, BillingError> {
    let payment = payment::find(&mut *tx, &new.payment).await?;
    if let Some(payer) = &payment.payer_id {
        payer::lock(tx, payer).await?;
    }
    let left = refundable(&mut *tx, &payment).await?;
    let amount = new.amount;
    if amount.currency != left.currency || !(1..=left.amount_minor).contains(&amount.amount_minor) {
        return Err(BillingError::Refused(t!(
            "Between 0.01 and {left} can be refunded from this payment.",
            left = left
        )));
    }
    let term = if amount == payment.amount() {
        TermAfter::Revoke
    } else {
        new.term
    };
    let id: RefundId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        payment.id,
        payment.gateway_id.clone(),
        payment.provider,
        payment.provider_account,
        None::<GatewayRef>,
        amount.amount_minor,
        amount.currency,
        term,
        RefundState::Sending,
        new.reason,
        now
    ];
    tx.run(INSERT, row).await?;
    jobs::add_once(tx, &SendRefund { refund: id.clone() }, id.as_str()).await?;
    let event = RefundOrdered {
        refund: id.clone(),
        payment: payment.id,
        amount,
    };
    chronicle::tell_because(tx, &event, &new.reason).await?;
    Ok(id)
}

const MOVE: &str = "
    update refunds set state = $2, problem = $3, looks = looks + 1
     where id = $1 and state in ('sending', 'unknown')";

/// Keeps that the call may have been carried out.
pub(crate) async fn note_unknown(
    tx: &mut Tx<'_>,
    id: &RefundId,
    why: &Text,
) -> Result<(), DbError> {
    tx.run(MOVE, values![id, RefundState::Unknown, Some(why.clone())])
        .await?;
    Ok(())
}

const FAIL: &str = "
    update refunds set state = 'failed', problem = $2, ended_at = $3 where id = $1 and state <> 'failed'";

/// The gateway will not send the money back: what was booked for it is undone, and a person is asked.
pub(crate) async fn fail(tx: &mut Tx<'_>, id: &RefundId, why: &Text) -> Result<(), BillingError> {
    let refund = find(&mut *tx, id).await?;
    let payment = payment::find(&mut *tx, &refund.payment_id).await?;
    if let Some(payer) = &payment.payer_id {
        payer::lock(tx, payer).await?;
    }
    let now = tx.now();
    if tx.run(FAIL, values![id, why, now]).await? == 0 {
        return Ok(());
    }
    undo_booking(tx, &refund).await?;
    let event = RefundFailed {
        refund: id.clone(),
        payment: refund.payment_id.clone(),
        amount: refund.amount(),
        reason: why.clone(),
    };
    chronicle::tell(tx, &event).await?;
    let new = want::NewWant {
        key: format!("refund/{id}"),
        kind: "refund_failed",
        sentence: t!("A refund of {amount} failed.", amount = refund.amount()),
        detail: Some(why.clone()),
        action_label: t!("Show payment"),
        action_href: format!("/office/payments/{}", refund.payment_id),
        tone: Tone::Bad,
        subject: Subject::of(&refund.payment_id),
    };
    Ok(want::open(tx, &new).await?)
}

async fn undo_booking(tx: &mut Tx<'_>, refund: &Refund) -> Result<(), BillingError> {
    let booked = ledger::entries_of(&mut *tx, &format!("refund/{}", refund.id)).await?;
    let entries: Vec<Entry> = booked.into_iter().filter_map(|row| row.entry()).collect();
    let undone = booking::undone("refund_undone", refund.id.as_str(), &entries);
    ledger::post(tx, &undone).await?;
    Ok(())
}

const SUCCEED: &str = "
    update refunds
       set state = $2, reference = $3, problem = null, ended_at = $4
     where id = $1 and state <> 'succeeded' and state <> 'failed'";

/// Takes up what a gateway says about a refund, ours or made there by hand.
pub(crate) async fn note(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    fact: &RefundFact,
) -> Result<(), BillingError> {
    let found = payment::find_by_transaction(&mut *tx, &fact.origin, &fact.transaction, 1).await?;
    let Some(payment) = found else { return Ok(()) };
    if let Some(payer) = &payment.payer_id {
        payer::lock(tx, payer).await?;
    }
    let Some(refund) = known(tx, gateway, fact, &payment).await? else {
        return Ok(());
    };
    match fact.state {
        RefundProgress::Failed => {
            let why = fact
                .reason
                .clone()
                .unwrap_or(t!("the gateway gave no reason."));
            fail(tx, &refund.id, &why).await
        }
        RefundProgress::Pending => advance(tx, &refund, &payment, fact, RefundState::Pending).await,
        RefundProgress::Succeeded => {
            advance(tx, &refund, &payment, fact, RefundState::Succeeded).await
        }
    }
}

/// The row of a refund: by our id, by the gateway's, or made now because somebody refunded at the gateway.
async fn known(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    fact: &RefundFact,
    payment: &Payment,
) -> Result<Option<Refund>, BillingError> {
    if let Some(id) = &fact.refund {
        let ours: Option<Refund> = tx.maybe(FIND, values![id]).await?;
        if let Some(ours) = ours.filter(|it| it.payment_id == payment.id) {
            return Ok(Some(ours));
        }
    }
    let key = values![fact.origin.provider, fact.origin.account, fact.reference];
    if let Some(found) = tx.maybe::<Refund>(FIND_BY_REFERENCE, key).await? {
        return Ok(Some(found));
    }
    if fact.state == RefundProgress::Failed {
        return Ok(None);
    }
    let is_whole = fact.amount == payment.amount();
    let term = if is_whole {
        TermAfter::Revoke
    } else {
        TermAfter::Keep
    };
    let id: RefundId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        payment.id,
        Some(gateway.clone()),
        payment.provider,
        payment.provider_account,
        Some(fact.reference.clone()),
        fact.amount.amount_minor,
        fact.amount.currency,
        term,
        RefundState::Sending,
        "refunded at the gateway",
        now
    ];
    tx.run(INSERT, row).await?;
    find(tx, &id).await.map(Some)
}

/// Books a refund the first time it is certain, whether the money has arrived or is on its way.
async fn advance(
    tx: &mut Tx<'_>,
    refund: &Refund,
    payment: &Payment,
    fact: &RefundFact,
    state: RefundState,
) -> Result<(), BillingError> {
    let is_first = !matches!(refund.state, RefundState::Pending | RefundState::Succeeded);
    let returned_before = returned(&mut *tx, payment).await?;
    let ended = if state == RefundState::Succeeded {
        tx.now()
    } else {
        Timestamp::NEVER
    };
    let row = values![refund.id, state, fact.reference, ended];
    if tx.run(SUCCEED, row).await? == 0 || !is_first {
        return Ok(());
    }
    effects(tx, refund, payment, returned_before).await
}

const BY_HAND: &str = "
    update refunds set state = 'succeeded', problem = null, ended_at = $2
     where id = $1 and state in ('sending', 'unknown')";

/// Books a refund that staff sent themselves.
pub(crate) async fn note_by_hand(tx: &mut Tx<'_>, id: &RefundId) -> Result<(), BillingError> {
    let refund = find(&mut *tx, id).await?;
    let payment = payment::find(&mut *tx, &refund.payment_id).await?;
    if let Some(payer) = &payment.payer_id {
        payer::lock(tx, payer).await?;
    }
    let returned_before = returned(&mut *tx, &payment).await?;
    let now = tx.now();
    if tx.run(BY_HAND, values![id, now]).await? == 0 {
        return Ok(());
    }
    effects(tx, &refund, &payment, returned_before).await
}

pub(crate) async fn returned(mut read: impl Read, payment: &Payment) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(RETURNED, values![payment.id]).await?.0)
}

/// Where money that goes back can be taken from.
pub(crate) async fn sources(
    tx: &mut Tx<'_>,
    payment: &Payment,
    returned: i64,
) -> Result<booking::Sources, BillingError> {
    let wallet = match &payment.payer_id {
        Some(payer) => {
            payer::wallet(&mut *tx, payer, payment.currency)
                .await?
                .amount_minor
        }
        None => 0,
    };
    let deposit = match &payment.order_id {
        Some(order) => {
            let account = Account::Deposit(order.clone());
            -ledger::balance(&mut *tx, &account, payment.currency)
                .await?
                .amount_minor
        }
        None => 0,
    };
    Ok(booking::Sources {
        returned,
        wallet,
        deposit,
    })
}

async fn effects(
    tx: &mut Tx<'_>,
    refund: &Refund,
    payment: &Payment,
    returned_before: i64,
) -> Result<(), BillingError> {
    let sources = sources(tx, payment, returned_before).await?;
    let posting = booking::refund(&refund.id, payment, refund.amount(), sources);
    ledger::post(tx, &posting).await?;
    let is_whole = returned_before + refund.amount_minor >= payment.amount_minor;
    take_back(tx, refund, payment, is_whole).await?;
    let mut owner = None;
    if let Some(payer) = &payment.payer_id {
        let payer = payer::find(&mut *tx, payer).await?;
        let tax = booking::tax_part(payment, returned_before + refund.amount_minor)
            - booking::tax_part(payment, returned_before);
        let kind = ReceiptKind::Refund;
        receipt::issue_reversal(tx, kind, payment, &payer, refund.amount(), tax).await?;
        owner = Some(payer.owner);
    }
    let event = RefundSettled {
        refund: refund.id.clone(),
        payment: payment.id.clone(),
        payer: payment.payer_id.clone(),
        owner,
        subscription: payment.subscription_id.clone(),
        amount: refund.amount(),
        is_whole,
    };
    chronicle::tell_because(tx, &event, &refund.reason).await?;
    want::done(tx, &format!("refund/{}", refund.id)).await?;
    if is_whole {
        want::done(tx, &format!("payment/{}", payment.id)).await?;
    }
    Ok(())
}

async fn take_back(
    tx: &mut Tx<'_>,
    refund: &Refund,
    payment: &Payment,
    is_whole: bool,
) -> Result<(), BillingError> {
    if payment.booked != Booked::Order {
        return Ok(());
    }
    let cause = Cause::new(CauseKind::Payment, payment.id.as_str());
    let term = if is_whole {
        TermAfter::Revoke
    } else {
        refund.term
    };
    match term {
        TermAfter::Keep => {}
        TermAfter::Cut => {
            let now = tx.now();
            term::cut(tx, &cause, now, &refund.reason).await?;
        }
        TermAfter::Revoke => {
            term::revoke(tx, &cause, &refund.reason).await?;
        }
    }
    Ok(())
}

/// How long after sending a refund may be repeated with the same key; later it is only looked for.
pub(crate) const KEY_KEPT: Span = Span::hours(23);
