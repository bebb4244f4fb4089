//! Prices of plans. A price that was offered never changes: a new amount is a new row, the old one archived,
//! and agreements made at the old one go on at it.

use db::{DbError, Read, Tx, values};
use kit::calendar::{Length, Unit};
use kit::id::{GatewayId, PlanId, PriceId};
use kit::stored::stored_words;
use kit::{Currency, Json, Money, Text, Timestamp, t};

use crate::error::BillingError;
use crate::events::{PriceChange, PriceChanged, length_text};
use crate::gateway::PriceOffer;
use crate::plan::Plan;

stored_words! {
    /// How a price is paid.
    pub enum PriceMode {
        /// Once, for one period; may be paid ahead.
        Prepaid = "prepaid",
        /// Again each period, by an agreement at the gateway.
        Recurring = "recurring",
    }
}

/// What a price is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrice {
    pub plan_id: PlanId,
    pub amount: Money,
    pub period: Length,
    pub mode: PriceMode,
}

db::row! {
    /// A price of a plan.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Price {
        pub id: PriceId,
        pub plan_id: PlanId,
        amount_minor: i64,
        currency: Currency,
        period_count: u32,
        period_unit: Unit,
        pub mode: PriceMode,
        pub is_active: bool,
        /// The price in whose place this one came.
        pub replaces: Option<PriceId>,
        pub created_at: Timestamp,
        /// `NEVER` while it is not archived.
        pub archived_at: Timestamp,
    }
}

impl Price {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    pub fn period(&self) -> Length {
        Length {
            count: self.period_count,
            unit: self.period_unit,
        }
    }

    /// What stands behind the amount: "a month", "for 3 months", "every 3 months".
    pub fn period_text(&self) -> Text {
        let length = self.period();
        match (self.mode, length.count, length.unit) {
            (_, _, Unit::Once) => t!("once, for good"),
            (PriceMode::Recurring, 1, Unit::Days) => t!("a day"),
            (PriceMode::Recurring, 1, Unit::Weeks) => t!("a week"),
            (PriceMode::Recurring, 1, Unit::Months) => t!("a month"),
            (PriceMode::Recurring, 1, Unit::Years) => t!("a year"),
            (PriceMode::Recurring, ..) => t!("every {length}", length = length_text(length)),
            (PriceMode::Prepaid, ..) => t!("for {length}", length = length_text(length)),
        }
    }

    /// As it is made known to a gateway.
    pub fn offer_of(&self, plan: &Plan) -> PriceOffer {
        PriceOffer {
            plan: plan.id.clone(),
            price: self.id.clone(),
            name: plan.version.name.clone(),
            amount: self.amount(),
            length: self.period(),
        }
    }

    pub fn is_on_sale(&self) -> bool {
        self.is_active && self.archived_at.is_never()
    }
}

const INSERT: &str = "
    insert into prices (id, plan_id, amount_minor, currency, period_count, period_unit, mode, is_active,
                        replaces, created_at, archived_at)
    values ($1, $2, $3, $4, $5, $6, $7, true, $8, $9, 9223372036854775807)";

/// Adds a price to a plan, on sale at once.
pub async fn create(tx: &mut Tx<'_>, price: &NewPrice) -> Result<PriceId, BillingError> {
    check(price)?;
    if crate::plan::find(&mut *tx, &price.plan_id).await?.is_none() {
        return Err(BillingError::not_found(&price.plan_id));
    }
    insert(tx, price, None).await
}

fn check(price: &NewPrice) -> Result<(), BillingError> {
    let minor = price.amount.amount_minor;
    if !(1..=Money::LARGEST_MINOR).contains(&minor) {
        return Err(BillingError::Refused(t!(
            "A price must be more than nothing. For something free, make a trial plan or give days."
        )));
    }
    if price.period.count == 0 || price.period.count > 1000 {
        return Err(BillingError::Refused(t!(
            "The period must be between 1 and 1000 days, weeks, months or years."
        )));
    }
    if price.mode == PriceMode::Recurring && price.period.unit == Unit::Once {
        return Err(BillingError::Refused(t!(
            "What is bought once cannot be charged again each period. Choose a period, or prepaid."
        )));
    }
    Ok(())
}

async fn insert(
    tx: &mut Tx<'_>,
    price: &NewPrice,
    replaces: Option<&PriceId>,
) -> Result<PriceId, BillingError> {
    let id: PriceId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        price.plan_id,
        price.amount.amount_minor,
        price.amount.currency,
        price.period.count,
        price.period.unit,
        price.mode,
        replaces.cloned(),
        now
    ];
    tx.run(INSERT, row).await?;
    tell(tx, &id, PriceChange::Created).await?;
    Ok(id)
}

const ARCHIVE: &str = "
    update prices set archived_at = $2, is_active = false
     where id = $1 and archived_at = 9223372036854775807";

/// Puts another price in the place of this one, which is archived. Says the new one's id.
pub async fn replace(
    tx: &mut Tx<'_>,
    id: &PriceId,
    price: &NewPrice,
) -> Result<PriceId, BillingError> {
    check(price)?;
    archive(tx, id).await?;
    insert(tx, price, Some(id)).await
}

/// Takes the price from sale for good; agreements made at it go on. `NotFound` if it was archived before.
pub async fn archive(tx: &mut Tx<'_>, id: &PriceId) -> Result<(), BillingError> {
    let now = tx.now();
    if tx.run(ARCHIVE, values![id, now]).await? == 0 {
        return Err(BillingError::not_found(id));
    }
    tell(tx, id, PriceChange::Archived).await
}

const SET_ACTIVE: &str = "
    update prices set is_active = $2 where id = $1 and archived_at = 9223372036854775807";

/// Puts the price on sale or takes it off. `NotFound` if it is archived.
pub async fn set_active(
    tx: &mut Tx<'_>,
    id: &PriceId,
    is_active: bool,
) -> Result<(), BillingError> {
    if tx.run(SET_ACTIVE, values![id, is_active]).await? == 0 {
        return Err(BillingError::not_found(id));
    }
    let change = if is_active {
        PriceChange::Offered
    } else {
        PriceChange::Withdrawn
    };
    tell(tx, id, change).await
}

async fn tell(tx: &mut Tx<'_>, id: &PriceId, change: PriceChange) -> Result<(), BillingError> {
    let price = find(&mut *tx, id)
        .await?
        .ok_or_else(|| BillingError::not_found(id))?;
    let event = PriceChanged {
        price: price.id.clone(),
        amount: price.amount(),
        plan: price.plan_id,
        change,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const FIND: &str = "
    select id, plan_id, amount_minor, currency, period_count, period_unit, mode, is_active, replaces,
           created_at, archived_at
      from prices where id = $1";

/// `None`: there is no such price. Archived ones are found too.
pub async fn find(mut read: impl Read, id: &PriceId) -> Result<Option<Price>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LIST_OF: &str = "
    select id, plan_id, amount_minor, currency, period_count, period_unit, mode, is_active, replaces,
           created_at, archived_at
      from prices where plan_id = $1 and archived_at = 9223372036854775807
     order by currency, amount_minor, id";

/// The prices of a plan that are not archived, cheapest first within a currency.
pub async fn list_of(mut read: impl Read, plan: &PlanId) -> Result<Vec<Price>, DbError> {
    read.all(LIST_OF, values![plan]).await
}

const LIST_OF_MANY: &str = "
    select id, plan_id, amount_minor, currency, period_count, period_unit, mode, is_active, replaces,
           created_at, archived_at
      from prices
     where plan_id in (select value from json_each(cast($1 as text)))
       and archived_at = 9223372036854775807
     order by plan_id, currency, amount_minor, id";

/// The prices of several plans that are not archived.
pub async fn list_of_many(mut read: impl Read, plans: &[PlanId]) -> Result<Vec<Price>, DbError> {
    read.all(LIST_OF_MANY, values![Json(plans.to_vec())]).await
}

db::row! {
    /// What a gateway calls a price.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct GatewayPrice {
        pub price_id: PriceId,
        pub gateway_id: GatewayId,
        pub reference: String,
    }
}

const SET_REFERENCE: &str = "
    insert into gateway_prices (price_id, gateway_id, reference) values ($1, $2, $3)
    on conflict (price_id, gateway_id) do update set reference = excluded.reference";

/// Notes what the gateway calls the price. Safe to repeat.
pub async fn set_reference(
    tx: &mut Tx<'_>,
    id: &PriceId,
    gateway: &GatewayId,
    reference: &str,
) -> Result<(), DbError> {
    tx.run(SET_REFERENCE, values![id, gateway, reference])
        .await?;
    Ok(())
}

const REFERENCE: &str = "
    select reference from gateway_prices where price_id = $1 and gateway_id = $2";

/// What the gateway calls the price. `None`: it does not know it yet.
pub async fn reference(
    mut read: impl Read,
    id: &PriceId,
    gateway: &GatewayId,
) -> Result<Option<String>, DbError> {
    let found = read
        .maybe::<(String,)>(REFERENCE, values![id, gateway])
        .await?;
    Ok(found.map(|row| row.0))
}

const REFERENCES_OF: &str = "
    select price_id, gateway_id, reference from gateway_prices where price_id = $1 order by gateway_id";

/// What all gateways call the price.
pub async fn references_of(
    mut read: impl Read,
    id: &PriceId,
) -> Result<Vec<GatewayPrice>, DbError> {
    read.all(REFERENCES_OF, values![id]).await
}

const BY_REFERENCE: &str = "
    select p.id, p.plan_id, p.amount_minor, p.currency, p.period_count, p.period_unit, p.mode, p.is_active,
           p.replaces, p.created_at, p.archived_at
      from gateway_prices g join prices p on p.id = g.price_id
     where g.gateway_id = $1 and g.reference = $2";

/// The price that the gateway calls so.
pub async fn find_by_reference(
    mut read: impl Read,
    gateway: &GatewayId,
    reference: &str,
) -> Result<Option<Price>, DbError> {
    read.maybe(BY_REFERENCE, values![gateway, reference]).await
}
