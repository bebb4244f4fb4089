//! What the demo house sells, and by which ways of paying.

use std::collections::BTreeMap;

use billing::gateways::{self, GatewayForm};
use billing::plan::{self, NewPlan, PlanKind};
use billing::price::{self, NewPrice, PriceMode};
use db::Tx;
use kit::id::{GatewayId, PlanId, PriceId};
use kit::{Currency, Length, Money, Secret};
use media::Entitlements;
use media::entitlements::SECTION;
use people::account::Account;

use super::Demo;
use super::cast::Offer;
use super::error::DemoError;
use super::outside::STRIPE_KEY;
use super::servers::Servers;

/// What people choose from.
pub struct Catalogue {
    pub prices: BTreeMap<Offer, PriceId>,
    pub solo: PlanId,
    pub family: PlanId,
    pub classics: PlanId,
    pub trial: PlanId,
    /// Cards.
    pub stripe: GatewayId,
    /// Transfers.
    pub by_hand: GatewayId,
}

/// Connects both ways of paying and makes the plans with their prices.
pub async fn make(
    demo: &Demo,
    operator: &Account,
    servers: &Servers,
) -> Result<Catalogue, DemoError> {
    let stripe = connect_stripe(demo, operator).await?;
    let by_hand = connect_by_hand(demo, operator).await?;
    let mut tx = demo.house.db.begin(operator.actor()).await?;
    let solo = plan::create(&mut tx, &solo(servers)).await?;
    let family = plan::create(&mut tx, &family(servers)).await?;
    let classics = plan::create(&mut tx, &classics(servers)).await?;
    let anywhere = plan::create(&mut tx, &anywhere(servers)).await?;
    let trial = plan::create(&mut tx, &trial(servers)).await?;
    let mut prices = prices(&mut tx, &solo, &family, &classics).await?;
    prices.insert(
        Offer::AnywhereMonthly,
        monthly(&mut tx, &anywhere, 900).await?,
    );
    tx.save().await?;
    Ok(Catalogue {
        prices,
        solo,
        family,
        classics,
        trial,
        stripe,
        by_hand,
    })
}

fn solo(servers: &Servers) -> NewPlan {
    let gives = Entitlements {
        groups: vec![servers.standard.clone()],
        servers: vec![servers.aurora.clone()],
        streams: Some(1),
        video_transcoding: true,
        ..Entitlements::default()
    };
    named(
        "Solo",
        "One screen at a time, everything but 4K.",
        1,
        &gives,
    )
}

fn family(servers: &Servers) -> NewPlan {
    let gives = Entitlements {
        groups: vec![servers.standard.clone(), servers.premium.clone()],
        servers: vec![servers.aurora.clone()],
        streams: Some(4),
        video_transcoding: true,
        four_k_transcoding: true,
        downloads: true,
        ..Entitlements::default()
    };
    let words = "Four screens at a time, 4K, and downloads for the train.";
    named("Family", words, 2, &gives)
}

fn classics(servers: &Servers) -> NewPlan {
    let gives = Entitlements {
        groups: vec![servers.classics.clone()],
        servers: vec![servers.borealis.clone()],
        streams: Some(2),
        ..Entitlements::default()
    };
    named(
        "Classics",
        "Silent films and radio plays from our archive in the north.",
        3,
        &gives,
    )
}

fn anywhere(servers: &Servers) -> NewPlan {
    let gives = Entitlements {
        groups: vec![servers.standard.clone()],
        servers: vec![
            servers.aurora.clone(),
            servers.polaris.clone(),
            servers.zenith.clone(),
        ],
        streams: Some(2),
        video_transcoding: true,
        ..Entitlements::default()
    };
    named(
        "Anywhere",
        "On Jellyfin, Plex or Emby, whichever your television speaks.",
        4,
        &gives,
    )
}

fn trial(servers: &Servers) -> NewPlan {
    let gives = Entitlements {
        groups: vec![servers.standard.clone()],
        servers: vec![servers.aurora.clone()],
        streams: Some(1),
        ..Entitlements::default()
    };
    NewPlan {
        trial: Some(Length::days(3)),
        ..named(
            "Trial",
            "Three evenings to look around. Nothing to pay, nothing to cancel.",
            0,
            &gives,
        )
    }
}

fn named(name: &str, description: &str, position: i64, gives: &Entitlements) -> NewPlan {
    NewPlan {
        kind: PlanKind::Membership,
        name: name.to_owned(),
        description: description.to_owned(),
        position,
        trial: None,
        sections: BTreeMap::from([(SECTION.to_owned(), gives.print())]),
    }
}

async fn prices(
    tx: &mut Tx<'_>,
    solo: &PlanId,
    family: &PlanId,
    classics: &PlanId,
) -> Result<BTreeMap<Offer, PriceId>, DemoError> {
    let (once, again) = (PriceMode::Prepaid, PriceMode::Recurring);
    let offers = [
        (Offer::SoloOnce, solo, 600, Length::days(30), once),
        (Offer::SoloMonthly, solo, 600, Length::months(1), again),
        (Offer::FamilyMonthly, family, 1200, Length::months(1), again),
        (Offer::FamilyYear, family, 12_000, Length::years(1), once),
        (Offer::ClassicsOnce, classics, 400, Length::days(30), once),
    ];
    let mut prices = BTreeMap::new();
    for (offer, plan, minor, period, mode) in offers {
        let price = NewPrice {
            plan_id: plan.clone(),
            amount: Money::new(minor, Currency::EUR),
            period,
            mode,
        };
        prices.insert(offer, price::create(tx, &price).await?);
    }
    Ok(prices)
}

async fn monthly(tx: &mut Tx<'_>, plan: &PlanId, minor: i64) -> Result<PriceId, DemoError> {
    let price = NewPrice {
        plan_id: plan.clone(),
        amount: Money::new(minor, Currency::EUR),
        period: Length::months(1),
        mode: PriceMode::Recurring,
    };
    Ok(price::create(tx, &price).await?)
}

async fn connect_stripe(demo: &Demo, operator: &Account) -> Result<GatewayId, DemoError> {
    let form = GatewayForm {
        title: "Card".to_owned(),
        enabled: true,
        one_off: true,
        recurring: true,
        values: BTreeMap::from([("address".to_owned(), demo.outside.stripe.clone())]),
        secrets: BTreeMap::from([("secret_key".to_owned(), Secret::new(STRIPE_KEY))]),
    };
    connect(demo, operator, "stripe", &form).await
}

async fn connect_by_hand(demo: &Demo, operator: &Account) -> Result<GatewayId, DemoError> {
    let words = "Please transfer the amount to Northern Lights, IBAN DE00 0000 0000 0000 0000 00, and put \
                 the reference into the purpose. You may send us a picture of the receipt.";
    let form = GatewayForm {
        title: "Bank transfer".to_owned(),
        enabled: true,
        one_off: true,
        recurring: false,
        values: BTreeMap::from([(billing::manual::INSTRUCTIONS.to_owned(), words.to_owned())]),
        secrets: BTreeMap::new(),
    };
    connect(demo, operator, billing::manual::DRIVER, &form).await
}

/// Saves a gateway and tests it, as the button on its page does.
async fn connect(
    demo: &Demo,
    operator: &Account,
    driver: &str,
    form: &GatewayForm,
) -> Result<GatewayId, DemoError> {
    let tools = &demo.house.tools;
    let card = tools
        .gateways
        .card(driver)
        .ok_or(DemoError::Script("an unknown gateway"))?;
    let mut tx = tools.db.begin(operator.actor()).await?;
    let id = gateways::add(&mut tx, &tools.vault, card, form).await?;
    tx.save().await?;
    let tested = billing::checkout::test_gateway(&tools.gateways, &id, None).await?;
    tested.or_reason().map_err(DemoError::Outside)?;
    Ok(id)
}
