//! A house as operators have it: opened like the real one, with stand-ins, one server, one plan, and Stripe.

use std::collections::BTreeMap;

use app::{House, Opening};
use billing::checkout;
use billing::gateways::{self, GatewayForm};
use billing::plan::{self, NewPlan, PlanKind};
use billing::price::{self, NewPrice, PriceMode};
use db::{Address, Options};
use flows::told_later::OfferPrices;
use kit::id::{GatewayId, OwnerAccountId, PlanId, PriceId, ServerId};
use kit::{Actor, Currency, Length, Money, Secret, World};
use media::adding::{self, Examined, Opening as Door};
use media::server::Choices;
use media::{Entitlements, group, library, owner};
use people::registration::RegistrationSettings;
use settings::SiteSettings;
use standins::{Running, StandinClock};
use web::SiteConfig;

use crate::Fallible;
use crate::machine::Folder;

/// The house, the outside, and what is sold.
pub struct Shop {
    pub house: House,
    pub outside: Running,
    pub server: ServerId,
    pub plan: PlanId,
    pub price: PriceId,
    pub stripe: GatewayId,
}

/// What the plan gives: what the Jellyfin stand-in gives its users by itself, so that nothing has drifted.
pub fn entitlements() -> Entitlements {
    Entitlements {
        groups: vec![group::standard()],
        video_transcoding: true,
        downloads: true,
        ..Entitlements::default()
    }
}

impl Shop {
    /// Opens the house on a database and sells one plan. `site`: where the gateway's messages go.
    pub async fn open(on: Address, folder: &Folder, site: &str) -> Fallible<Self> {
        let outside = standins::start("127.0.0.1:0".parse()?, StandinClock::default()).await?;
        let house = open(on, folder, app::world::real()).await?;
        set_up_site(&house, site).await?;
        let key = Door::ApiKey(Secret::new(standins::jellyfin::API_KEY));
        let servers = house.tools.servers();
        let seen = adding::examine(&servers, "jellyfin", &outside.jellyfin, key).await?;
        let server = take_in(&house, &seen).await?;
        let plan = add_plan(&house).await?;
        let price = add_price(&house, &plan).await?;
        let stripe = connect_stripe(&house, &outside.stripe, site).await?;
        let mut tx = house.db.begin(Actor::console()).await?;
        OfferPrices::ask(&mut tx).await?;
        tx.save().await?;
        house.runner.run_until_idle().await?;
        Ok(Self {
            house,
            outside,
            server,
            plan,
            price,
            stripe,
        })
    }
}

async fn set_up_site(house: &House, address: &str) -> Fallible<()> {
    let mut tx = house.db.begin(Actor::console()).await?;
    let site = SiteSettings {
        name: "Northern Lights".to_owned(),
        public_url: address.to_owned(),
        contact_email: "robin@lights.example".to_owned(),
        ..SiteSettings::default()
    };
    settings::save(&mut tx, &site, 0).await?;
    let registration = RegistrationSettings {
        open: true,
        skip_confirmation: true,
        platform_only: false,
    };
    settings::save(&mut tx, &registration, 0).await?;
    Ok(tx.save().await?)
}

/// A house that talks to stand-ins.
pub async fn open(on: Address, folder: &Folder, world: World) -> Fallible<House> {
    let opening = Opening {
        database: Options::new(on),
        data: folder.path().to_owned(),
        site: SiteConfig {
            allow_standins: true,
            ..SiteConfig::default()
        },
    };
    Ok(House::open(opening, world).await?)
}

/// Adds a server that was looked at: it takes everybody, and its Movies and Series are what is sold.
pub async fn take_in(house: &House, seen: &Examined) -> Fallible<ServerId> {
    let mut tx = house.db.begin(Actor::console()).await?;
    let server = adding::add(&mut tx, &house.tools.vault, seen).await?;
    let enabled = Choices {
        enabled: true,
        ceiling: None,
        ..Choices::of(&server)
    };
    media::server::change(&mut tx, &server.id, enabled).await?;
    let ids: Vec<_> = library::list_of_server(&mut tx, &server.id)
        .await?
        .into_iter()
        .filter(|library| ["Movies", "Series"].contains(&library.name.as_str()))
        .map(|library| library.id)
        .collect();
    group::put_libraries(&mut tx, &server.id, &ids, &group::standard()).await?;
    tx.save().await?;
    Ok(server.id)
}

/// Signs in the owner of the stand-in's servers, as Plex's own page would.
pub async fn sign_in_owner(house: &House, plex_tv: &str, key: &str) -> Fallible<OwnerAccountId> {
    let (key, base) = (Secret::new(key), plex_tv.to_owned());
    let platform = house.tools.servers().platform("plex", Some(&base))?;
    let account = platform.who(&key).await.done().ok_or("no such owner")?;
    let mut tx = house.db.begin(Actor::console()).await?;
    let vault = &house.tools.vault;
    let owner = owner::sign_in(&mut tx, vault, "plex", &base, &account, &key).await?;
    tx.save().await?;
    Ok(owner.id)
}

async fn add_plan(house: &House) -> Fallible<PlanId> {
    let new = NewPlan {
        kind: PlanKind::Membership,
        name: "Family".to_owned(),
        description: "Everything, on every screen.".to_owned(),
        position: 1,
        trial: None,
        sections: BTreeMap::from([("media".to_owned(), entitlements().print())]),
    };
    let mut tx = house.db.begin(Actor::console()).await?;
    let plan = plan::create(&mut tx, &new).await?;
    plan::set_active(&mut tx, &plan, true).await?;
    tx.save().await?;
    Ok(plan)
}

async fn add_price(house: &House, plan: &PlanId) -> Fallible<PriceId> {
    let new = NewPrice {
        plan_id: plan.clone(),
        amount: Money::new(1200, Currency::EUR),
        period: Length::months(1),
        mode: PriceMode::Prepaid,
    };
    let mut tx = house.db.begin(Actor::console()).await?;
    let id = price::create(&mut tx, &new).await?;
    tx.save().await?;
    Ok(id)
}

async fn connect_stripe(house: &House, address: &str, site: &str) -> Fallible<GatewayId> {
    let card = house
        .tools
        .gateways
        .card("stripe")
        .ok_or("no driver for Stripe")?;
    let form = GatewayForm {
        title: "Card".to_owned(),
        enabled: true,
        one_off: true,
        recurring: false,
        values: BTreeMap::from([("address".to_owned(), address.to_owned())]),
        secrets: BTreeMap::from([("secret_key".to_owned(), Secret::new("sk_test_standin"))]),
    };
    let mut tx = house.db.begin(Actor::console()).await?;
    let id = gateways::add(&mut tx, &house.tools.vault, card, &form).await?;
    tx.save().await?;
    let tested = checkout::test_gateway(&house.tools.gateways, &id, Some(site)).await?;
    tested.done().ok_or("Stripe cannot be connected")?;
    Ok(id)
}
