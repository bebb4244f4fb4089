//! One test's house and what a test does with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use app::{House, Opening};
use billing::checkout::{self, Opening as Page};
use billing::gateway::CheckoutUrls;
use billing::gateways::{self, GatewayForm};
use billing::plan::{self, NewPlan, PlanKind};
use billing::price::{self, NewPrice, PriceMode};
use db::Options;
use flows::told_at_once::checkout::{self as at_once, Begun, Choice, MediaChoice};
use kit::id::{GatewayId, PlanId, PriceId, ServerId};
use kit::{Actor, Currency, Email, Length, Money, Secret, Span};
use media::adding::{self, Opening as Door};
use media::credentials::Credentials;
use media::server::Choices;
use media::{Entitlements, group, library};
use people::account::{self, Account, NewAccount};
use people::registration::RegistrationSettings;
use settings::SiteSettings;
use testkit::{TestDb, TestWorld};
use web::SiteConfig;

use super::Outside;

/// A house with its stand-ins. Dropped with failed jobs, it fails the test.
pub struct TestSite {
    pub world: TestWorld,
    pub outside: Arc<Outside>,
    pub house: House,
    pub on: TestDb,
    address: String,
    pub(super) server: tokio::task::JoinHandle<()>,
    pub(super) folder: Arc<Folder>,
}

pub(super) struct Folder(pub(super) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// What the house sells, once it is set up.
#[derive(Debug, Clone)]
pub struct Shop {
    pub server: ServerId,
    pub stripe: GatewayId,
    pub plan: PlanId,
    pub month: PriceId,
    pub monthly: PriceId,
}

impl Drop for TestSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestSite {
    pub async fn on(engine: &TestDb) -> Self {
        let world = testkit::testworld();
        let outside = Arc::new(Outside::at(world.now()).await);
        Self::built(world, outside, engine).await
    }

    /// A house that can be handed over to a process of its own: at the machine's time, inside and outside.
    pub async fn in_real_time(engine: &TestDb) -> Self {
        let world = testkit::testworld();
        world.set(app::world::real().now());
        let outside = Arc::new(Outside::in_real_time().await);
        Self::built(world, outside, engine).await
    }

    async fn built(world: TestWorld, outside: Arc<Outside>, engine: &TestDb) -> Self {
        let name = format!(
            "playhouse-site-{}-{}",
            std::process::id(),
            world.world().token()
        );
        let unique = engine_name(engine);
        let folder = Arc::new(Folder(
            std::env::temp_dir().join(format!("{name}-{unique}")),
        ));
        std::fs::create_dir_all(&folder.0).unwrap();
        Self::open(world, outside, engine.clone(), folder).await
    }

    pub(super) async fn open(
        world: TestWorld,
        outside: Arc<Outside>,
        on: TestDb,
        folder: Arc<Folder>,
    ) -> Self {
        let opening = Opening {
            database: Options {
                address: on.address.clone(),
                connections: 4,
                durable: false,
            },
            data: folder.0.clone(),
            site: SiteConfig {
                allow_standins: true,
                ..SiteConfig::default()
            },
        };
        let house = House::open(opening, world.world()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = house
            .router()
            .into_make_service_with_connect_info::<std::net::SocketAddr>();
        let server = tokio::spawn(async move { drop(axum::serve(listener, service).await) });
        Self {
            world,
            outside,
            house,
            on,
            address,
            server,
            folder,
        }
    }

    /// The same database, a new process: as after a crash. Its address is another.
    pub async fn reopened(self) -> Self {
        self.world.revive();
        self.house.db.close().await;
        let (world, outside) = (self.world.clone(), self.outside.clone());
        let (on, folder) = (self.on.clone(), self.folder.clone());
        drop(self);
        Self::open(world, outside, on, folder).await
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Runs all jobs that are due, and those that follow.
    pub async fn run_jobs(&self) {
        self.house.runner.run_until_idle().await.unwrap();
    }

    /// Gives every schedule its turn if it has come, and runs what follows.
    pub async fn turn(&self) {
        self.house.runner.turn_schedules().await.unwrap();
        self.run_jobs().await;
    }

    /// Moves both clocks, in steps of an hour at most, so that schedules come as they would.
    pub async fn advance(&self, by: Span) {
        let mut left = by.as_ms();
        while left > 0 {
            let step = left.min(Span::hours(6).as_ms());
            self.world.advance(Span::ms(step));
            self.outside.advance(Span::ms(step)).await;
            self.turn().await;
            left -= step;
        }
    }

    /// Waits for webhooks that are on their way, then runs what follows.
    pub async fn hear(&self) {
        for _ in 0..8 {
            tokio::time::sleep(std::time::Duration::from_millis(120)).await;
            self.run_jobs().await;
        }
    }

    /// Like [`Self::hear`], in a process that may die meanwhile.
    pub async fn try_hear(&self) {
        for _ in 0..8 {
            tokio::time::sleep(std::time::Duration::from_millis(120)).await;
            drop(self.house.runner.run_until_idle().await);
        }
    }

    /// No job is left in the list of failures.
    pub async fn assert_no_failures(&self) {
        let failed = jobs::list_failed(&self.house.db, &kit::PageAsked::first(50))
            .await
            .unwrap();
        let words: Vec<String> = failed
            .rows
            .iter()
            .map(|job| {
                format!(
                    "{}: {:?}",
                    job.name,
                    job.last_error.as_ref().map(kit::Text::in_english)
                )
            })
            .collect();
        assert!(words.is_empty(), "jobs failed: {words:#?}");
    }

    /// A shop with one server, one plan at two prices, and Stripe.
    pub async fn set_up(&self) -> Shop {
        self.set_up_on("jellyfin").await
    }

    /// The same with a server of this kind.
    pub async fn set_up_on(&self, kind: &str) -> Shop {
        self.settings().await;
        let server = self.add_server_of(kind).await;
        self.set_up_with(server).await
    }

    /// The same with a server that is here already.
    pub async fn set_up_with(&self, server: ServerId) -> Shop {
        let plan = self.add_plan().await;
        let month = self.add_price(&plan, PriceMode::Prepaid).await;
        let monthly = self.add_price(&plan, PriceMode::Recurring).await;
        let stripe = self.connect_stripe().await;
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        flows::told_later::OfferPrices::ask(&mut tx).await.unwrap();
        tx.save().await.unwrap();
        self.run_jobs().await;
        Shop {
            server,
            stripe,
            plan,
            month,
            monthly,
        }
    }

    pub async fn settings(&self) {
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let site = SiteSettings {
            name: "Northern Lights".to_owned(),
            public_url: self.address.clone(),
            contact_email: "robin@example.org".to_owned(),
            ..SiteSettings::default()
        };
        settings::save(&mut tx, &site, 0).await.unwrap();
        let registration = RegistrationSettings {
            open: true,
            skip_confirmation: true,
            platform_only: false,
        };
        settings::save(&mut tx, &registration, 0).await.unwrap();
        tx.save().await.unwrap();
    }

    /// One more server of a kind, in use.
    pub async fn add_server_of(&self, kind: &str) -> ServerId {
        let running = &self.outside.running;
        let (address, key) = match kind {
            "emby" => (&running.emby, standins::emby::API_KEY),
            _ => (&running.jellyfin, standins::jellyfin::API_KEY),
        };
        let servers = self.house.tools.servers();
        let key = Door::ApiKey(Secret::new(key));
        let seen = adding::examine(&servers, kind, address, key).await.unwrap();
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let server = adding::add(&mut tx, &self.house.tools.vault, &seen)
            .await
            .unwrap();
        tx.save().await.unwrap();
        self.enable(&server).await;
        server.id
    }

    /// Takes members on a server that arrived, and puts its films and series into the standard group.
    pub async fn enable(&self, server: &media::Server) {
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let enabled = Choices {
            enabled: true,
            ceiling: Some(100),
            ..Choices::of(server)
        };
        media::server::change(&mut tx, &server.id, enabled)
            .await
            .unwrap();
        let ids: Vec<_> = library::list_of_server(&mut tx, &server.id)
            .await
            .unwrap()
            .into_iter()
            .filter(|library| ["Movies", "Films", "Series"].contains(&library.name.as_str()))
            .map(|library| library.id)
            .collect();
        group::put_libraries(&mut tx, &server.id, &ids, &group::standard())
            .await
            .unwrap();
        tx.save().await.unwrap();
    }

    async fn add_plan(&self) -> PlanId {
        self.add_plan_of("Family", group::standard(), None).await
    }

    /// A plan that is free for a week.
    pub async fn add_trial_plan(&self) -> PlanId {
        let week = Some(Length::days(7));
        self.add_plan_of("Taster", group::standard(), week).await
    }

    /// One more plan, which takes the films for itself: its id, and its price for a month.
    pub async fn add_small_plan(&self, shop: &Shop) -> (PlanId, PriceId) {
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let films = group::create(&mut tx, "Films").await.unwrap();
        let ids: Vec<_> = library::list_of_server(&mut tx, &shop.server)
            .await
            .unwrap()
            .into_iter()
            .filter(|library| library.name == "Movies")
            .map(|library| library.id)
            .collect();
        group::put_libraries(&mut tx, &shop.server, &ids, &films.id)
            .await
            .unwrap();
        tx.save().await.unwrap();
        let plan = self.add_plan_of("Small", films.id, None).await;
        let price = self.add_price(&plan, PriceMode::Prepaid).await;
        (plan, price)
    }

    async fn add_plan_of(
        &self,
        name: &str,
        group: kit::id::GroupId,
        trial: Option<Length>,
    ) -> PlanId {
        let media = Entitlements {
            groups: vec![group],
            ..Entitlements::default()
        };
        let new = NewPlan {
            kind: PlanKind::Membership,
            name: name.to_owned(),
            description: String::new(),
            position: 1,
            trial,
            sections: BTreeMap::from([("media".to_owned(), media.print())]),
        };
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let plan = plan::create(&mut tx, &new).await.unwrap();
        plan::set_active(&mut tx, &plan, true).await.unwrap();
        tx.save().await.unwrap();
        plan
    }

    async fn add_price(&self, plan: &PlanId, mode: PriceMode) -> PriceId {
        let new = NewPrice {
            plan_id: plan.clone(),
            amount: Money::new(1200, Currency::EUR),
            period: Length::months(1),
            mode,
        };
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let id = price::create(&mut tx, &new).await.unwrap();
        tx.save().await.unwrap();
        id
    }

    async fn connect_stripe(&self) -> GatewayId {
        let card = self.house.tools.gateways.card("stripe").unwrap();
        let form = GatewayForm {
            title: "Card".to_owned(),
            enabled: true,
            one_off: true,
            recurring: true,
            values: BTreeMap::from([("address".to_owned(), self.outside.running.stripe.clone())]),
            secrets: BTreeMap::from([("secret_key".to_owned(), Secret::new("sk_test_standin"))]),
        };
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let id = gateways::add(&mut tx, &self.house.tools.vault, card, &form)
            .await
            .unwrap();
        tx.save().await.unwrap();
        self.listen_at(&id).await;
        id
    }

    /// Has the gateway send its messages to where this house is now.
    pub async fn listen(&self, shop: &Shop) {
        self.listen_at(&shop.stripe).await;
    }

    async fn listen_at(&self, id: &GatewayId) {
        let tested = checkout::test_gateway(&self.house.tools.gateways, id, Some(&self.address))
            .await
            .unwrap();
        assert!(tested.done().is_some(), "Stripe can be connected");
    }

    pub async fn administrator(&self, name: &str) -> Account {
        let email = Email::parse(&format!("{}@house.example", name.to_lowercase())).unwrap();
        let new = NewAccount::administrator(email, name.to_owned());
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let account = account::create(&mut tx, &new, None).await.unwrap();
        tx.save().await.unwrap();
        account
    }

    pub async fn account(&self, name: &str) -> Account {
        let email = Email::parse(&format!("{}@example.org", name.to_lowercase())).unwrap();
        if let Some(known) = account::find_by_email(&self.house.db, &email)
            .await
            .unwrap()
        {
            return known;
        }
        let new = NewAccount {
            confirmed: true,
            ..NewAccount::customer(email, name.to_owned())
        };
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let account = account::create(&mut tx, &new, None).await.unwrap();
        tx.save().await.unwrap();
        account
    }

    /// Chooses a price and is sent to the gateway's page. Answers the page's session.
    pub async fn begin_checkout(
        &self,
        who: &str,
        shop: &Shop,
        price: &PriceId,
    ) -> Result<(Begun, String), String> {
        self.begin_as(who, &who.to_lowercase(), shop, price).await
    }

    /// Like [`Self::begin_checkout`], with a name of their choice on the media server.
    pub async fn begin_as(
        &self,
        who: &str,
        media_name: &str,
        shop: &Shop,
        price: &PriceId,
    ) -> Result<(Begun, String), String> {
        let account = self.account(who).await;
        let credentials = Credentials::parse(media_name, "a quiet evening").unwrap();
        let choice = Choice {
            price: price.clone(),
            gateway: shop.stripe.clone(),
            location: None,
            platform: None,
            media: MediaChoice::New(credentials),
        };
        let begun = at_once::begin(&self.house.tools, &account, &choice)
            .await
            .map_err(|e| e.text().map_or_else(|| e.to_string(), |it| it.in_english()))?;
        let urls = CheckoutUrls {
            paid: format!("{}/checkout/return/{}", self.address, begun.attempt),
            left: format!("{}/checkout/left/{}", self.address, begun.attempt),
        };
        let page = checkout::open(&self.house.tools.gateways, &begun.attempt, urls).await;
        match page.map_err(|e| e.to_string())? {
            Page::Page(url) => Ok((begun, url.rsplit('/').next().unwrap_or_default().to_owned())),
            other => Err(format!("{other:?}")),
        }
    }

    /// Buys, and pays with a card that works. What follows is left to jobs.
    pub async fn buy(&self, who: &str, shop: &Shop, price: &PriceId) -> Result<Begun, String> {
        let (begun, session) = self.begin_checkout(who, shop, price).await?;
        self.outside.pay(&session, "4242424242424242").await;
        Ok(begun)
    }
}

fn engine_name(engine: &TestDb) -> &'static str {
    match engine.engine {
        db::Engine::Sqlite => "sqlite",
        db::Engine::Postgres => "postgres",
    }
}
