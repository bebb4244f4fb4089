//! Payments: money that moved, as a gateway or staff recorded it. Unique by provider, account, transaction and
//! sequence; never edited. What it effects is in `settle`; corrections are refunds and reversals.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::{AttemptId, GatewayId, OrderId, PayerId, PaymentId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Currency, Money, PageAsked, PageOf, Text, Timestamp};

use crate::error::BillingError;
use crate::fact::{Origin, PaidFor};
use crate::gateway::{GatewayRef, Realm};

stored_words! {
    /// Where in the ledger a payment went.
    pub enum Booked {
        /// It paid an order in full; what was too much went to the wallet.
        Order = "order",
        /// A part of an order that is not paid in full.
        Deposit = "deposit",
        /// The order was paid before; all of it went to the wallet.
        Wallet = "wallet",
        /// Nobody has been found for it, or it does not fit.
        Unplaced = "unplaced",
    }
}

/// The provider of payments that staff enter.
pub const BY_HAND: &str = "by_hand";

db::row! {
    /// Money that moved.
    #[derive(Debug, Clone)]
    pub struct Payment {
        pub id: PaymentId,
        pub provider: String,
        pub provider_account: String,
        pub realm: Realm,
        pub provider_transaction: GatewayRef,
        pub sequence: u32,
        pub gateway_id: Option<GatewayId>,
        pub payer_id: Option<PayerId>,
        pub subscription_id: Option<SubscriptionId>,
        pub order_id: Option<OrderId>,
        pub attempt_id: Option<AttemptId>,
        pub agreement: Option<GatewayRef>,
        pub paid_for: PaidFor,
        pub amount_minor: i64,
        pub booked: Booked,
        /// How much of it went to the order; the rest is in the wallet.
        pub order_minor: i64,
        /// How much of that is tax.
        pub tax_minor: i64,
        pub fee_minor: i64,
        pub fee_known: bool,
        pub currency: Currency,
        pub payer_email: Option<String>,
        /// `false`: it needs a person.
        pub placed: bool,
        pub problem: Option<Text>,
        pub note: Option<String>,
        pub settled_at: Timestamp,
        pub recorded_at: Timestamp,
        pub voided_at: Timestamp,
    }
}

impl Payment {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    pub fn origin(&self) -> Origin {
        Origin {
            provider: self.provider.clone(),
            account: self.provider_account.clone(),
            realm: self.realm,
        }
    }

    pub fn is_voided(&self) -> bool {
        !self.voided_at.is_never()
    }
}

const FIND: &str = "
    select id, provider, provider_account, realm, provider_transaction, sequence, gateway_id, payer_id,
           subscription_id, order_id, attempt_id, agreement, paid_for, amount_minor, booked, order_minor,
           tax_minor, fee_minor, fee_known, currency, payer_email, placed, problem, note, settled_at,
           recorded_at, voided_at
      from payments where id = $1";

pub async fn find(mut read: impl Read, id: &PaymentId) -> Result<Payment, BillingError> {
    let found = read.maybe(FIND, values![id]).await?;
    found.ok_or_else(|| BillingError::not_found(id))
}

const FIND_BY_TRANSACTION: &str = "
    select id, provider, provider_account, realm, provider_transaction, sequence, gateway_id, payer_id,
           subscription_id, order_id, attempt_id, agreement, paid_for, amount_minor, booked, order_minor,
           tax_minor, fee_minor, fee_known, currency, payer_email, placed, problem, note, settled_at,
           recorded_at, voided_at
      from payments
     where provider = $1 and provider_account = $2 and provider_transaction = $3 and sequence = $4";

/// `None`: this transaction is not booked.
pub async fn find_by_transaction(
    mut read: impl Read,
    origin: &Origin,
    transaction: &GatewayRef,
    sequence: u32,
) -> Result<Option<Payment>, DbError> {
    let key = values![origin.provider, origin.account, transaction, sequence];
    read.maybe(FIND_BY_TRANSACTION, key).await
}

const PAYMENTS: Listing = Listing {
    base: "
        select id, provider, provider_account, realm, provider_transaction, sequence, gateway_id, payer_id,
               subscription_id, order_id, attempt_id, agreement, paid_for, amount_minor, booked, order_minor,
               tax_minor, fee_minor, fee_known, currency, payer_email, placed, problem, note, settled_at,
               recorded_at, voided_at
          from payments where true",
    clauses: &[
        ("payer", "and payer_id = ?"),
        ("subscription", "and subscription_id = ?"),
        ("unplaced", "and not placed"),
        ("after", "and (settled_at, id) < (?, ?)"),
    ],
    orders: &[("newest", "order by settled_at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&PAYMENTS];

/// Which payments are asked for.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilter {
    pub payer: Option<PayerId>,
    pub subscription: Option<SubscriptionId>,
    /// Only those that need a person.
    pub unplaced: bool,
}

/// Newest first, whatever the source.
pub async fn list(
    read: impl Read,
    filter: &PaymentFilter,
    asked: &PageAsked,
) -> Result<PageOf<Payment>, DbError> {
    let rows = PAYMENTS
        .ask()
        .filter("payer", filter.payer.as_ref().map(|payer| values![payer]))
        .filter(
            "subscription",
            filter.subscription.as_ref().map(|id| values![id]),
        )
        .filter("unplaced", filter.unplaced.then(|| values![]))
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    let mark = |row: &Payment| PageAsked::mark(row.settled_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}

/// A payment about to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewPayment {
    pub origin: Origin,
    pub transaction: GatewayRef,
    pub sequence: u32,
    pub gateway: Option<GatewayId>,
    pub payer: Option<PayerId>,
    pub subscription: Option<SubscriptionId>,
    pub order: Option<OrderId>,
    pub attempt: Option<AttemptId>,
    pub agreement: Option<GatewayRef>,
    pub paid_for: PaidFor,
    pub amount: Money,
    pub booked: Booked,
    pub order_minor: i64,
    pub tax_minor: i64,
    pub payer_email: Option<String>,
    pub problem: Option<Text>,
    pub note: Option<String>,
    pub settled_at: Timestamp,
}

const INSERT: &str = "
    insert into payments
           (id, provider, provider_account, realm, provider_transaction, sequence, gateway_id, payer_id,
            subscription_id, order_id, attempt_id, agreement, paid_for, amount_minor, booked, order_minor,
            tax_minor, fee_minor, fee_known, currency, payer_email, placed, problem, note, settled_at,
            recorded_at, voided_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, false, $18, $19,
            $20, $21, $22, $23, $24, 9223372036854775807)
    on conflict (provider, provider_account, provider_transaction, sequence) do nothing";

/// Writes a payment. `None`: this transaction is booked already, and nothing was done.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    new: &NewPayment,
) -> Result<Option<PaymentId>, DbError> {
    let id: PaymentId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        new.origin.provider,
        new.origin.account,
        new.origin.realm,
        new.transaction,
        new.sequence,
        new.gateway.clone(),
        new.payer.clone(),
        new.subscription.clone(),
        new.order.clone(),
        new.attempt.clone(),
        new.agreement.clone(),
        new.paid_for,
        new.amount.amount_minor,
        new.booked,
        new.order_minor,
        new.tax_minor,
        new.amount.currency,
        new.payer_email.clone(),
        new.booked != Booked::Unplaced,
        new.problem.clone(),
        new.note.clone(),
        new.settled_at,
        now
    ];
    let written = tx.run(INSERT, row).await?;
    Ok((written == 1).then_some(id))
}

const NOTE_FEE: &str = "
    update payments set fee_minor = $2, fee_known = true where id = $1 and not fee_known";

/// Keeps the gateway's fee once it is known. `false`: it was known before.
pub(crate) async fn note_fee(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    fee_minor: i64,
) -> Result<bool, DbError> {
    Ok(tx.run(NOTE_FEE, values![id, fee_minor]).await? == 1)
}

const VOID: &str = "
    update payments set voided_at = $2 where id = $1 and voided_at = 9223372036854775807";

pub(crate) async fn mark_void(tx: &mut Tx<'_>, id: &PaymentId) -> Result<bool, DbError> {
    let now = tx.now();
    Ok(tx.run(VOID, values![id, now]).await? == 1)
}

const PLACE: &str = "
    update payments
       set placed = true, problem = null, payer_id = $2, subscription_id = $3, order_id = $4, booked = 'order',
           order_minor = amount_minor, tax_minor = $5
     where id = $1 and not placed";

/// Puts an unplaced payment on an order. `false`: it was placed before.
pub(crate) async fn mark_placed(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    order: &crate::order::Order,
    tax_minor: i64,
) -> Result<bool, DbError> {
    let row = values![
        id,
        order.payer_id,
        order.subscription_id,
        order.id,
        tax_minor
    ];
    Ok(tx.run(PLACE, row).await? == 1)
}
