//! The real binary, killed twenty times at moments that nobody chose, while people buy: each of them gets exactly
//! what they paid for.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kit::Span;
use kit::id::{AttemptId, Id};
use testkit::{TestDb, engines};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Browser, Lots, Outside, Shop, TestSite};

const KILLS: usize = 20;
/// How many begin to buy in each life of the process.
const A_LIFE: usize = 2;
const LIBRARIES: [&str; 2] = ["Movies", "Series"];

/// Somebody with a browser, who wants a month.
struct Buyer {
    name: String,
    browser: Browser,
    outside: Arc<Outside>,
    shop: Shop,
}

impl Buyer {
    async fn new(site: &TestSite, shop: &Shop, number: usize) -> Self {
        let name = format!("Buyer{number:02}");
        let account = site.account(&name).await;
        let mut browser = Browser::of(site, &account).await;
        let address = format!("203.0.113.{number}");
        browser.headers.push(("x-forwarded-for", address));
        Self {
            name,
            browser,
            outside: site.outside.clone(),
            shop: shop.clone(),
        }
    }

    /// Presses the button until the gateway's page comes, and pays it once. Answers the page's session.
    async fn buys(mut self) -> String {
        let path = format!("/checkout/{}", self.shop.plan);
        let media_name = self.name.to_lowercase();
        let fields = [
            ("price", self.shop.month.as_str()),
            ("gateway", self.shop.stripe.as_str()),
            ("media", "new"),
            ("media_name", media_name.as_str()),
            ("media_password", "a quiet evening"),
        ];
        let mut last = None;
        for _ in 0..600 {
            let page = self.browser.try_post(&path, &fields).await;
            if let Some(page) = &page
                && page.location().starts_with(&self.outside.stripe("/"))
            {
                let session = page.location().rsplit('/').next().unwrap();
                let paid = self.outside.pay(session, "4242424242424242").await;
                assert_eq!(paid["outcome"], "paid", "{}: {paid}", self.name);
                return session.to_owned();
            }
            last = page.or(last);
            sleep(Duration::from_millis(100)).await;
        }
        panic!("{} never came to the gateway: {last:?}", self.name);
    }
}

/// Lives and dies; answers the sessions that were paid.
async fn twenty_lives(site: TestSite, shop: &Shop) -> (TestSite, BTreeSet<String>) {
    let mut lots = Lots::new();
    let mut buyers = Vec::new();
    for number in 0..KILLS * A_LIFE {
        buyers.push(Buyer::new(&site, shop, number).await);
    }
    let mut buyers = buyers.into_iter();
    let vacant = site.vacate().await;
    let mut buying = JoinSet::new();
    for _ in 0..KILLS {
        let mut process = vacant.serve();
        for buyer in buyers.by_ref().take(A_LIFE) {
            buying.spawn(buyer.buys());
        }
        // One in five dies while it starts, the others at work.
        if lots.below(5) > 0 {
            process.is_open().await;
        }
        sleep(lots.ms_below(1200)).await;
        process.kill().await;
    }
    let mut process = vacant.serve();
    process.is_open().await;
    let sessions = buying.join_all().await;
    sleep(lots.ms_below(1200)).await;
    process.kill().await;
    (vacant.taken_up().await, sessions.into_iter().collect())
}

/// What the gateway holds is what was bought here, neither more nor less.
async fn assert_gateway_agrees(site: &TestSite, paid: &BTreeSet<String>) {
    let sessions = site.outside.at_stripe("checkout.session").await;
    let word = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
    let settled: BTreeSet<String> = sessions
        .iter()
        .filter(|one| one["payment_status"] == "paid")
        .map(|one| word(one, "id"))
        .collect();
    assert_eq!(&settled, paid, "only what a buyer paid is paid");
    let mut attempts = BTreeSet::new();
    for session in &sessions {
        let id = AttemptId::parse(&word(session, "client_reference_id")).expect("an attempt");
        let attempt = billing::attempt::find(&site.house.db, &id).await;
        assert!(attempt.unwrap().state.is_over(), "nothing hangs");
        assert!(attempts.insert(id), "one page for one attempt");
    }
    let intents = site.outside.at_stripe("payment_intent").await;
    let charged = intents.iter().filter(|one| one["status"] == "succeeded");
    assert_eq!(charged.count(), paid.len(), "nobody is charged twice");
    site.assert_no_orphans().await;
}

async fn assert_everybody_has_what_they_paid(site: &TestSite) {
    for number in 0..KILLS * A_LIFE {
        let name = format!("Buyer{number:02}");
        let standing = site.standing(&name).await;
        assert!(standing.has_access(), "{name}: {:?}", standing.status);
        assert_eq!(site.live_grants(&name).await, 1, "{name}: one grant");
        let payments = site.payments_of(&standing.subscription.id).await;
        assert_eq!(payments.len(), 1, "{name}: booked once");
        let opened = site.opened(&name.to_lowercase()).await;
        assert_eq!(opened, LIBRARIES, "{name}: the plan's libraries");
    }
    assert_eq!(site.payments().await.len(), KILLS * A_LIFE);
    site.assert_books().await;
    site.assert_no_failures().await;
}

async fn killed_while_people_buy(engine: &TestDb) {
    let site = TestSite::in_real_time(engine).await;
    let shop = site.set_up().await;
    let (site, paid) = twenty_lives(site, &shop).await;
    assert_eq!(paid.len(), KILLS * A_LIFE);
    for _ in 0..4 {
        site.stride(Span::minutes(11)).await;
    }
    site.stride(Span::minutes(61)).await;
    site.stride(Span::minutes(61)).await;
    assert_everybody_has_what_they_paid(&site).await;
    assert_gateway_agrees(&site, &paid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_what_they_paid_for_though_the_process_dies_twenty_times() {
    for engine in engines().await {
        killed_while_people_buy(&engine).await;
    }
}
