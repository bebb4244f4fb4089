//! Which plan can be had on which server, and for each "no" the reason.

use billing::plan::{self, Plan};
use billing::price::{self, Price};
use db::{DbError, Read};
use kit::id::PlanId;
use kit::{Text, Timestamp, t};
use media::Entitlements;
use media::entitlements::SECTION;
use media::placement::{self, Candidate, Offer};

/// A plan with its prices, and what each server says to it.
#[derive(Debug, Clone)]
pub struct PlanOffer {
    pub plan: Plan,
    pub prices: Vec<Price>,
    /// One for each server, in the order of [`Offers::servers`].
    pub servers: Vec<Offer>,
    /// Why visitors do not see it, or cannot buy it. Empty: they can.
    pub hidden: Vec<Text>,
}

/// All plans against all servers.
#[derive(Debug, Clone)]
pub struct Offers {
    pub servers: Vec<Candidate>,
    pub plans: Vec<PlanOffer>,
}

/// Reads plans, prices and servers once, and compares them.
pub async fn all(mut read: impl Read, now: Timestamp) -> Result<Offers, DbError> {
    let plans = plan::list(&mut read).await?;
    let ids: Vec<PlanId> = plans.iter().map(|plan| plan.id.clone()).collect();
    let prices = price::list_of_many(&mut read, &ids).await?;
    let servers = placement::candidates(&mut read, now).await?;
    let plans = plans
        .into_iter()
        .map(|plan| {
            let own: Vec<Price> = prices
                .iter()
                .filter(|price| price.plan_id == plan.id)
                .cloned()
                .collect();
            compare(plan, own, &servers)
        })
        .collect();
    Ok(Offers { servers, plans })
}

fn compare(plan: Plan, prices: Vec<Price>, servers: &[Candidate]) -> PlanOffer {
    let is_trial = plan.version.trial().is_some();
    let mut hidden = Vec::new();
    if !plan.is_active {
        hidden.push(t!("It is switched off. Offer it to show it again."));
    }
    if !is_trial && !prices.iter().any(Price::is_on_sale) {
        hidden.push(t!("It has no price on sale. Add one to sell it."));
    }
    let section = plan.version.section(SECTION);
    let offered = if let Ok(wanted) = Entitlements::parse(section) {
        hidden.extend(placement::why_not(servers, &wanted, is_trial));
        placement::offers(servers, &wanted, is_trial)
    } else {
        hidden.push(t!("What it opens cannot be read. Save the plan again."));
        Vec::new()
    };
    PlanOffer {
        plan,
        prices,
        servers: offered,
        hidden,
    }
}
