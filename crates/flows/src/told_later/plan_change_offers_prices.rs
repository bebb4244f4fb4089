//! Recurring prices are made known to the gateways by us, as soon as a plan or a gateway changes.

use async_trait::async_trait;
use billing::checkout;
use billing::events::PlanChanged;
use billing::gateways::{self, Gateway};
use billing::plan::{self, Plan};
use billing::price::{self, Price, PriceMode};
use db::{DbError, Tx};
use jobs::{Job, JobError, Lane};
use kit::{Actor, Outcome};
use serde::{Deserialize, Serialize};

use crate::hearing::Flow;
use crate::tools::Tools;

/// Hears [`PlanChanged`].
pub struct PlanChangeOffersPrices;

#[async_trait]
impl Flow for PlanChangeOffersPrices {
    const NAME: &'static str = "flows.plan_change_offers_prices";
    const LANE: Lane = Lane::Bulk;
    type Event = PlanChanged;

    async fn run(_: PlanChanged, tools: &Tools) -> Result<(), JobError> {
        let mut tx = tools.db.begin(Actor::flow(Self::NAME)).await?;
        OfferPrices::ask(&mut tx).await?;
        tx.save().await?;
        Ok(())
    }
}

/// Makes every recurring price on sale known to every gateway that takes such payments. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OfferPrices;

impl OfferPrices {
    /// Asks for it; many askings at once are one.
    pub async fn ask(tx: &mut Tx<'_>) -> Result<(), DbError> {
        jobs::add_once(tx, &Self, "all").await
    }
}

#[async_trait]
impl Job for OfferPrices {
    const NAME: &'static str = "flows.offer_prices";
    const LANE: Lane = Lane::Money;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        let takers = gateways::list(&tools.db).await?;
        for gateway in takers
            .iter()
            .filter(|gateway| gateway.enabled && gateway.recurring)
        {
            for plan in plan::list(&tools.db)
                .await?
                .iter()
                .filter(|plan| plan.is_active)
            {
                for price in price::list_of(&tools.db, &plan.id).await? {
                    offer(tools, gateway, plan, &price).await?;
                }
            }
        }
        Ok(())
    }
}

async fn offer(
    tools: &Tools,
    gateway: &Gateway,
    plan: &Plan,
    price: &Price,
) -> Result<(), JobError> {
    let is_due = price.mode == PriceMode::Recurring && price.is_on_sale();
    if !is_due
        || price::reference(&tools.db, &price.id, &gateway.id)
            .await?
            .is_some()
    {
        return Ok(());
    }
    let offer = price.offer_of(plan);
    match checkout::offer_price(&tools.gateways, &gateway.id, &offer).await? {
        Outcome::Done(()) => Ok(()),
        Outcome::Refused(refusal) if !refusal.may_pass => Err(JobError::Final(refusal.reason)),
        Outcome::Refused(refusal) => Err(JobError::Again(refusal.reason)),
        Outcome::Unknown(uncertainty) => Err(JobError::Again(uncertainty.reason)),
    }
}
