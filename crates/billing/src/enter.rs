//! What staff do with payments: enter one by hand, void a mistyped one, put an unplaced one on an order.

use chronicle::want;
use db::Tx;
use kit::id::{GatewayId, PaymentId};
use kit::{Money, Timestamp, t};

use crate::attempt::{self, Attempt};
use crate::error::BillingError;
use crate::fact::{Origin, PaidFor};
use crate::gateway::{GatewayRef, Realm};
use crate::ledger::{self, Account};
use crate::money_events::{PaymentSettled, PaymentVoided};
use crate::order::{self, Order};
use crate::payment::{self, BY_HAND, Booked, NewPayment, Payment};
use crate::receipt::{self, ReceiptKind};
use crate::term::{self, Cause, CauseKind, NewGrant};
use crate::{booking, payer, refund, subscription};

/// A payment that staff saw arrive.
#[derive(Debug, Clone)]
pub struct EnteredPayment {
    /// Placed for this, so that plan, price and tax are frozen as with any other.
    pub order: Order,
    pub amount: Money,
    /// The operator's own transaction id; `None`: one is made.
    pub transaction: Option<String>,
    /// More than 1 when one transaction pays for several members.
    pub sequence: u32,
    pub settled_at: Timestamp,
    /// From when the time counts.
    pub from: Timestamp,
    /// When it ends at the latest; `NEVER`: the whole length counts.
    pub until: Timestamp,
    pub note: Option<String>,
    /// The attempt whose proof was approved.
    pub attempt: Option<Attempt>,
}

impl EnteredPayment {
    fn origin(&self) -> Origin {
        let (provider, account) = match &self.attempt {
            Some(attempt) => (attempt.provider.clone(), attempt.provider_account.clone()),
            None => (BY_HAND.to_owned(), "house".to_owned()),
        };
        Origin {
            provider,
            account,
            realm: Realm::Live,
        }
    }

    fn gateway(&self) -> Option<GatewayId> {
        self.attempt
            .as_ref()
            .map(|attempt| attempt.gateway_id.clone())
    }
}

/// Books a payment by hand, with everything that follows. Refused if this transaction is booked already.
pub async fn enter(tx: &mut Tx<'_>, entered: &EnteredPayment) -> Result<PaymentId, BillingError> {
    check(tx, entered)?;
    let payer = payer::lock(tx, &entered.order.payer_id).await?;
    subscription::lock(tx, &entered.order.subscription_id).await?;
    let order = order::find(&mut *tx, &entered.order.id).await?;
    let deposit = Account::Deposit(order.id.clone());
    let deposit = -ledger::balance(&mut *tx, &deposit, order.currency)
        .await?
        .amount_minor;
    let split = booking::split(&order, PaidFor::Once, entered.amount, deposit);
    let new = new_payment(tx, entered, &split, &payer.id);
    let Some(id) = payment::insert(tx, &new).await? else {
        return Err(BillingError::Refused(t!(
            "The transaction {transaction} is booked already. If it pays for several members, give each its own sequence number.",
            transaction = new.transaction.as_str()
        )));
    };
    ledger::post(tx, &booking::payment(&id, &new, &payer.id, &order, deposit)).await?;
    if split.booked == Booked::Order {
        subscription::take_up(tx, &order).await?;
        let cause = Cause::new(CauseKind::Payment, id.as_str());
        let mut grant = NewGrant::new(&order.subscription_id, order.length(), cause, entered.from);
        grant.cut_at = entered.until;
        grant.reason.clone_from(&entered.note);
        term::grant(tx, &grant).await?;
        order::settle(tx, &order.id).await?;
    }
    if let Some(attempt) = entered
        .attempt
        .as_ref()
        .filter(|_| split.booked != Booked::Deposit)
    {
        attempt::settle(tx, &attempt.id).await?;
    }
    let receipt = receipt::issue(tx, &id, &payer, &order).await?;
    let event = PaymentSettled {
        payment: id.clone(),
        payer: payer.id,
        owner: payer.owner,
        subscription: order.subscription_id,
        order: order.id,
        amount: entered.amount,
        paid_for: PaidFor::Once,
        receipt,
        is_renewal: false,
    };
    chronicle::tell_because(tx, &event, entered.note.as_deref().unwrap_or_default()).await?;
    Ok(id)
}

fn check(tx: &Tx<'_>, entered: &EnteredPayment) -> Result<(), BillingError> {
    if entered.amount.currency != entered.order.currency || entered.amount.amount_minor <= 0 {
        return Err(BillingError::Refused(t!(
            "The amount must be more than nothing and in the currency of the price, {currency}.",
            currency = entered.order.currency.code()
        )));
    }
    if entered.settled_at > tx.now() {
        return Err(BillingError::Refused(t!(
            "A payment cannot have arrived in the future. Please correct the day."
        )));
    }
    if entered.until <= entered.from {
        return Err(BillingError::Refused(t!(
            "The end must be after the start. Please correct the days."
        )));
    }
    Ok(())
}

fn new_payment(
    tx: &Tx<'_>,
    entered: &EnteredPayment,
    split: &booking::Split,
    payer: &kit::id::PayerId,
) -> NewPayment {
    let made = || format!("H{}", &tx.world().token()[..10]);
    let typed = entered
        .transaction
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    NewPayment {
        origin: entered.origin(),
        transaction: GatewayRef::new(typed.map_or_else(made, str::to_owned)),
        sequence: entered.sequence,
        gateway: entered.gateway(),
        payer: Some(payer.clone()),
        subscription: Some(entered.order.subscription_id.clone()),
        order: Some(entered.order.id.clone()),
        attempt: entered.attempt.as_ref().map(|attempt| attempt.id.clone()),
        agreement: None,
        paid_for: PaidFor::Once,
        amount: entered.amount,
        booked: split.booked,
        order_minor: split.order_minor,
        tax_minor: split.tax_minor,
        payer_email: None,
        problem: None,
        note: entered.note.clone(),
        settled_at: entered.settled_at,
    }
}

/// Takes back a payment that was entered by mistake: ledger, time and receipt. Money that a gateway moved is
/// refunded instead.
pub async fn void(tx: &mut Tx<'_>, id: &PaymentId, reason: &str) -> Result<(), BillingError> {
    let payment = payment::find(&mut *tx, id).await?;
    let Some(payer) = payment.payer_id.clone().filter(|_| is_by_hand(&payment)) else {
        return Err(BillingError::Refused(t!(
            "A gateway moved this money, so it cannot be voided. Refund it instead."
        )));
    };
    let payer = payer::lock(tx, &payer).await?;
    let returned = refund::returned(&mut *tx, &payment).await?;
    if returned > 0 {
        return Err(BillingError::Refused(t!(
            "A part of this payment was refunded already, so it cannot be voided."
        )));
    }
    if !payment::mark_void(tx, id).await? {
        return Ok(());
    }
    let sources = refund::sources(tx, &payment, 0).await?;
    ledger::post(tx, &booking::void(&payment, sources)).await?;
    let cause = Cause::new(CauseKind::Payment, id.as_str());
    term::revoke(tx, &cause, reason).await?;
    let (kind, amount) = (ReceiptKind::Void, payment.amount());
    receipt::issue_reversal(tx, kind, &payment, &payer, amount, payment.tax_minor).await?;
    if let Some(subscription) = &payment.subscription_id {
        let event = PaymentVoided {
            payment: id.clone(),
            payer: payer.id,
            owner: payer.owner,
            subscription: subscription.clone(),
            amount: payment.amount(),
        };
        chronicle::tell_because(tx, &event, reason).await?;
    }
    Ok(())
}

/// Whether staff booked it: entered, or approved at a gateway that moves no money itself.
pub fn is_by_hand(payment: &Payment) -> bool {
    payment.provider == BY_HAND || payment.provider == crate::manual::DRIVER
}

/// Puts an unplaced payment on an order, whatever its amount: a person has decided. The time counts from when
/// it settled.
pub async fn place(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    order: &Order,
    reason: &str,
) -> Result<(), BillingError> {
    let payment = payment::find(&mut *tx, id).await?;
    if payment.currency != order.currency {
        return Err(BillingError::Refused(t!(
            "This payment is in {paid}, the order in {ordered}. Refund it, or place an order in {paid}.",
            paid = payment.currency.code(),
            ordered = order.currency.code()
        )));
    }
    let payer = payer::lock(tx, &order.payer_id).await?;
    subscription::lock(tx, &order.subscription_id).await?;
    let tax = match order.total_minor {
        0 => 0,
        total => order.tax_minor * payment.amount_minor / total,
    };
    if refund::refundable(&mut *tx, &payment).await? != payment.amount()
        || !payment::mark_placed(tx, id, order, tax).await?
    {
        return Err(BillingError::Refused(t!(
            "This payment has been placed or refunded meanwhile."
        )));
    }
    ledger::post(tx, &booking::placing(&payment, tax)).await?;
    let cause = Cause::new(CauseKind::Payment, id.as_str());
    let from = payment.settled_at;
    subscription::take_up(tx, order).await?;
    term::grant(
        tx,
        &NewGrant::new(&order.subscription_id, order.length(), cause, from),
    )
    .await?;
    order::settle(tx, &order.id).await?;
    if let Some(attempt) = &payment.attempt_id {
        attempt::settle(tx, attempt).await?;
    }
    let receipt = receipt::issue(tx, id, &payer, order).await?;
    want::done(tx, &format!("payment/{id}")).await?;
    let event = PaymentSettled {
        payment: id.clone(),
        payer: payer.id,
        owner: payer.owner,
        subscription: order.subscription_id.clone(),
        order: order.id.clone(),
        amount: payment.amount(),
        paid_for: PaidFor::Once,
        receipt,
        is_renewal: false,
    };
    chronicle::tell_because(tx, &event, reason).await?;
    Ok(())
}
