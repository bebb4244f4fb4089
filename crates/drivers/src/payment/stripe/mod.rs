//! Stripe: Checkout for paying, Billing for renewals, all by hand-written calls.

mod call;
mod checkout;
mod currency;
mod facts;
mod listing;
mod refunds;
mod setup;
mod signature;
mod wire;

use async_trait::async_trait;
use billing::fact::{Fact, Origin, RefundFact};
use billing::gateway::{
    Breadth, Capabilities, CheckUp, Checkout, CheckoutAsked, CheckoutSought, GatewayRef, Hint,
    Listed, PaymentGateway, PriceOffer, Realm, RefundAsked, SetUp, WebhookError, When,
};
use billing::gateways::{Field, FieldKind, GatewayCard, GatewayConfig, WEBHOOK_SECRET};
use http::HeaderMap;
use kit::{Outcome, Secret, Text, Timestamp, done};
use tokio::sync::OnceCell;

use super::PaymentDriver;
use crate::http::Http;
use call::{Api, Form};

/// Stripe, API version 2025-03-31.basil.
pub const DRIVER: PaymentDriver = PaymentDriver {
    card: &GatewayCard {
        key: "stripe",
        title: "Stripe",
        icon: "brand-stripe",
        fields: &[
            Field {
                name: SECRET_KEY,
                kind: FieldKind::Secret,
                label: Text::new("Secret key"),
                hint: Some(Text::new(
                    "From Developers → API keys at Stripe. A restricted key works too; the test says what it lacks.",
                )),
                required: true,
            },
            Field {
                name: ADDRESS,
                kind: FieldKind::Url,
                label: Text::new("Address"),
                hint: Some(Text::new("Leave it empty for the real Stripe.")),
                required: false,
            },
        ],
        capabilities: CAPABILITIES,
        about: Text::new(
            "Cards, wallets and bank debits. Products, prices and the webhook are made for you; customers pay on Stripe's own page.",
        ),
    },
    connect: |config, http| Box::new(Stripe::new(&config, http)),
};

const SECRET_KEY: &str = "secret_key";
const ADDRESS: &str = "address";

const CAPABILITIES: Capabilities = Capabilities {
    one_off: true,
    recurring: true,
    refunds: true,
    hosted: true,
};

/// One account of Stripe.
pub struct Stripe {
    api: Api,
    /// Marks what we made there.
    gateway: String,
    webhook_secrets: Secret,
    account: OnceCell<String>,
}

impl Stripe {
    pub fn new(config: &GatewayConfig, http: Http) -> Self {
        let base = match config.value(ADDRESS).trim() {
            "" => "https://api.stripe.com",
            other => other,
        };
        let account = match config.account.as_str() {
            "" => OnceCell::new(),
            known => OnceCell::new_with(Some(known.to_owned())),
        };
        Self {
            api: Api::new(http, base, config.secret(SECRET_KEY)),
            gateway: config.id.to_string(),
            webhook_secrets: config.secret(WEBHOOK_SECRET),
            account,
        }
    }

    /// Test keys say so.
    fn realm(&self) -> Realm {
        if self.api.key().reveal().contains("_live_") {
            Realm::Live
        } else {
            Realm::Test
        }
    }

    async fn account(&self) -> Outcome<String> {
        if let Some(known) = self.account.get() {
            return Outcome::Done(known.clone());
        }
        let account: wire::Account = done!(self.api.get("account", Form::new()).await);
        // A second call may have been faster; it is the same account.
        drop(self.account.set(account.id.clone()));
        Outcome::Done(account.id)
    }

    async fn origin(&self, is_live: bool) -> Outcome<Origin> {
        let realm = if is_live { Realm::Live } else { Realm::Test };
        let account = done!(self.account().await);
        Outcome::Done(Origin {
            provider: DRIVER.card.key.to_owned(),
            account,
            realm,
        })
    }
}

#[async_trait]
impl PaymentGateway for Stripe {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn check(&self) -> Outcome<CheckUp> {
        setup::check(self).await
    }

    async fn set_up(&self, webhook_url: &str) -> Outcome<SetUp> {
        setup::set_up(self, webhook_url).await
    }

    async fn offer_price(&self, offer: &PriceOffer) -> Outcome<GatewayRef> {
        setup::offer_price(&self.api, offer).await
    }

    async fn check_price(&self, price: &GatewayRef, offer: &PriceOffer) -> Outcome<()> {
        setup::check_price(&self.api, price, offer).await
    }

    async fn create_checkout(&self, asked: &CheckoutAsked) -> Outcome<Checkout> {
        checkout::create(&self.api, asked).await
    }

    async fn find_checkout(&self, sought: &CheckoutSought) -> Outcome<Option<Checkout>> {
        checkout::find(&self.api, sought).await
    }

    async fn expire_checkout(&self, reference: &GatewayRef) -> Outcome<()> {
        checkout::expire(&self.api, reference).await
    }

    async fn fetch(&self, object: &GatewayRef) -> Outcome<Vec<Fact>> {
        facts::of(self, object).await
    }

    async fn list_since(&self, cursor: &str, breadth: Breadth) -> Outcome<Listed> {
        listing::since(&self.api, cursor, breadth).await
    }

    async fn refund(&self, asked: &RefundAsked) -> Outcome<RefundFact> {
        refunds::refund(self, asked).await
    }

    async fn find_refund(&self, asked: &RefundAsked) -> Outcome<Option<RefundFact>> {
        refunds::find_refund(self, asked).await
    }

    async fn end_agreement(&self, agreement: &GatewayRef, when: When) -> Outcome<()> {
        checkout::end_agreement(&self.api, agreement, when).await
    }

    async fn resume_agreement(&self, agreement: &GatewayRef) -> Outcome<()> {
        checkout::resume_agreement(&self.api, agreement).await
    }

    fn read_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Hint, WebhookError> {
        signature::verify(self.webhook_secrets.reveal().lines(), headers, body, now)?;
        let event: wire::Event =
            serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
        Ok(Hint {
            object: listing::object_of(&event),
            message: event.id,
            kind: event.kind,
        })
    }
}

/// Where Stripe's own checkout pages are (docs.stripe.com, "How Checkout works", 2026).
pub const PAGE_ORIGIN: &str = "https://checkout.stripe.com";
