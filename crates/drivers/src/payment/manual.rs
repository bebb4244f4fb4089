//! Paying by hand: bank transfer, cash, anything that staff see arrive. Nothing leaves the house.

use async_trait::async_trait;
use billing::fact::{Fact, RefundFact};
use billing::gateway::{
    Breadth, Capabilities, CheckUp, Checkout, CheckoutAsked, CheckoutSought, GatewayRef, Hint,
    Listed, PaymentGateway, PriceOffer, Realm, RefundAsked, SetUp, WebhookError, When, cannot,
};
use billing::gateways::{Field, FieldKind, GatewayCard, GatewayConfig};
use billing::manual::INSTRUCTIONS;
use http::HeaderMap;
use kit::{Outcome, Text, Timestamp, t};

use super::PaymentDriver;

/// Instructions, a reference, a proof, and staff who approve.
pub const DRIVER: PaymentDriver = PaymentDriver {
    card: &GatewayCard {
        key: billing::manual::DRIVER,
        title: "By hand",
        icon: "hand-coins",
        fields: &[Field {
            name: INSTRUCTIONS,
            kind: FieldKind::TextArea,
            label: Text::new("Instructions"),
            hint: Some(Text::new(
                "What the customer has to do, e.g. your bank account. The amount and a reference are shown below it.",
            )),
            required: true,
        }],
        capabilities: CAPABILITIES,
        about: Text::new(
            "Bank transfer, cash, gift cards: you say how to pay, the customer may upload a proof, and access is given when you approve.",
        ),
    },
    connect: |config, _http| Box::new(Manual { config }),
};

const CAPABILITIES: Capabilities = Capabilities {
    one_off: true,
    recurring: false,
    refunds: false,
    hosted: false,
};

/// The gateway that is staff.
struct Manual {
    config: GatewayConfig,
}

#[async_trait]
impl PaymentGateway for Manual {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn check(&self) -> Outcome<CheckUp> {
        let findings = if self.config.value(INSTRUCTIONS).trim().is_empty() {
            vec![t!(
                "Customers would not know how to pay. Write the instructions."
            )]
        } else {
            Vec::new()
        };
        let account = self.config.id.to_string();
        Outcome::Done(CheckUp {
            account,
            realm: Realm::Live,
            findings,
        })
    }

    async fn set_up(&self, _webhook_url: &str) -> Outcome<SetUp> {
        Outcome::Done(SetUp {
            endpoint: None,
            webhook_secret: None,
        })
    }

    async fn offer_price(&self, _offer: &PriceOffer) -> Outcome<GatewayRef> {
        Outcome::Refused(cannot())
    }

    async fn check_price(&self, _price: &GatewayRef, _offer: &PriceOffer) -> Outcome<()> {
        Outcome::Refused(cannot())
    }

    async fn create_checkout(&self, _asked: &CheckoutAsked) -> Outcome<Checkout> {
        Outcome::Refused(cannot())
    }

    async fn find_checkout(&self, _sought: &CheckoutSought) -> Outcome<Option<Checkout>> {
        Outcome::Done(None)
    }

    async fn expire_checkout(&self, _reference: &GatewayRef) -> Outcome<()> {
        Outcome::Done(())
    }

    async fn fetch(&self, _object: &GatewayRef) -> Outcome<Vec<Fact>> {
        Outcome::Done(Vec::new())
    }

    async fn list_since(&self, cursor: &str, _breadth: Breadth) -> Outcome<Listed> {
        let cursor = cursor.to_owned();
        Outcome::Done(Listed {
            objects: Vec::new(),
            cursor,
            has_more: false,
        })
    }

    async fn refund(&self, _asked: &RefundAsked) -> Outcome<RefundFact> {
        Outcome::Refused(cannot())
    }

    async fn find_refund(&self, _asked: &RefundAsked) -> Outcome<Option<RefundFact>> {
        Outcome::Done(None)
    }

    async fn end_agreement(&self, _agreement: &GatewayRef, _when: When) -> Outcome<()> {
        Outcome::Refused(cannot())
    }

    async fn resume_agreement(&self, _agreement: &GatewayRef) -> Outcome<()> {
        Outcome::Refused(cannot())
    }

    fn read_webhook(
        &self,
        _headers: &HeaderMap,
        _body: &[u8],
        _now: Timestamp,
    ) -> Result<Hint, WebhookError> {
        Err(WebhookError::NotSpoken)
    }
}
