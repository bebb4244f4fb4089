//! Each try to pay an order through one gateway. Written before the gateway is called, so that whatever
//! becomes of the call, the try is known; its id is the idempotency key and the mark by which it is found.

use db::{DbError, Read, Tx, values};
use kit::id::{AttemptId, GatewayId, OrderId, PayerId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Currency, Money, Span, Text, Timestamp, t};

use crate::error::BillingError;
use crate::fact::{CheckoutFact, CheckoutState};
use crate::gateway::{Capabilities, ChargeMode, Checkout, GatewayRef, Realm};
use crate::gateways::Gateway;
use crate::money_events::AttemptEnded;
use crate::money_jobs::LookAtAttempt;
use crate::order::{NewOrder, Order};
use crate::payer;

stored_words! {
    /// Where an attempt stands.
    pub enum AttemptState {
        /// The gateway is about to be called, or was; nothing more is known.
        Sending = "sending",
        /// The call may have been carried out; it is looked for.
        Unknown = "unknown",
        /// The page is open.
        Open = "open",
        /// The customer did their part; the money is on its way.
        Processing = "processing",
        /// Paid by hand: staff wait for a proof, or for the money.
        AwaitingProof = "awaiting_proof",
        Settled = "settled",
        Expired = "expired",
        Failed = "failed",
        Rejected = "rejected",
    }
}

impl AttemptState {
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Settled | Self::Expired | Self::Failed | Self::Rejected
        )
    }
}

db::row! {
    /// A try to pay.
    #[derive(Debug, Clone)]
    pub struct Attempt {
        pub id: AttemptId,
        pub order_id: OrderId,
        pub payer_id: PayerId,
        pub subscription_id: SubscriptionId,
        pub gateway_id: GatewayId,
        pub provider: String,
        pub provider_account: String,
        pub realm: Realm,
        pub mode: ChargeMode,
        pub amount_minor: i64,
        pub currency: Currency,
        pub state: AttemptState,
        /// The reference that people write on a transfer.
        pub code: String,
        pub reference: Option<GatewayRef>,
        pub url: Option<String>,
        pub reason: Option<Text>,
        pub looks: i64,
        pub created_at: Timestamp,
        pub sent_at: Timestamp,
        pub expires_at: Timestamp,
        pub ended_at: Timestamp,
    }
}

impl Attempt {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}

/// How long a gateway's page stays open, and how long a transfer by hand is waited for.
const PAGE_OPEN: Span = Span::hours(1);
const TRANSFER_AWAITED: Span = Span::days(14);

/// How long a second press, or the way back from the gateway's page, means the first attempt.
const SAME_PRESS: Span = Span::minutes(10);

const UNDER_WAY: &str = "
    select id, order_id, payer_id, subscription_id, gateway_id, provider, provider_account, realm, mode,
           amount_minor, currency, state, code, reference, url, reason, looks, created_at, sent_at,
           expires_at, ended_at
      from attempts
     where cause = $1 and state in ('sending', 'unknown', 'open', 'awaiting_proof') and created_at > $2
       and not exists (select 1 from proofs where proofs.attempt_id = attempts.id)";

/// The attempt of moments ago for exactly this, which its customer can still pay. `None`: there is none, or
/// they have done their part for it.
pub async fn under_way(
    tx: &mut Tx<'_>,
    order: &NewOrder,
    gateway: &GatewayId,
) -> Result<Option<Attempt>, DbError> {
    let cause = cause_of(&order.what(), gateway);
    let since = tx.now() - SAME_PRESS;
    tx.maybe(UNDER_WAY, values![cause, since]).await
}

const INSERT: &str = "
    insert into attempts
           (id, order_id, payer_id, subscription_id, gateway_id, provider, provider_account, realm, mode,
            amount_minor, currency, state, code, reference, url, reason, looks, created_at, sent_at,
            expires_at, ended_at, cause)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, null, null, 0, $14, $14, $15,
            9223372036854775807, $16)";

/// What an attempt is for: two presses of one button have the same.
fn cause_of(what: &str, gateway: &GatewayId) -> String {
    format!("{what}/{gateway}")
}

const FREE_CAUSE: &str = "update attempts set cause = null where cause = $1";

/// Writes an attempt, and the looks that follow it. The gateway is called afterwards, by `checkout::open`.
///
/// An earlier one for the same thing stays payable; ask [`under_way`] first whether there is one.
/// [`DbError::TryAgain`]: somebody else has just begun one.
pub async fn begin(
    tx: &mut Tx<'_>,
    order: &Order,
    gateway: &Gateway,
    able: Capabilities,
) -> Result<Attempt, BillingError> {
    if !gateway.offers(order.mode) {
        return Err(BillingError::Refused(t!(
            "{gateway} is not offered for this kind of payment. Please choose another way to pay.",
            gateway = &gateway.title
        )));
    }
    if gateway.provider_account.is_empty() {
        return Err(BillingError::Refused(t!(
            "{gateway} has not been tested yet, so nothing can be sold through it. Press Test on its page first.",
            gateway = &gateway.title
        )));
    }
    let id: AttemptId = tx.id();
    let now = tx.now();
    let (state, expires_at) = if able.hosted {
        (AttemptState::Sending, now + PAGE_OPEN)
    } else {
        (AttemptState::AwaitingProof, now + TRANSFER_AWAITED)
    };
    let code = format!("P{}", tx.world().token()[..8].to_uppercase());
    let cause = cause_of(&order.what(), &gateway.id);
    tx.run(FREE_CAUSE, values![cause]).await?;
    let row = values![
        id,
        order.id,
        order.payer_id,
        order.subscription_id,
        gateway.id,
        gateway.driver,
        gateway.provider_account,
        gateway.realm,
        order.mode,
        order.total_minor,
        order.currency,
        state,
        code,
        now,
        expires_at,
        cause
    ];
    match tx.run(INSERT, row).await {
        Err(DbError::Duplicate(_)) => return Err(DbError::TryAgain.into()),
        written => written?,
    };
    jobs::add_at(
        tx,
        &LookAtAttempt {
            attempt: id.clone(),
        },
        next_look(now, 0, expires_at),
    )
    .await?;
    find(tx, &id).await
}

/// When an attempt is looked at for the n-th time: soon at first, then daily, and at its end.
pub(crate) fn next_look(now: Timestamp, looks: i64, expires_at: Timestamp) -> Timestamp {
    let pause = match looks {
        0 => Span::seconds(15),
        1 => Span::minutes(1),
        2 => Span::minutes(5),
        3 => Span::hours(1),
        _ => Span::days(1),
    };
    let end = expires_at + Span::minutes(1);
    if now < end {
        (now + pause).min(end)
    } else {
        now + pause
    }
}

const FIND: &str = "
    select id, order_id, payer_id, subscription_id, gateway_id, provider, provider_account, realm, mode,
           amount_minor, currency, state, code, reference, url, reason, looks, created_at, sent_at,
           expires_at, ended_at
      from attempts where id = $1";

pub async fn find(mut read: impl Read, id: &AttemptId) -> Result<Attempt, BillingError> {
    let found = maybe(&mut read, id).await?;
    found.ok_or_else(|| BillingError::not_found(id))
}

/// `None`: no attempt of ours has this id.
pub(crate) async fn maybe(mut read: impl Read, id: &AttemptId) -> Result<Option<Attempt>, DbError> {
    read.maybe(FIND, values![id]).await
}

const OF_SUBSCRIPTION: &str = "
    select id, order_id, payer_id, subscription_id, gateway_id, provider, provider_account, realm, mode,
           amount_minor, currency, state, code, reference, url, reason, looks, created_at, sent_at,
           expires_at, ended_at
      from attempts where subscription_id = $1 order by created_at desc, id desc limit 50";

/// The latest attempts of a subscription, newest first.
pub async fn of_subscription(
    mut read: impl Read,
    subscription: &SubscriptionId,
) -> Result<Vec<Attempt>, DbError> {
    read.all(OF_SUBSCRIPTION, values![subscription]).await
}

const AWAITING: &str = "
    select id, order_id, payer_id, subscription_id, gateway_id, provider, provider_account, realm, mode,
           amount_minor, currency, state, code, reference, url, reason, looks, created_at, sent_at,
           expires_at, ended_at
      from attempts where state = 'awaiting_proof' order by created_at desc, id desc limit $1";

/// Attempts that wait for staff, newest first.
pub async fn list_awaiting(mut read: impl Read, limit: i64) -> Result<Vec<Attempt>, DbError> {
    read.all(AWAITING, values![limit]).await
}

const OPENED: &str = "
    update attempts set state = 'open', reference = $2, url = $3, reason = null
     where id = $1 and state in ('sending', 'unknown', 'open')";

/// Keeps the page that the gateway opened.
pub(crate) async fn note_open(
    tx: &mut Tx<'_>,
    id: &AttemptId,
    page: &Checkout,
) -> Result<(), DbError> {
    tx.run(OPENED, values![id, page.reference, page.url.clone()])
        .await?;
    Ok(())
}

const UNKNOWN: &str = "
    update attempts set state = 'unknown', reason = $2 where id = $1 and state = 'sending'";

/// Keeps that the call may or may not have been carried out.
pub(crate) async fn note_unknown(
    tx: &mut Tx<'_>,
    id: &AttemptId,
    reason: &Text,
) -> Result<(), DbError> {
    tx.run(UNKNOWN, values![id, reason]).await?;
    Ok(())
}

const UNSENT: &str = "
    update attempts set state = 'sending', reason = null where id = $1 and state = 'unknown'";

/// A look has shown that nothing was carried out.
pub(crate) async fn note_unsent(tx: &mut Tx<'_>, id: &AttemptId) -> Result<(), DbError> {
    tx.run(UNSENT, values![id]).await?;
    Ok(())
}

const MOVE: &str = "
    update attempts set state = $2, reference = coalesce(reference, $3)
     where id = $1 and state in ('sending', 'unknown', 'open', 'processing')";

/// Keeps what a look at the page told.
pub(crate) async fn note_checkout(
    tx: &mut Tx<'_>,
    fact: &CheckoutFact,
) -> Result<(), BillingError> {
    let Some(id) = &fact.attempt else {
        return Ok(());
    };
    let Some(attempt) = maybe(&mut *tx, id).await? else {
        return Ok(());
    };
    if attempt.provider_account != fact.origin.account {
        return Ok(());
    }
    match fact.state {
        CheckoutState::Open => {
            let page = Checkout {
                reference: fact.reference.clone(),
                url: fact.url.clone(),
            };
            note_open(tx, id, &page).await?;
        }
        CheckoutState::Complete => {
            tx.run(MOVE, values![id, AttemptState::Processing, fact.reference])
                .await?;
        }
        CheckoutState::Expired => {
            let reason = t!("the payment page was left and has closed.");
            end(tx, &attempt, AttemptState::Expired, &reason).await?;
        }
    }
    Ok(())
}

const END: &str = "
    update attempts set state = $2, reason = $3, ended_at = $4
     where id = $1 and state not in ('settled', 'expired', 'failed', 'rejected')";

/// Ends an attempt without money and tells it. Safe to repeat; a settled one stays settled.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    attempt: &Attempt,
    state: AttemptState,
    reason: &Text,
) -> Result<bool, BillingError> {
    let now = tx.now();
    if tx.run(END, values![attempt.id, state, reason, now]).await? == 0 {
        return Ok(false);
    }
    let payer = payer::find(&mut *tx, &attempt.payer_id).await?;
    let event = AttemptEnded {
        attempt: attempt.id.clone(),
        payer: payer.id,
        owner: payer.owner,
        subscription: attempt.subscription_id.clone(),
        order: attempt.order_id.clone(),
        reason: reason.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(true)
}

const SETTLE: &str = "
    update attempts set state = 'settled', reason = null, ended_at = $2
     where id = $1 and state <> 'settled'";

/// Money arrived: even for a page that we thought closed, the gateway's word counts.
pub(crate) async fn settle(tx: &mut Tx<'_>, id: &AttemptId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(SETTLE, values![id, now]).await?;
    Ok(())
}

const LOOKED: &str = "update attempts set looks = looks + 1 where id = $1";

pub(crate) async fn note_look(tx: &mut Tx<'_>, id: &AttemptId) -> Result<(), DbError> {
    tx.run(LOOKED, values![id]).await?;
    Ok(())
}
