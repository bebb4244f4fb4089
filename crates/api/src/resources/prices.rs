//! `prices`: what a plan costs. A price is never changed, only replaced or archived.

use billing::price::{self, NewPrice, Price, PriceMode};
use kit::FormErrors;
use kit::id::{PlanId, PriceId};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Amount, Moment, Page, Stretch, id_of, moment, word};

const ALL: &str = "/api/v1/prices";

pub fn table() -> Table {
    let change = Permission::PlansChange;
    Table::of("prices")
        .list(
            ALL,
            (Permission::PlansSee, "Lists prices of all plans or of one"),
            list,
        )
        .create(ALL, (change, "Adds a price to a plan"), create)
        .read(
            "/api/v1/prices/{id}",
            (Permission::PlansSee, "Shows a price"),
            show,
        )
        .act(
            "/api/v1/prices/{id}/archive",
            (change, "Takes a price off sale for good"),
            archive,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Price)]
struct PriceShown {
    id: String,
    plan_id: String,
    amount: Amount,
    period: Stretch,
    /// `prepaid` or `recurring`.
    mode: String,
    is_on_sale: bool,
    /// The price that this one took the place of.
    replaces: Option<String>,
    created_at: Moment,
    archived_at: Option<Moment>,
}

impl From<Price> for PriceShown {
    fn from(price: Price) -> Self {
        Self {
            id: price.id.to_string(),
            plan_id: price.plan_id.to_string(),
            amount: price.amount().into(),
            period: price.period().into(),
            mode: price.mode.word().to_owned(),
            is_on_sale: price.is_on_sale(),
            replaces: price.replaces.as_ref().map(ToString::to_string),
            created_at: Moment(price.created_at),
            archived_at: moment(price.archived_at),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    plan_id: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriceSent {
    plan_id: String,
    amount: Amount,
    period: Stretch,
    /// `prepaid` or `recurring`.
    mode: String,
    /// A price that goes off sale when this one comes.
    replaces: Option<String>,
}

impl PriceSent {
    fn read(&self) -> Result<NewPrice, FormErrors> {
        let mut errors = FormErrors::default();
        let amount = errors.keep("amount", self.amount.read());
        let period = errors.keep("period", self.period.read());
        let mode = errors.keep("mode", word(&self.mode, PriceMode::parse));
        match (amount, period, mode) {
            (Some(amount), Some(period), Some(mode)) => Ok(NewPrice {
                plan_id: id_of("plan_id", &self.plan_id)?,
                amount,
                period,
                mode,
            }),
            _ => Err(errors),
        }
    }
}

/// `GET /api/v1/prices`
async fn list(call: Call, filter: Filter) -> Answer<Page<PriceShown>> {
    let db = &call.site.db;
    let plans: Vec<PlanId> = match filter.plan_id {
        Some(id) => vec![id_of("plan_id", &id)?],
        None => billing::plan::list(db)
            .await?
            .into_iter()
            .map(|plan| plan.id)
            .collect(),
    };
    let prices = price::list_of_many(db, &plans).await?;
    Ok(Page::whole(
        &call.page,
        prices,
        |row| row.id.to_string(),
        PriceShown::from,
    ))
}

/// `GET /api/v1/prices/{id}`
async fn show(call: Call) -> Answer<PriceShown> {
    shown(&call, &call.id()?).await
}

async fn shown(call: &Call, id: &PriceId) -> Answer<PriceShown> {
    Ok(found(price::find(&call.site.db, id).await?)?.into())
}

/// `POST /api/v1/prices`
async fn create(call: Call, sent: PriceSent) -> Answer<PriceShown> {
    let new = sent.read()?;
    let mut tx = call.begin().await?;
    let id = match &sent.replaces {
        Some(old) => price::replace(&mut tx, &id_of("replaces", old)?, &new).await?,
        None => price::create(&mut tx, &new).await?,
    };
    tx.save().await?;
    shown(&call, &id).await
}

/// `POST /api/v1/prices/{id}/archive`
async fn archive(call: Call, _: Nothing) -> Answer<PriceShown> {
    let id: PriceId = call.id()?;
    let mut tx = call.begin().await?;
    price::archive(&mut tx, &id).await?;
    tx.save().await?;
    shown(&call, &id).await
}
