//! A payment that staff saw arrive: order, payment, time and receipt in one transaction, for a member who may
//! have bought nothing before.

use billing::enter::{self, EnteredPayment};
use billing::events::length_text;
use billing::gateway::ChargeMode;
use billing::order::{self, NewOrder, Order, TaxRule};
use billing::plan::Plan;
use billing::price::Price;
use billing::subscription::{self, NewSubscription, Subscription};
use billing::{payer, plan, price};
use db::Tx;
use kit::id::{MemberId, PaymentId, PriceId};
use kit::{Money, Reader, Subject, Timestamp};
use people::identity::{self, Identity};
use people::member::{self, Member};

use crate::error::FlowError;

/// What staff type.
#[derive(Debug, Clone)]
pub struct Entered {
    pub member: MemberId,
    pub price: PriceId,
    pub amount: Money,
    /// The operator's own transaction id; `None`: one is made.
    pub transaction: Option<String>,
    /// More than 1 when one transaction pays for several members.
    pub sequence: u32,
    pub settled_at: Timestamp,
    pub from: Timestamp,
    /// `NEVER`: the price's whole length.
    pub until: Timestamp,
    pub note: Option<String>,
}

/// Books it. Refused if this transaction is booked already.
pub async fn enter(tx: &mut Tx<'_>, entered: &Entered) -> Result<PaymentId, FlowError> {
    let order = order_for(tx, &entered.member, &entered.price).await?;
    let payment = EnteredPayment {
        order,
        amount: entered.amount,
        transaction: entered.transaction.clone(),
        sequence: entered.sequence,
        settled_at: entered.settled_at,
        from: entered.from,
        until: entered.until,
        note: entered.note.clone(),
        attempt: None,
    };
    Ok(enter::enter(tx, &payment).await?)
}

/// Gives a payment that could not be placed to a member, for one of the prices.
pub async fn place(
    tx: &mut Tx<'_>,
    payment: &PaymentId,
    member: &MemberId,
    price: &PriceId,
    reason: &str,
) -> Result<(), FlowError> {
    let order = order_for(tx, member, price).await?;
    enter::place(tx, payment, &order, reason).await?;
    let payment = billing::payment::find(&mut *tx, payment).await?;
    match payment.payer_email {
        Some(email) => remember(tx, member, &email).await,
        None => Ok(()),
    }
}

/// The next payment from this address finds its member by itself. An address that is somebody else's stays so.
pub(super) async fn remember(
    tx: &mut Tx<'_>,
    member: &MemberId,
    email: &str,
) -> Result<(), FlowError> {
    let Ok(email) = kit::Email::parse(email) else {
        return Ok(());
    };
    let identity = Identity::payer_email(&email);
    if identity::find(&mut *tx, &identity).await?.is_none() {
        identity::add(tx, member, &identity).await?;
    }
    Ok(())
}

async fn order_for(
    tx: &mut Tx<'_>,
    member: &MemberId,
    price: &PriceId,
) -> Result<Order, FlowError> {
    let member = member::find(&mut *tx, member)
        .await?
        .ok_or(FlowError::NotFound)?;
    let price = price::find(&mut *tx, price)
        .await?
        .ok_or(FlowError::NotFound)?;
    let plan = plan::find(&mut *tx, &price.plan_id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let subscription = membership(tx, &member, &plan).await?;
    freeze(tx, &subscription, &plan, &price).await
}

async fn membership(
    tx: &mut Tx<'_>,
    member: &Member,
    plan: &Plan,
) -> Result<Subscription, FlowError> {
    let subject = Subject::of(&member.id);
    if let Some(living) = subscription::living_of_kind(&mut *tx, &subject, plan.kind()).await? {
        return Ok(living);
    }
    let owner = match &member.account_id {
        Some(account) => Subject::of(account),
        None => subject.clone(),
    };
    let email = member.email.as_ref().map(kit::Email::as_str);
    let payer = payer::ensure(tx, &owner, &member.name, email).await?;
    let new = NewSubscription {
        subject,
        payer_id: payer.id,
        plan_version_id: plan.version.id.clone(),
    };
    let id = subscription::start(tx, &new).await?;
    subscription::find(&mut *tx, &id)
        .await?
        .ok_or(FlowError::NotFound)
}

async fn freeze(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    plan: &Plan,
    price: &Price,
) -> Result<Order, FlowError> {
    let (tax, _) = settings::load::<TaxRule>(&mut *tx).await?;
    let length = Reader::default().say(&length_text(price.period()));
    let new = NewOrder {
        payer: subscription.payer_id.clone(),
        subscription: subscription.id.clone(),
        plan_version: plan.version.id.clone(),
        price: price.id.clone(),
        mode: ChargeMode::OneOff,
        title: format!("{}, {length}", plan.version.name),
        amount: price.amount(),
        length: price.period(),
        trial_days: 0,
        tax,
    };
    Ok(order::place(tx, &new).await?)
}
