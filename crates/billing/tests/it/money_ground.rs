//! A shop with one gateway, orders, and facts as gateways would report them.

use std::collections::BTreeMap;

use billing::apply;
use billing::attempt::{self, Attempt};
use billing::fact::{
    AgreementFact, AgreementState, DisputeFact, DisputeProgress, Fact, Origin, PaidFor,
    PaymentFact, PaymentState, RefundFact, RefundProgress,
};
use billing::gateway::{Capabilities, ChargeMode, CheckUp, GatewayRef, Realm};
use billing::gateways::{self, Gateway, GatewayCard, GatewayForm};
use billing::order::{self, NewOrder, Order, TaxRule};
use billing::payer::{self, Payer};
use billing::subscription::{self, NewSubscription};
use billing::term::{self, Grant};
use kit::id::{Id, PlanVersionId, PriceId, SubscriptionId};
use kit::{Actor, Currency, Length, Money, Span, Text, Timestamp};
use settings::Vault;

use crate::ground::{Ground, grounds, new_plan};

pub const CARD: GatewayCard = GatewayCard {
    key: "testpay",
    title: "Testpay",
    icon: "coins",
    fields: &[],
    capabilities: Capabilities {
        one_off: true,
        recurring: true,
        refunds: true,
        hosted: true,
    },
    about: Text::new("For tests."),
};

pub const BY_HAND: GatewayCard = GatewayCard {
    key: billing::manual::DRIVER,
    capabilities: Capabilities {
        one_off: true,
        recurring: false,
        refunds: false,
        hosted: false,
    },
    title: "By hand",
    icon: "coins",
    fields: &[],
    about: Text::new("For tests."),
};

pub struct Shop {
    pub ground: Ground,
    pub gateway: Gateway,
    version: PlanVersionId,
}

/// One for each engine.
pub async fn shops() -> Vec<Shop> {
    let mut shops = Vec::new();
    for ground in grounds().await {
        shops.push(Shop::on(ground, &CARD).await);
    }
    shops
}

pub fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn origin() -> Origin {
    Origin {
        provider: CARD.key.to_owned(),
        account: "acct_1".to_owned(),
        realm: Realm::Test,
    }
}

/// An order with its payer, and an attempt to pay it.
pub struct Sale {
    pub payer: Payer,
    pub subscription: SubscriptionId,
    pub order: Order,
    pub attempt: Attempt,
}

impl Shop {
    pub async fn on(ground: Ground, card: &GatewayCard) -> Self {
        let (_, version) = ground.plan(&new_plan("Family")).await;
        let form = GatewayForm {
            title: card.title.to_owned(),
            enabled: true,
            one_off: true,
            recurring: true,
            values: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        let vault = Vault::fresh(&ground.world.world());
        let mut tx = ground.begin().await;
        let id = gateways::add(&mut tx, &vault, card, &form).await.unwrap();
        let check = CheckUp {
            account: "acct_1".to_owned(),
            realm: Realm::Test,
            findings: Vec::new(),
        };
        gateways::note_check(&mut tx, &id, &check).await.unwrap();
        tx.save().await.unwrap();
        let gateway = gateways::find(&ground.db, &id).await.unwrap().unwrap();
        Self {
            ground,
            gateway,
            version,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.ground.world.now()
    }

    /// A month for 11.90 EUR, of which 1.90 are tax.
    pub async fn sale(&self, mode: ChargeMode, trial_days: u32) -> Sale {
        let member = self.ground.member();
        let mut tx = self.ground.begin().await;
        let payer = payer::ensure(&mut tx, &member, "Mara", Some("mara@example.org"))
            .await
            .unwrap();
        let new = NewSubscription {
            subject: member,
            payer_id: payer.id.clone(),
            plan_version_id: self.version.clone(),
        };
        let subscription = subscription::start(&mut tx, &new).await.unwrap();
        let new = NewOrder {
            payer: payer.id.clone(),
            subscription: subscription.clone(),
            plan_version: self.version.clone(),
            price: PriceId::fresh(&self.ground.world.world()),
            mode,
            title: "Family, 1 month".to_owned(),
            amount: euros(1190),
            length: Length::months(1),
            trial_days,
            tax: TaxRule {
                label: "VAT 19 %".to_owned(),
                rate_bp: 1900,
                inclusive: true,
            },
        };
        let order = order::place(&mut tx, &new).await.unwrap();
        let able = if self.gateway.driver == CARD.key {
            CARD.capabilities
        } else {
            BY_HAND.capabilities
        };
        let attempt = attempt::begin(&mut tx, &order, &self.gateway, able)
            .await
            .unwrap();
        tx.save().await.unwrap();
        Sale {
            payer,
            subscription,
            order,
            attempt,
        }
    }

    pub async fn apply(&self, fact: &Fact) {
        let mut tx = self
            .ground
            .db
            .begin(Actor::gateway("testpay"))
            .await
            .unwrap();
        apply::fact(&mut tx, &self.gateway.id, fact).await.unwrap();
        tx.save().await.unwrap();
    }

    /// The grants that count.
    pub async fn live_grants(&self, sale: &Sale) -> Vec<Grant> {
        let all = term::list_of(&self.ground.db, &sale.subscription).await;
        all.unwrap().into_iter().filter(Grant::is_live).collect()
    }

    pub async fn wallet(&self, sale: &Sale) -> i64 {
        let wallet = payer::wallet(&self.ground.db, &sale.payer.id, Currency::EUR).await;
        wallet.unwrap().amount_minor
    }

    /// Nothing is out of balance, unbooked or without time, and receipts have no gaps.
    pub async fn assert_books(&self) {
        let since = Timestamp::EPOCH;
        let proof = billing::reconcile::prove(&self.ground.db, since)
            .await
            .unwrap();
        assert!(proof.is_clean(), "{:?}: {proof:?}", self.ground.db.engine());
    }
}

impl Sale {
    pub fn paid(&self, transaction: &str, minor: i64, at: Timestamp) -> PaymentFact {
        PaymentFact {
            origin: origin(),
            transaction: GatewayRef::new(transaction),
            sequence: 1,
            state: PaymentState::Settled,
            paid_for: PaidFor::Once,
            amount: euros(minor),
            fee: Some(euros(59)),
            settled_at: at,
            covers_from: None,
            attempt: Some(self.attempt.id.clone()),
            agreement: None,
            customer: None,
            payer_email: None,
            reason: None,
        }
    }

    /// The n-th period of the agreement, settled an hour late.
    pub fn renewed(&self, agreement: &str, n: i64, begins: Timestamp) -> PaymentFact {
        let from = begins + Span::days(30 * n);
        PaymentFact {
            paid_for: PaidFor::Period,
            covers_from: Some(from),
            agreement: Some(GatewayRef::new(agreement)),
            ..self.paid(&format!("{agreement}_in_{n}"), 1190, from + Span::hours(1))
        }
    }

    pub fn agreed(&self, agreement: &str, state: AgreementState) -> AgreementFact {
        AgreementFact {
            origin: origin(),
            reference: GatewayRef::new(agreement),
            attempt: Some(self.attempt.id.clone()),
            customer: Some(GatewayRef::new("cus_1")),
            state,
            period_ends_at: None,
            ends_at_period_end: false,
            ended_at: None,
        }
    }
}

pub fn refunded(transaction: &str, name: &str, minor: i64, at: Timestamp) -> RefundFact {
    RefundFact {
        origin: origin(),
        reference: GatewayRef::new(name),
        transaction: GatewayRef::new(transaction),
        refund: None,
        amount: euros(minor),
        state: RefundProgress::Succeeded,
        at,
        reason: None,
    }
}

pub fn disputed(
    transaction: &str,
    name: &str,
    state: DisputeProgress,
    at: Timestamp,
) -> DisputeFact {
    DisputeFact {
        origin: origin(),
        reference: GatewayRef::new(name),
        transaction: GatewayRef::new(transaction),
        amount: euros(1190),
        fee: Some(euros(1500)),
        state,
        reason: "fraudulent".to_owned(),
        opened_at: at,
        answer_by: None,
    }
}
