//! What can be bought at this moment: active plans that some server can deliver, at prices that can be paid.

use std::sync::Arc;

use billing::gateway::ChargeMode;
use billing::gateways::{self, Gateway};
use billing::plan::{self, Plan, PlanKind};
use billing::price::{self, Price, PriceMode};
use billing::settings::TrialSettings;
use flows::told_at_once::checkout;
use kit::id::PlanId;
use kit::{Length, Text, Unit, t};
use media::Entitlements;
use media::group::{self, Group};
use media::placement::{self, Candidate};
use web::{PageError, Site};

/// A plan as visitors may have it.
#[derive(Debug, Clone)]
pub struct Offer {
    pub plan: Plan,
    /// At least one, unless there is only a trial.
    pub prices: Vec<Price>,
    /// How long it can be tried for nothing.
    pub trial: Option<Length>,
    pub entitlements: Entitlements,
}

/// What home and the plans page show to everybody who comes by; a purchase looks anew.
#[derive(Debug)]
pub struct ForSale {
    pub offers: Vec<Offer>,
    pub groups: Vec<Group>,
}

/// Everything that can be had, as it was a second ago at most.
pub async fn for_sale(site: &Site) -> Result<Arc<ForSale>, PageError> {
    let read = async || {
        Ok(ForSale {
            offers: list(site).await?,
            groups: group::list(&site.db).await?,
        })
    };
    site.db.kept(read).await
}

/// Everything that can be had, in the operator's order.
async fn list(site: &Site) -> Result<Vec<Offer>, PageError> {
    let plans: Vec<Plan> = plan::list(&site.db)
        .await?
        .into_iter()
        .filter(|plan| plan.is_active && plan.kind() == PlanKind::Membership)
        .collect();
    let ids: Vec<PlanId> = plans.iter().map(|plan| plan.id.clone()).collect();
    let prices = price::list_of_many(&site.db, &ids).await?;
    let scene = Scene {
        candidates: placement::candidates(&site.db, site.now()).await?,
        gateways: gateways::list(&site.db).await?,
        trials: settings::load::<TrialSettings>(&site.db).await?.0.enabled,
    };
    Ok(plans
        .into_iter()
        .filter_map(|plan| scene.offer(plan, &prices))
        .collect())
}

/// One plan, if it can be had.
pub async fn find(site: &Site, id: &PlanId) -> Result<Option<Offer>, PageError> {
    let all = list(site).await?;
    Ok(all.into_iter().find(|offer| offer.plan.id == *id))
}

/// What decides over all plans alike.
struct Scene {
    candidates: Vec<Candidate>,
    gateways: Vec<Gateway>,
    trials: bool,
}

impl Scene {
    fn offer(&self, plan: Plan, prices: &[Price]) -> Option<Offer> {
        let entitlements = Entitlements::parse(plan.version.section(media::entitlements::SECTION));
        let entitlements = entitlements.ok()?;
        let trial = plan.version.trial().filter(|_| self.trials);
        let trial = trial.filter(|_| checkout::why_not(&self.candidates, &plan, true).is_none());
        let is_deliverable = checkout::why_not(&self.candidates, &plan, false).is_none();
        let prices: Vec<Price> = prices
            .iter()
            .filter(|price| is_deliverable && price.plan_id == plan.id && price.is_on_sale())
            .filter(|price| self.gateways.iter().any(|gateway| takes(gateway, price)))
            .cloned()
            .collect();
        (!prices.is_empty() || trial.is_some()).then_some(Offer {
            plan,
            prices,
            trial,
            entitlements,
        })
    }
}

/// Whether a price can be paid through a gateway.
pub fn takes(gateway: &Gateway, price: &Price) -> bool {
    gateway.offers(mode_of(price))
}

pub fn mode_of(price: &Price) -> ChargeMode {
    match price.mode {
        PriceMode::Prepaid => ChargeMode::OneOff,
        PriceMode::Recurring => ChargeMode::Recurring,
    }
}

/// Whether it goes on by itself.
pub fn mode_text(price: &Price) -> Text {
    match (price.mode, price.period().unit) {
        (PriceMode::Recurring, _) => {
            t!("Renews by itself until you cancel. You can cancel at any time.")
        }
        (_, Unit::Once) => t!("Paid once, and never again."),
        (PriceMode::Prepaid, _) => t!("Paid once; nothing renews by itself."),
    }
}

/// "12.00 EUR a month"
pub fn price_text(price: &Price) -> Text {
    t!(
        "{amount} {period}",
        amount = price.amount(),
        period = price.period_text()
    )
}

impl Offer {
    /// The price that is shown large: the one that renews, else the smallest.
    pub fn leading(&self) -> Option<&Price> {
        let renews = |price: &&Price| price.mode == PriceMode::Recurring;
        self.prices.iter().find(renews).or(self.prices.first())
    }
}
