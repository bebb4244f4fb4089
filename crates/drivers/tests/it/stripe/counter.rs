//! A till: a database, the Stripe stand-in, and a gateway that is set up and tested.

use std::collections::BTreeMap;
use std::sync::Arc;

use billing::attempt::{self, Attempt};
use billing::checkout::{self, Opening};
use billing::gateway::{ChargeMode, CheckoutUrls, PriceOffer};
use billing::gateways::{self, GatewayForm, Gateways};
use billing::order::{self, NewOrder, Order, TaxRule};
use billing::payer;
use billing::plan::{self, NewPlan, PlanKind, Sections};
use billing::price::{self, NewPrice, PriceMode};
use billing::subscription::{self, NewSubscription};
use billing::term::{self, Grant};
use db::Db;
use drivers::http::Http;
use drivers::payment;
use http::HeaderMap;
use jobs::{Registry, Runner};
use kit::id::{GatewayId, MemberId, PlanId, SubscriptionId};
use kit::{Actor, Currency, Length, Money, Outcome, Secret, Span, Subject, Timestamp};
use settings::Vault;
use standins::StandinClock;
use testkit::{TestDb, TestWorld, engines, migrated, testworld};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub struct Till {
    pub world: TestWorld,
    pub db: Db,
    pub gateways: Gateways,
    pub id: GatewayId,
    pub stripe: String,
    standins: standins::Running,
    plan: PlanId,
    version: kit::id::PlanVersionId,
    runner: Runner,
    _files: TestDb,
}

pub struct Sale {
    pub subscription: SubscriptionId,
    pub attempt: Attempt,
    pub url: String,
}

fn urls() -> CheckoutUrls {
    CheckoutUrls {
        paid: "http://127.0.0.1:7070/account".to_owned(),
        left: "http://127.0.0.1:7070/plans".to_owned(),
    }
}

/// One for each engine.
pub async fn tills(webhooks: bool) -> Vec<Till> {
    let mut tills = Vec::new();
    for engine in engines().await {
        tills.push(Till::open(engine, webhooks).await);
    }
    tills
}

impl Till {
    async fn open(engine: TestDb, webhooks: bool) -> Self {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let clock = StandinClock::default();
        clock.pin_ms(world.now().ms());
        let standins = standins::start(([127, 0, 0, 1], 0).into(), clock)
            .await
            .unwrap();
        let stripe = standins.stripe.clone();
        let vault = Vault::fresh(&world.world());
        let makers = payment::makers(&Http::new(world.world(), true));
        let gateways = Gateways::new(db.clone(), vault, makers);
        let mut tx = db.begin(Actor::console()).await.unwrap();
        let form = GatewayForm {
            title: "Card".to_owned(),
            enabled: true,
            one_off: true,
            recurring: true,
            values: BTreeMap::from([("address".to_owned(), stripe.clone())]),
            secrets: BTreeMap::from([("secret_key".to_owned(), Secret::new("sk_test_standin"))]),
        };
        let card = gateways.card("stripe").unwrap();
        let id = gateways::add(&mut tx, gateways.vault(), card, &form)
            .await
            .unwrap();
        let plan = NewPlan {
            kind: PlanKind::Membership,
            name: "Family".to_owned(),
            description: String::new(),
            position: 1,
            trial: None,
            sections: Sections::new(),
        };
        let plan = plan::create(&mut tx, &plan).await.unwrap();
        tx.save().await.unwrap();
        let version = plan::find(&db, &plan).await.unwrap().unwrap().version.id;
        let hooks = listen(webhooks.then(|| gateways.clone())).await;
        let tested = checkout::test_gateway(&gateways, &id, Some(&hooks))
            .await
            .unwrap();
        assert!(matches!(tested, Outcome::Done(_)), "{tested:?}");
        let registry = billing::money_jobs::register(Registry::new(), &gateways);
        let runner = Runner::new(db.clone(), registry, Vec::new());
        Self {
            world,
            db,
            gateways,
            id,
            stripe,
            standins,
            plan,
            version,
            runner,
            _files: engine,
        }
    }

    pub async fn sale(&self, mode: ChargeMode, trial_days: u32) -> Sale {
        let (subscription, _, attempt) = self.ordered(mode, trial_days).await;
        let opened = checkout::open(&self.gateways, &attempt.id, urls())
            .await
            .unwrap();
        let Opening::Page(url) = opened else {
            panic!("{opened:?}")
        };
        let attempt = attempt::find(&self.db, &attempt.id).await.unwrap();
        Sale {
            subscription,
            attempt,
            url,
        }
    }

    pub async fn reopen(&self, attempt: &Attempt) -> Opening {
        checkout::open(&self.gateways, &attempt.id, urls())
            .await
            .unwrap()
    }

    /// 15 EUR for a month, ordered and about to be paid.
    pub async fn ordered(
        &self,
        mode: ChargeMode,
        trial_days: u32,
    ) -> (SubscriptionId, Order, Attempt) {
        let amount = Money::new(1500, Currency::EUR);
        let mut tx = self.db.begin(Actor::console()).await.unwrap();
        let new = NewPrice {
            plan_id: self.plan.clone(),
            amount,
            period: Length::months(1),
            mode: PriceMode::Recurring,
        };
        let price = price::create(&mut tx, &new).await.unwrap();
        let owner = Subject::of(&tx.id::<MemberId>());
        let payer = payer::ensure(&mut tx, &owner, "Mara", Some("mara@example.org"))
            .await
            .unwrap();
        let new = NewSubscription {
            subject: owner,
            payer_id: payer.id.clone(),
            plan_version_id: self.version.clone(),
        };
        let subscription = subscription::start(&mut tx, &new).await.unwrap();
        let new = NewOrder {
            payer: payer.id,
            subscription: subscription.clone(),
            plan_version: self.version.clone(),
            price: price.clone(),
            mode,
            title: "Family, 1 month".to_owned(),
            amount,
            length: Length::months(1),
            trial_days,
            tax: TaxRule::default(),
        };
        let order = order::place(&mut tx, &new).await.unwrap();
        let gateway = gateways::find(&mut tx, &self.id).await.unwrap().unwrap();
        let able = self.gateways.card("stripe").unwrap().capabilities;
        let attempt = attempt::begin(&mut tx, &order, &gateway, able)
            .await
            .unwrap();
        tx.save().await.unwrap();
        if mode == ChargeMode::Recurring {
            let offer = self.offer(price);
            for _ in 0..2 {
                let offered = checkout::offer_price(&self.gateways, &self.id, &offer)
                    .await
                    .unwrap();
                assert_eq!(offered, Outcome::Done(()));
            }
        }
        (subscription, order, attempt)
    }

    fn offer(&self, price: kit::id::PriceId) -> PriceOffer {
        PriceOffer {
            plan: self.plan.clone(),
            price,
            name: "Family".to_owned(),
            amount: Money::new(1500, Currency::EUR),
            length: Length::months(1),
        }
    }

    /// An order to the stand-in.
    pub async fn control(&self, what: &str, order: serde_json::Value) -> serde_json::Value {
        let url = format!("{}/_control/{what}", self.stripe);
        let answer = client().post(url).json(&order).send().await.unwrap();
        let ok = answer.status().is_success();
        let text = answer.text().await.unwrap();
        assert!(ok, "{what}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub async fn state(&self) -> serde_json::Value {
        let url = format!("{}/_control/state", self.stripe);
        client()
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn pay(&self, sale: &Sale) {
        let session = sale.attempt.reference.as_ref().unwrap().as_str();
        let paid = self
            .control("pay", serde_json::json!({ "session": session }))
            .await;
        assert_eq!(paid["outcome"], "paid", "{paid}");
    }

    /// Both clocks go on, and everything that is due is done.
    pub async fn later(&self, span: Span) {
        self.world.advance(span);
        self.standins.clock.pin_ms(self.world.now().ms());
        // The stand-in notices what has come due when it is asked.
        self.state().await;
    }

    pub async fn work(&self) {
        self.runner.run_until_idle().await.unwrap();
    }

    /// Like [`Self::work`], by a process that may die.
    pub async fn try_work(&self) -> Result<usize, db::DbError> {
        self.runner.run_until_idle().await
    }

    pub async fn try_open(&self, attempt: &Attempt) -> Result<Opening, billing::BillingError> {
        checkout::open(&self.gateways, &attempt.id, urls()).await
    }

    pub async fn try_reconcile(&self) -> Result<usize, db::DbError> {
        let mut tx = self.db.begin(Actor::console()).await?;
        jobs::add(&mut tx, &billing::money_jobs::ReconcileChanges).await?;
        tx.save().await?;
        self.try_work().await
    }

    /// What the schedule does when no message has come.
    pub async fn reconcile(&self) {
        let mut tx = self.db.begin(Actor::console()).await.unwrap();
        jobs::add(&mut tx, &billing::money_jobs::ReconcileChanges)
            .await
            .unwrap();
        jobs::add(&mut tx, &billing::money_jobs::ReconcileObjects)
            .await
            .unwrap();
        tx.save().await.unwrap();
        self.work().await;
    }

    pub async fn live_grants(&self, sale: &Sale) -> Vec<Grant> {
        let all = term::list_of(&self.db, &sale.subscription).await.unwrap();
        all.into_iter().filter(Grant::is_live).collect()
    }

    pub async fn assert_books(&self) {
        let proof = billing::reconcile::prove(&self.db, Timestamp::EPOCH)
            .await
            .unwrap();
        assert!(proof.is_clean(), "{proof:?}");
    }
}

fn client() -> reqwest::Client {
    // A client without limits of its own: it speaks to this process alone.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().build().unwrap()
}

/// A server that takes messages; without gateways, it loses them all.
async fn listen(gateways: Option<Gateways>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let gateways = Arc::new(gateways);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let gateways = gateways.clone();
            tokio::spawn(async move { take(stream, gateways.as_ref().as_ref()).await });
        }
    });
    address
}

async fn take(stream: TcpStream, gateways: Option<&Gateways>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HeaderMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        let name = http::HeaderName::try_from(name).ok()?;
        headers.insert(name, value.parse().ok()?);
    }
    let length = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let mut parts = path.trim_start_matches("/hooks/").split('/');
    let taken = match gateways {
        None => false,
        Some(gateways) => {
            let (driver, key) = (parts.next()?, parts.next()?);
            billing::inbox::receive(gateways, driver, key, &headers, &body)
                .await
                .is_ok()
        }
    };
    let status = if taken { "200 OK" } else { "503 Lost" };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.ok()
}
