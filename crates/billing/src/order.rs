//! Orders: what somebody wants to buy, frozen. A later edit of a plan or price changes nothing here.

use db::{DbError, Read, Tx, values};
use kit::id::{OrderId, OrderLineId, PayerId, PlanVersionId, PriceId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Currency, Length, Money, Timestamp, Unit, t};
use serde::{Deserialize, Serialize};
use settings::Section;

use crate::error::BillingError;
use crate::gateway::ChargeMode;

stored_words! {
    /// Where an order stands.
    pub enum OrderState {
        Open = "open",
        Settled = "settled",
        Withdrawn = "withdrawn",
    }
}

/// The tax on what is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct TaxRule {
    /// E.g. `VAT 19 %`; empty: no tax line.
    pub label: String,
    /// Hundredths of a percent; 1900 is 19 %.
    pub rate_bp: u32,
    /// Whether prices are meant with the tax in them.
    pub inclusive: bool,
}

impl Section for TaxRule {
    const NAME: &'static str = "tax";
}

impl TaxRule {
    /// Net and tax of a price, rounded half up once.
    pub fn split(&self, price: Money) -> (Money, Money) {
        let (amount, rate) = (i128::from(price.amount_minor), i128::from(self.rate_bp));
        let base = if self.inclusive {
            10_000 + rate
        } else {
            10_000
        };
        let tax = (2 * amount * rate + base).div_euclid(2 * base);
        let tax = Money::new(i64::try_from(tax).unwrap_or(0), price.currency);
        let net = if self.inclusive {
            price.minus(tax).unwrap_or(price)
        } else {
            price
        };
        (net, tax)
    }
}

/// What is to be ordered.
#[derive(Debug, Clone)]
pub struct NewOrder {
    pub payer: PayerId,
    pub subscription: SubscriptionId,
    pub plan_version: PlanVersionId,
    pub price: PriceId,
    pub mode: ChargeMode,
    /// What the customer reads: the plan's name and period.
    pub title: String,
    pub amount: Money,
    pub length: Length,
    /// Free days at the start of a recurring order.
    pub trial_days: u32,
    pub tax: TaxRule,
}

impl NewOrder {
    /// What is to be paid, with the tax.
    pub fn total(&self) -> Money {
        let (net, tax) = self.tax.split(self.amount);
        Money::new(net.amount_minor + tax.amount_minor, self.amount.currency)
    }

    pub(crate) fn what(&self) -> String {
        what(
            &self.subscription,
            &self.plan_version,
            &self.price,
            self.total(),
        )
    }
}

/// What is sold to whom for how much: the same for two orders that differ in nothing that counts.
fn what(
    subscription: &SubscriptionId,
    version: &PlanVersionId,
    price: &PriceId,
    total: Money,
) -> String {
    let (minor, currency) = (total.amount_minor, total.currency);
    format!("{subscription}/{version}/{price}/{minor} {currency}")
}

db::row! {
    /// What was ordered.
    #[derive(Debug, Clone)]
    pub struct Order {
        pub id: OrderId,
        pub payer_id: PayerId,
        pub subscription_id: SubscriptionId,
        pub plan_version_id: PlanVersionId,
        pub price_id: PriceId,
        pub mode: ChargeMode,
        pub title: String,
        pub net_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub currency: Currency,
        pub length_count: u32,
        pub length_unit: Unit,
        pub trial_days: u32,
        pub state: OrderState,
        pub placed_at: Timestamp,
        pub settled_at: Timestamp,
    }
}

impl Order {
    pub fn total(&self) -> Money {
        Money::new(self.total_minor, self.currency)
    }

    pub fn tax(&self) -> Money {
        Money::new(self.tax_minor, self.currency)
    }

    pub fn length(&self) -> Length {
        Length {
            count: self.length_count,
            unit: self.length_unit,
        }
    }

    pub(crate) fn what(&self) -> String {
        what(
            &self.subscription_id,
            &self.plan_version_id,
            &self.price_id,
            self.total(),
        )
    }
}

db::row! {
    /// A frozen line.
    #[derive(Debug, Clone)]
    pub struct OrderLine {
        pub id: OrderLineId,
        pub label: String,
        pub net_minor: i64,
        pub tax_minor: i64,
        pub tax_label: String,
        pub tax_rate_bp: u32,
    }
}

const INSERT: &str = "
    insert into orders
           (id, payer_id, subscription_id, plan_version_id, price_id, mode, title, net_minor, tax_minor,
            total_minor, currency, length_count, length_unit, trial_days, state, placed_at, settled_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $15, 9223372036854775807)";

const INSERT_LINE: &str = "
    insert into order_lines (id, order_id, position, label, net_minor, tax_minor, tax_label, tax_rate_bp)
    values ($1, $2, 1, $3, $4, $5, $6, $7)";

/// Freezes an order.
pub async fn place(tx: &mut Tx<'_>, new: &NewOrder) -> Result<Order, BillingError> {
    if new.amount.amount_minor < 0 || new.amount.amount_minor > Money::LARGEST_MINOR {
        return Err(BillingError::Refused(t!(
            "A price cannot be {amount}. Please correct the price of this plan.",
            amount = new.amount
        )));
    }
    let id: OrderId = tx.id();
    let now = tx.now();
    let (net, tax) = new.tax.split(new.amount);
    let row = values![
        id,
        new.payer,
        new.subscription,
        new.plan_version,
        new.price,
        new.mode,
        new.title,
        net.amount_minor,
        tax.amount_minor,
        new.total().amount_minor,
        new.amount.currency,
        new.length.count,
        new.length.unit,
        new.trial_days,
        now
    ];
    tx.run(INSERT, row).await?;
    let line: OrderLineId = tx.id();
    let (net, tax) = (net.amount_minor, tax.amount_minor);
    let row = values![
        line,
        id,
        new.title,
        net,
        tax,
        new.tax.label,
        new.tax.rate_bp
    ];
    tx.run(INSERT_LINE, row).await?;
    find(tx, &id).await
}

const FIND: &str = "
    select id, payer_id, subscription_id, plan_version_id, price_id, mode, title, net_minor, tax_minor,
           total_minor, currency, length_count, length_unit, trial_days, state, placed_at, settled_at
      from orders where id = $1";

pub async fn find(mut read: impl Read, id: &OrderId) -> Result<Order, BillingError> {
    let found = read.maybe(FIND, values![id]).await?;
    found.ok_or_else(|| BillingError::not_found(id))
}

const OPEN_OF: &str = "
    select id, payer_id, subscription_id, plan_version_id, price_id, mode, title, net_minor, tax_minor,
           total_minor, currency, length_count, length_unit, trial_days, state, placed_at, settled_at
      from orders where subscription_id = $1 and state = 'open' order by placed_at desc, id desc limit 20";

/// Orders of a subscription that are not paid in full, newest first.
pub async fn open_of(
    mut read: impl Read,
    subscription: &SubscriptionId,
) -> Result<Vec<Order>, DbError> {
    read.all(OPEN_OF, values![subscription]).await
}

const LINES: &str = "
    select id, label, net_minor, tax_minor, tax_label, tax_rate_bp
      from order_lines where order_id = $1 order by position";

pub async fn lines(mut read: impl Read, id: &OrderId) -> Result<Vec<OrderLine>, DbError> {
    read.all(LINES, values![id]).await
}

const SETTLE: &str = "
    update orders set state = 'settled', settled_at = $2 where id = $1 and state <> 'settled'";

/// Marks an order as paid in full. `false`: it was already.
pub(crate) async fn settle(tx: &mut Tx<'_>, id: &OrderId) -> Result<bool, DbError> {
    let now = tx.now();
    Ok(tx.run(SETTLE, values![id, now]).await? == 1)
}

const WITHDRAW: &str = "update orders set state = 'withdrawn' where id = $1 and state = 'open'";

/// Gives up an open order. Money that still arrives for it is booked all the same.
pub async fn withdraw(tx: &mut Tx<'_>, id: &OrderId) -> Result<bool, DbError> {
    Ok(tx.run(WITHDRAW, values![id]).await? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(rate_bp: u32, inclusive: bool, amount: i64) -> (i64, i64) {
        let rule = TaxRule {
            label: String::new(),
            rate_bp,
            inclusive,
        };
        let (net, tax) = rule.split(Money::new(amount, Currency::EUR));
        (net.amount_minor, tax.amount_minor)
    }

    #[test]
    fn tax_is_rounded_half_up_once_and_parts_add_up() {
        assert_eq!(split(1900, true, 1190), (1000, 190));
        assert_eq!(split(1900, false, 1000), (1000, 190));
        assert_eq!(split(500, false, 10), (10, 1));
        assert_eq!(split(0, true, 999), (999, 0));
        for amount in 0..500 {
            let (net, tax) = split(1900, true, amount);
            assert_eq!(net + tax, amount);
        }
    }
}
