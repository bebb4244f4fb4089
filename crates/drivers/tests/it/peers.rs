//! Our Stripe driver against two servers that others wrote, as far as each of them reaches. They are started
//! by `tests/peers/run-drivers`; without it these tests are left out.
//!
//! `emulate` has Checkout, but no prices in place (`price_data`), no lookup keys, no line items and no
//! payments behind a session. `localstripe` has payments, refunds and subscriptions as of 2017: no Checkout, no
//! `created` filter and no `types` on its lists, so what changed cannot be listed there. What a peer lacks is
//! asserted too, so that a newer one which has it is noticed.

use std::sync::atomic::{AtomicI64, Ordering};

use billing::PaymentGateway;
use billing::fact::{CheckoutState, Fact, PaymentState, RefundProgress};
use billing::gateway::{
    Breadth, ChargeMode, CheckoutAsked, CheckoutLine, CheckoutSought, CheckoutUrls, Customer,
    GatewayRef, PriceOffer, RefundAsked, When,
};
use billing::gateways::GatewayConfig;
use drivers::http::{Call, Http};
use drivers::payment;
use kit::id::{AttemptId, GatewayId, Id, RefundId};
use kit::{Currency, Length, Money, Outcome, Secret, Span, Timestamp, World};
use serde_json::Value;

const KEY: &str = "sk_test_12345";

/// Lots repeat and a name holds its moment: two tests of one moment would make each other's names.
static NTH: AtomicI64 = AtomicI64::new(0);

/// A peer and our driver, connected to it.
struct Peer {
    address: String,
    http: Http,
    world: World,
    driver: Box<dyn PaymentGateway>,
}

impl Peer {
    /// The peer whose address the environment names.
    fn of(variable: &str) -> Self {
        let address =
            std::env::var(variable).expect("tests/peers/run-drivers says where the peer is");
        let clock = testkit::testworld();
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let nth = NTH.fetch_add(1, Ordering::Relaxed);
        let ms = i64::try_from(since.as_secs()).unwrap() * 1_000 + nth;
        clock.set(Timestamp::from_ms(ms));
        let world = clock.world();
        let http = Http::new(world.clone(), true);
        let config = GatewayConfig {
            id: GatewayId::fresh(&world),
            values: [("address".to_owned(), address.clone())].into(),
            secrets: [("secret_key".to_owned(), Secret::new(KEY))].into(),
            account: "acct_peer".to_owned(),
        };
        let driver = (payment::stripe::DRIVER.connect)(config, http.clone());
        Self {
            address,
            http,
            world,
            driver,
        }
    }

    /// Calls the peer as its own users would.
    async fn post(&self, path: &str, form: &str) -> Value {
        self.call("POST", path, form).await
    }

    async fn call(&self, method: &str, path: &str, form: &str) -> Value {
        let url = format!("{}{path}", self.address).parse().unwrap();
        let mut call = Call::new(method.parse().unwrap(), url);
        let headers = [
            ("authorization", format!("Bearer {KEY}")),
            (
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
        ];
        for (name, value) in headers {
            call.headers.insert(name, value.parse().unwrap());
        }
        call.body = Some(form.as_bytes().to_vec());
        let answer = self.http.send(call).await.done().unwrap();
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    fn asked(&self, mode: ChargeMode, price: Option<GatewayRef>) -> CheckoutAsked {
        CheckoutAsked {
            attempt: AttemptId::fresh(&self.world),
            payer: Id::fresh(&self.world),
            subscription: Id::fresh(&self.world),
            mode,
            line: CheckoutLine {
                name: "Family, 1 month".to_owned(),
                amount: twelve(),
                price,
                length: Length::months(1),
                trial_days: None,
            },
            customer: Customer::default(),
            urls: CheckoutUrls {
                paid: "http://127.0.0.1:7070/account".to_owned(),
                left: "http://127.0.0.1:7070/plans".to_owned(),
            },
            expires_at: self.world.clock.now() + Span::hours(1),
        }
    }

    fn offer(&self) -> PriceOffer {
        PriceOffer {
            plan: Id::fresh(&self.world),
            price: Id::fresh(&self.world),
            name: "Family".to_owned(),
            amount: twelve(),
            length: Length::months(1),
        }
    }

    /// A price that somebody made on the gateway's own pages.
    async fn price(&self) -> GatewayRef {
        let product = name_of(&self.post("/v1/products", "name=Family").await);
        let price =
            format!("product={product}&unit_amount=1200&currency=eur&recurring[interval]=month");
        name_of(&self.post("/v1/prices", &price).await)
    }

    /// A subscription as the peer itself shows it.
    async fn subscription(&self, name: &GatewayRef) -> Value {
        self.call("GET", &format!("/v1/subscriptions/{name}"), "")
            .await
    }
}

fn emulate() -> Peer {
    Peer::of("PLAYHOUSE_PEER_EMULATE")
}

fn localstripe() -> Peer {
    Peer::of("PLAYHOUSE_PEER_LOCALSTRIPE")
}

fn twelve() -> Money {
    Money::new(1200, Currency::EUR)
}

fn name_of(object: &Value) -> GatewayRef {
    GatewayRef::new(
        object["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no object: {object}")),
    )
}

#[tokio::test]
#[ignore = "needs emulate: tests/peers/run-drivers"]
async fn a_page_of_emulate_is_opened_found_paid_and_read() {
    let peer = emulate();
    let price = peer.price().await;
    let asked = peer.asked(ChargeMode::Recurring, Some(price));
    let page = peer.driver.create_checkout(&asked).await.done().unwrap();
    assert!(page.url.is_some(), "an open page has an address");
    let mut sought = CheckoutSought {
        attempt: asked.attempt.clone(),
        reference: None,
        sent_at: peer.world.clock.now(),
    };
    for reference in [None, Some(page.reference.clone())] {
        sought.reference = reference;
        let found = peer.driver.find_checkout(&sought).await.done().unwrap();
        assert_eq!(
            found.as_ref(),
            Some(&page),
            "found by its mark and by its name"
        );
    }
    peer.post(&format!("/checkout/{}/complete", page.reference), "")
        .await;
    let facts = peer.driver.fetch(&page.reference).await.done().unwrap();
    let [Fact::Checkout(fact)] = facts.as_slice() else {
        panic!("emulate makes no subscription: {facts:?}");
    };
    assert_eq!(
        (fact.state, fact.attempt.as_ref()),
        (CheckoutState::Complete, Some(&asked.attempt))
    );
}

#[tokio::test]
#[ignore = "needs emulate: tests/peers/run-drivers"]
async fn a_page_of_emulate_is_closed_and_its_lacks_are_refusals() {
    let peer = emulate();
    let price = peer.price().await;
    let asked = peer.asked(ChargeMode::Recurring, Some(price));
    let page = peer.driver.create_checkout(&asked).await.done().unwrap();
    peer.driver
        .expire_checkout(&page.reference)
        .await
        .done()
        .unwrap();
    let facts = peer.driver.fetch(&page.reference).await.done().unwrap();
    assert!(
        matches!(facts.as_slice(), [Fact::Checkout(fact)] if fact.state == CheckoutState::Expired)
    );
    let offered = peer.driver.offer_price(&peer.offer()).await;
    assert!(
        matches!(offered, Outcome::Refused(_)),
        "a product gets another id: {offered:?}"
    );
    let one_off = peer.asked(ChargeMode::OneOff, None);
    let refused = peer.driver.create_checkout(&one_off).await;
    assert!(
        matches!(refused, Outcome::Refused(_)),
        "emulate wants a price: {refused:?}"
    );
}

#[tokio::test]
#[ignore = "needs localstripe: tests/peers/run-drivers"]
async fn a_payment_of_localstripe_is_read_and_sent_back() {
    let peer = localstripe();
    let attempt = AttemptId::fresh(&peer.world);
    let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
    let method = name_of(&peer.post("/v1/payment_methods", card).await);
    let form = format!(
        "amount=1200&currency=eur&payment_method={method}&confirm=true&metadata[attempt]={attempt}"
    );
    let intent = name_of(&peer.post("/v1/payment_intents", &form).await);
    let facts = peer.driver.fetch(&intent).await.done().unwrap();
    let [Fact::Payment(payment)] = facts.as_slice() else {
        panic!("a payment: {facts:?}");
    };
    // Of 2017: it does not say how much of the amount was received.
    let nothing = Money::new(0, Currency::EUR);
    assert_eq!(
        (payment.state, payment.amount),
        (PaymentState::Settled, nothing)
    );
    assert_eq!(payment.attempt.as_ref(), Some(&attempt));
    let asked = RefundAsked {
        refund: RefundId::fresh(&peer.world),
        transaction: intent,
        amount: Money::new(500, Currency::EUR),
    };
    assert!(
        peer.driver
            .find_refund(&asked)
            .await
            .done()
            .unwrap()
            .is_none()
    );
    let sent = peer.driver.refund(&asked).await.done().unwrap();
    assert_eq!(
        (sent.state, sent.amount),
        (RefundProgress::Succeeded, asked.amount)
    );
    let found = peer.driver.find_refund(&asked).await.done().unwrap();
    assert_eq!(found.map(|it| it.reference), Some(sent.reference));
}

/// A customer of localstripe with a card that works and a subscription that bears our mark.
async fn subscribed(peer: &Peer, attempt: &AttemptId) -> GatewayRef {
    let customer = name_of(&peer.post("/v1/customers", "email=mara@example.org").await);
    let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
    let method = name_of(&peer.post("/v1/payment_methods", card).await);
    let attach = format!("/v1/payment_methods/{method}/attach");
    peer.post(&attach, &format!("customer={customer}")).await;
    let default = format!("invoice_settings[default_payment_method]={method}");
    peer.post(&format!("/v1/customers/{customer}"), &default)
        .await;
    let product = name_of(&peer.post("/v1/products", "name=Family&type=service").await);
    let plan = format!("product={product}&amount=1200&currency=eur&interval=month");
    let plan = name_of(&peer.post("/v1/plans", &plan).await);
    let form = format!("customer={customer}&items[0][plan]={plan}&metadata[attempt]={attempt}");
    name_of(&peer.post("/v1/subscriptions", &form).await)
}

#[tokio::test]
#[ignore = "needs localstripe: tests/peers/run-drivers"]
async fn an_agreement_of_localstripe_is_ended_and_resumed() {
    let peer = localstripe();
    let name = subscribed(&peer, &AttemptId::fresh(&peer.world)).await;
    let read = peer.driver.fetch(&name).await;
    assert!(
        matches!(read, Outcome::Refused(_)),
        "its invoices have no payments: {read:?}"
    );
    peer.driver
        .end_agreement(&name, When::AtPeriodEnd)
        .await
        .done()
        .unwrap();
    assert_eq!(peer.subscription(&name).await["cancel_at_period_end"], true);
    peer.driver.resume_agreement(&name).await.done().unwrap();
    assert_eq!(
        peer.subscription(&name).await["cancel_at_period_end"],
        false
    );
    for _ in 0..2 {
        peer.driver
            .end_agreement(&name, When::Now)
            .await
            .done()
            .unwrap();
    }
    let nobody = GatewayRef::new("sub_nobody");
    peer.driver
        .end_agreement(&nobody, When::Now)
        .await
        .done()
        .unwrap();
}

#[tokio::test]
#[ignore = "needs localstripe: tests/peers/run-drivers"]
async fn what_localstripe_cannot_list_or_open_is_no_success() {
    let peer = localstripe();
    for breadth in [Breadth::Changes, Breadth::Objects] {
        let listed = peer.driver.list_since("", breadth).await;
        assert!(listed.done().is_none(), "its lists take no `created`");
    }
    let asked = peer.asked(ChargeMode::OneOff, None);
    assert!(
        peer.driver.create_checkout(&asked).await.done().is_none(),
        "it has no Checkout"
    );
    let nobody = GatewayRef::new("pi_nobody");
    assert!(peer.driver.fetch(&nobody).await.done().unwrap().is_empty());
}
