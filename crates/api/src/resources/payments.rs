//! `payments` and `unmatched-payments`: money that moved.

use billing::enter;
use billing::payment::{self, Payment};
use flows::told_at_once::manual_payment::{self, Entered};
use kit::id::{Id, PaymentId};
use kit::{FormErrors, Money, Timestamp};
use lists::payments::{PaymentFilter, PaymentRow, PaymentState};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::term_grants::reason_of;
use crate::call::{Answer, Call};
use crate::table::Table;
use crate::values::{Amount, Moment, Page, id_of, moment, wished};

const ALL: &str = "/api/v1/payments";
const UNMATCHED: &str = "/api/v1/unmatched-payments";

pub fn table() -> Table {
    let change = Permission::PaymentsChange;
    Table::of("payments")
        .list(
            ALL,
            (Permission::PaymentsSee, "Lists payments, newest first"),
            list,
        )
        .create(
            ALL,
            (change, "Enters a payment that came by hand"),
            enter_by_hand,
        )
        .read(
            "/api/v1/payments/{id}",
            (Permission::PaymentsSee, "Shows a payment"),
            show,
        )
        .act(
            "/api/v1/payments/{id}/void",
            (change, "Takes back a payment entered by mistake"),
            void,
        )
        .and(
            Table::of("unmatched-payments")
                .list(
                    UNMATCHED,
                    (
                        Permission::PaymentsSee,
                        "Lists payments that nobody was found for",
                    ),
                    unmatched,
                )
                .act(
                    "/api/v1/unmatched-payments/{id}/place",
                    (change, "Gives a payment to a member"),
                    place,
                ),
        )
}

/// A payment, as listed.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentListed {
    id: String,
    amount: Amount,
    refunded: Amount,
    /// Who reported it: a gateway's driver, or `by_hand`.
    provider: String,
    gateway: Option<String>,
    payer: Option<String>,
    payer_email: Option<String>,
    /// What was bought.
    title: Option<String>,
    /// Whether it found its order.
    placed: bool,
    problem: Option<String>,
    disputed: bool,
    settled_at: Moment,
    voided_at: Option<Moment>,
}

fn listed(call: &Call, row: PaymentRow) -> PaymentListed {
    let refunded = Money::new(row.refunded_minor, row.amount().currency);
    PaymentListed {
        id: row.id.to_string(),
        amount: row.amount().into(),
        refunded: refunded.into(),
        problem: call.say_maybe(row.problem.as_ref()),
        provider: row.provider,
        gateway: row.gateway,
        payer: row.payer,
        payer_email: row.payer_email,
        title: row.title,
        placed: row.placed,
        disputed: row.disputed,
        settled_at: Moment(row.settled_at),
        voided_at: moment(row.voided_at),
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
struct PaymentShown {
    id: String,
    amount: Amount,
    tax: Amount,
    /// Absent as long as the gateway has not said.
    fee: Option<Amount>,
    /// What can still be refunded.
    refundable: Amount,
    provider: String,
    /// The gateway's own number.
    provider_transaction: String,
    sequence: u32,
    /// `live` or `test`.
    realm: String,
    gateway_id: Option<String>,
    payer_id: Option<String>,
    payer_email: Option<String>,
    subscription_id: Option<String>,
    order_id: Option<String>,
    /// `order`, `deposit`, `wallet` or `unplaced`.
    booked: String,
    placed: bool,
    problem: Option<String>,
    note: Option<String>,
    settled_at: Moment,
    recorded_at: Moment,
    voided_at: Option<Moment>,
}

async fn shown(call: &Call, id: &PaymentId) -> Answer<PaymentShown> {
    let payment: Payment = payment::find(&call.site.db, id).await?;
    let refundable = billing::refund::refundable(&call.site.db, &payment).await?;
    let of = |minor| Amount::from(Money::new(minor, payment.currency));
    Ok(PaymentShown {
        id: payment.id.to_string(),
        amount: payment.amount().into(),
        tax: of(payment.tax_minor),
        fee: payment.fee_known.then(|| of(payment.fee_minor)),
        refundable: refundable.into(),
        provider_transaction: payment.provider_transaction.to_string(),
        sequence: payment.sequence,
        realm: payment.realm.word().to_owned(),
        gateway_id: payment.gateway_id.as_ref().map(ToString::to_string),
        payer_id: payment.payer_id.as_ref().map(ToString::to_string),
        subscription_id: payment.subscription_id.as_ref().map(ToString::to_string),
        order_id: payment.order_id.as_ref().map(ToString::to_string),
        booked: payment.booked.word().to_owned(),
        placed: payment.placed,
        problem: call.say_maybe(payment.problem.as_ref()),
        settled_at: Moment(payment.settled_at),
        recorded_at: Moment(payment.recorded_at),
        voided_at: moment(payment.voided_at),
        provider: payment.provider,
        payer_email: payment.payer_email,
        note: payment.note,
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// A payment's id, or the gateway's own number.
    #[serde(default)]
    search: String,
    /// `unmatched`, `refunded`, `disputed` or `voided`.
    state: Option<String>,
    gateway_id: Option<String>,
    subscription_id: Option<String>,
    /// Settled at or after.
    from: Option<Moment>,
    /// Settled before.
    until: Option<Moment>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct UnmatchedFilter {
    gateway_id: Option<String>,
}

/// A payment that staff saw arrive.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPayment {
    member_id: String,
    /// What it is for.
    price_id: String,
    amount: Amount,
    /// Your own number of it; one is made if absent.
    transaction: Option<String>,
    /// More than 1 when one transaction pays for several members.
    #[schema(minimum = 1, maximum = 1000)]
    sequence: Option<u32>,
    /// Now if absent.
    settled_at: Option<Moment>,
    /// From when the time counts; `settled_at` if absent.
    from: Option<Moment>,
    /// When it ends at the latest; the price's whole length if absent.
    until: Option<Moment>,
    note: Option<String>,
}

impl NewPayment {
    fn read(self, now: Timestamp) -> Result<Entered, FormErrors> {
        let amount = self.amount.read();
        let amount = amount.map_err(|error| FormErrors::one("amount", error.text()))?;
        let settled_at = self.settled_at.map_or(now, |at| at.0);
        let text = |field: &str, text: Option<String>, most| {
            kit::field::optional(&text.unwrap_or_default(), most)
                .map_err(|error| FormErrors::one(field, error.text()))
        };
        Ok(Entered {
            member: id_of("member_id", &self.member_id)?,
            price: id_of("price_id", &self.price_id)?,
            amount,
            transaction: text("transaction", self.transaction, 100)?,
            sequence: self.sequence.unwrap_or(1).clamp(1, 1_000),
            settled_at,
            from: self.from.map_or(settled_at, |at| at.0),
            until: self.until.map_or(Timestamp::NEVER, |at| at.0),
            note: text("note", self.note, 500)?,
        })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VoidingReason {
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlaceFor {
    member_id: String,
    price_id: String,
    reason: String,
}

/// `GET /api/v1/payments`
async fn list(call: Call, filter: Filter) -> Answer<Page<PaymentListed>> {
    let filter = PaymentFilter {
        search: filter.search,
        state: wished("state", filter.state.as_ref(), PaymentState::parse)?,
        gateway: wished("gateway_id", filter.gateway_id.as_ref(), Id::parse)?,
        subscription: wished(
            "subscription_id",
            filter.subscription_id.as_ref(),
            Id::parse,
        )?,
        from: filter.from.map(|at| at.0),
        until: filter.until.map(|at| at.0),
    };
    let page = lists::payments::page(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, |row| listed(&call, row)))
}

/// `GET /api/v1/unmatched-payments`
async fn unmatched(call: Call, filter: UnmatchedFilter) -> Answer<Page<PaymentListed>> {
    let filter = PaymentFilter {
        state: Some(PaymentState::Unmatched),
        gateway: wished("gateway_id", filter.gateway_id.as_ref(), Id::parse)?,
        ..PaymentFilter::default()
    };
    let page = lists::payments::page(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, |row| listed(&call, row)))
}

/// `GET /api/v1/payments/{id}`
async fn show(call: Call) -> Answer<PaymentShown> {
    shown(&call, &call.id()?).await
}

/// `POST /api/v1/payments`
async fn enter_by_hand(call: Call, new: NewPayment) -> Answer<PaymentShown> {
    let entered = new.read(call.site.now())?;
    let mut tx = call.begin().await?;
    let id = manual_payment::enter(&mut tx, &entered).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// `POST /api/v1/payments/{id}/void`
async fn void(call: Call, sent: VoidingReason) -> Answer<PaymentShown> {
    let id: PaymentId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let mut tx = call.begin().await?;
    enter::void(&mut tx, &id, &reason).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// `POST /api/v1/unmatched-payments/{id}/place`
async fn place(call: Call, sent: PlaceFor) -> Answer<PaymentShown> {
    let id: PaymentId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let member = id_of("member_id", &sent.member_id)?;
    let price = id_of("price_id", &sent.price_id)?;
    let mut tx = call.begin().await?;
    manual_payment::place(&mut tx, &id, &member, &price, &reason).await?;
    tx.save().await?;
    shown(&call, &id).await
}
