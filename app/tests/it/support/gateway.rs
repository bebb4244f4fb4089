//! The gateway's side of a test: what customers, banks and staff do there, and what it holds afterwards.

use billing::apply;
use billing::gateway::GatewayRef;
use kit::id::AttemptId;
use serde_json::{Value, json};

use super::{Outside, Shop, TestSite};

/// How the gateway's messages fare on their way.
pub const WAYS: [&str; 5] = [
    "on",
    "webhooks_lost",
    "webhooks_doubled",
    "webhooks_reordered",
    "webhooks_forged",
];

/// A card whose first payment works and whose later ones fail.
pub const FAILS_LATER: &str = "4000000000000341";

impl Outside {
    /// Lets messages fare as one of [`WAYS`].
    pub async fn messages_fare(&self, way: &str) {
        if way != "on" {
            self.stripe_fault(json!({ "kind": "named", "name": way }))
                .await;
        }
    }

    /// All objects of a kind, oldest first.
    pub async fn at_stripe(&self, kind: &str) -> Vec<Value> {
        let state = self.stripe_state().await;
        state["objects"][kind].as_array().cloned().unwrap()
    }

    /// The ids of subscriptions that may still be charged.
    pub async fn running_at_stripe(&self) -> Vec<String> {
        let all = self.at_stripe("subscription").await;
        let runs =
            |one: &&Value| !["canceled", "incomplete_expired"].contains(&word(one, "status"));
        all.iter().filter(runs).map(id).collect()
    }

    /// The ids of payment pages that can still be paid.
    pub async fn open_pages(&self) -> Vec<String> {
        let all = self.at_stripe("checkout.session").await;
        let open = |one: &&Value| word(one, "status") == "open";
        all.iter().filter(open).map(id).collect()
    }

    /// The intent of the latest payment that worked.
    pub async fn last_paid(&self) -> String {
        let all = self.at_stripe("payment_intent").await;
        let paid = all.iter().rfind(|one| word(one, "status") == "succeeded");
        id(paid.expect("something was paid"))
    }

    /// The bank takes the latest payment back; answers the dispute.
    pub async fn dispute_last(&self) -> String {
        let body = json!({ "payment_intent": self.last_paid().await });
        let url = self.stripe("/_control/dispute");
        let (status, opened) = self.call("POST", &url, Some(body)).await;
        assert_eq!(status, 200, "the dispute is opened: {opened}");
        id(&opened)
    }

    pub async fn decide(&self, dispute: &str, won: bool) {
        let body = json!({ "dispute": dispute, "won": won });
        let url = self.stripe("/_control/close_dispute");
        let (status, closed) = self.call("POST", &url, Some(body)).await;
        assert_eq!(status, 200, "the dispute is closed: {closed}");
    }

    /// Somebody refunds the latest payment on the gateway's own pages. `None`: all of it.
    pub async fn refund_last(&self, amount: Option<i64>) {
        let mut form = format!("payment_intent={}", self.last_paid().await);
        if let Some(amount) = amount {
            form.push_str(&format!("&amount={amount}"));
        }
        let (status, answer) = self.stripe_form("/v1/refunds", form).await;
        assert_eq!(status, 200, "the refund is made: {answer}");
    }
}

fn word<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

fn id(object: &Value) -> String {
    word(object, "id").to_owned()
}

impl TestSite {
    /// Buys with a card; answers the attempt.
    pub async fn buy_with(
        &self,
        who: &str,
        shop: &Shop,
        price: &kit::id::PriceId,
        card: &str,
    ) -> AttemptId {
        let (begun, session) = self
            .begin_checkout(who, shop, price)
            .await
            .expect("can begin");
        self.outside.pay(&session, card).await;
        begun.attempt
    }

    /// Nothing is left at the gateway that nobody here knows of.
    pub async fn assert_no_orphans(&self) {
        assert_eq!(self.outside.running_at_stripe().await, Vec::<String>::new());
        assert_eq!(self.outside.open_pages().await, Vec::<String>::new());
    }

    /// The ledger is balanced, and every payment has its booking, its time and its receipt.
    pub async fn assert_books(&self) {
        let proof = billing::reconcile::prove(&self.house.db, kit::Timestamp::EPOCH)
            .await
            .unwrap();
        assert!(proof.is_clean(), "the books are in order: {proof:?}");
    }

    /// Money at Stripe for an order that nobody knows: it belongs to nobody until a person says so.
    pub async fn stray_payment(&self, shop: &Shop) {
        let outside = &self.outside;
        let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
        let (_, method) = outside
            .stripe_form("/v1/payment_methods", card.to_owned())
            .await;
        let form = format!(
            "amount=1200&currency=eur&payment_method={}&confirm=true&metadata[attempt]={NOBODYS}\
             &automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never",
            method["id"].as_str().expect("a card"),
        );
        let (status, paid) = outside.stripe_form("/v1/payment_intents", form).await;
        assert_eq!(status, 200, "{paid}");
        let stripe = self.house.tools.gateways.open(&shop.stripe).await.unwrap();
        let intent = GatewayRef::new(paid["id"].as_str().expect("an id"));
        let seen = apply::look(&self.house.db, &stripe, &intent).await.unwrap();
        assert_eq!(seen.done(), Some(1), "{paid}");
    }
}

/// Well-formed, of nothing that there is.
const NOBODYS: &str = "att_01jnm3v8q0e5x8y8z8w8v8t8s8";
