//! The jobs about money. Each is safe to run twice: it looks before it acts.

use async_trait::async_trait;
use chronicle::{Tone, want};
use jobs::{Job, JobError, Lane, Registry, Schedule};
use kit::id::{AttemptId, GatewayId, MessageId, RefundId};
use kit::{Actor, Outcome, Span, Subject, Text, t};
use serde::{Deserialize, Serialize};

use crate::agreement::{self, Agreement, WantedEnd};
use crate::attempt;
use crate::fact::Fact;
use crate::gateway::{Breadth, GatewayRef, When};
use crate::gateways::{GatewayError, Gateways, Opened};
use crate::payment;
use crate::refund::{self, RefundState};
use crate::{apply, checkout, gateways, inbox, reconcile};

/// Looks at the object that a message points at.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadMessage {
    pub message: MessageId,
}

#[async_trait]
impl Job for ReadMessage {
    const NAME: &'static str = "billing.read_message";
    const LANE: Lane = Lane::Money;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        let db = gateways.db();
        let Some(message) = inbox::find(db, &self.message).await? else {
            return Ok(());
        };
        let Some(object) = &message.object else {
            return Ok(());
        };
        let opened = open(gateways, &message.gateway_id).await?;
        let looked = apply::look_for(db, &opened, object, Some(&self.message)).await?;
        let Err(reason) = looked.or_reason() else {
            return Ok(());
        };
        let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
        inbox::end(&mut tx, &self.message, Some(&reason)).await?;
        tx.save().await?;
        Err(JobError::Again(reason))
    }
}

/// Looks what became of an attempt, again and again until it is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookAtAttempt {
    pub attempt: AttemptId,
}

#[async_trait]
impl Job for LookAtAttempt {
    const NAME: &'static str = "billing.look_at_attempt";
    const LANE: Lane = Lane::Money;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        let db = gateways.db();
        let before = attempt::find(db, &self.attempt).await?;
        if before.state.is_over() {
            return Ok(());
        }
        // What could not be learnt now is learnt at the next look; only our own database's word stops it.
        if let Err(reason) = checkout::look(gateways, &self.attempt).await? {
            tracing::info!(attempt.id = %self.attempt, "A look was in vain: {}", reason.in_english());
        }
        let after = attempt::find(db, &self.attempt).await?;
        let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
        let too_old = tx.now() > after.expires_at + Span::days(30);
        if !after.state.is_over() && !too_old {
            attempt::note_look(&mut tx, &self.attempt).await?;
            let at = attempt::next_look(tx.now(), after.looks + 1, after.expires_at);
            let next = Self {
                attempt: self.attempt.clone(),
            };
            jobs::add_once_at(&mut tx, &next, self.attempt.as_str(), at).await?;
        }
        Ok(tx.save().await?)
    }
}

/// Sends a refund, or finds out what became of the one that was sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendRefund {
    pub refund: RefundId,
}

#[async_trait]
impl Job for SendRefund {
    const NAME: &'static str = "billing.send_refund";
    const LANE: Lane = Lane::Money;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        let db = gateways.db();
        let row = refund::find(db, &self.refund).await?;
        if !matches!(row.state, RefundState::Sending | RefundState::Unknown) {
            return Ok(());
        }
        let payment = payment::find(db, &row.payment_id).await?;
        let Some(gateway) = &row.gateway_id else {
            return by_hand(gateways, &row).await;
        };
        let opened = open(gateways, gateway).await?;
        if !opened.card.capabilities.refunds {
            return by_hand(gateways, &row).await;
        }
        let asked = row.asked(&payment);
        // A process may have died after the call: look first, whatever the row says.
        let outcome = match opened.driver.find_refund(&asked).await {
            Outcome::Done(Some(fact)) => Outcome::Done(fact),
            Outcome::Done(None) if db.world().now() < row.created_at + refund::KEY_KEPT => {
                opened.driver.refund(&asked).await
            }
            Outcome::Done(None) => {
                let why = t!("the gateway never received it. Ask for the refund again.");
                return fail(gateways, &row, why).await;
            }
            Outcome::Refused(refusal) => return Err(JobError::Again(refusal.reason)),
            Outcome::Unknown(doubt) => return Err(JobError::Again(doubt.reason)),
        };
        match outcome {
            Outcome::Done(fact) => Ok(apply::facts(db, &opened, &[Fact::Refund(fact)]).await?),
            Outcome::Refused(refusal) if refusal.may_pass => Err(JobError::Again(refusal.reason)),
            Outcome::Refused(refusal) => fail(gateways, &row, refusal.reason).await,
            Outcome::Unknown(doubt) => {
                let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
                refund::note_unknown(&mut tx, &row.id, &doubt.reason).await?;
                tx.save().await?;
                Err(JobError::Again(doubt.reason))
            }
        }
    }
}

/// A gateway that cannot be opened (a secret that does not open, a driver of a newer version) may be again.
async fn open(gateways: &Gateways, id: &GatewayId) -> Result<Opened, JobError> {
    gateways.open(id).await.map_err(|error| match error {
        GatewayError::Db(error) => error.into(),
        other => JobError::Again(t!(
            "The gateway cannot be opened: {words}",
            words = other.to_string()
        )),
    })
}

/// Money that came by hand goes back by hand: staff say that they have sent it by asking for the refund.
async fn by_hand(gateways: &Gateways, row: &refund::Refund) -> Result<(), JobError> {
    let mut tx = gateways
        .db()
        .begin(Actor::schedule(SendRefund::NAME))
        .await?;
    refund::note_by_hand(&mut tx, &row.id).await?;
    Ok(tx.save().await?)
}

async fn fail(gateways: &Gateways, row: &refund::Refund, why: Text) -> Result<(), JobError> {
    let mut tx = gateways
        .db()
        .begin(Actor::schedule(SendRefund::NAME))
        .await?;
    refund::fail(&mut tx, &row.id, &why).await?;
    Ok(tx.save().await?)
}

/// Ends an agreement at the gateway, or takes an end back; goes on until it is so.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndAgreement {
    pub provider: String,
    pub account: String,
    pub reference: GatewayRef,
}

impl EndAgreement {
    pub(crate) fn of(agreement: &Agreement) -> Self {
        Self {
            provider: agreement.provider.clone(),
            account: agreement.provider_account.clone(),
            reference: agreement.reference.clone(),
        }
    }
}

#[async_trait]
impl Job for EndAgreement {
    const NAME: &'static str = "billing.end_agreement";
    const LANE: Lane = Lane::Money;
    const ATTEMPTS: i64 = 100;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        let db = gateways.db();
        let found = agreement::find(db, &self.provider, &self.account, &self.reference).await?;
        let Some(agreement) = found.filter(|it| !it.is_as_wanted()) else {
            return Ok(());
        };
        let opened = open(gateways, &agreement.gateway_id).await?;
        let told = match agreement.wanted_end {
            WantedEnd::None => opened.driver.resume_agreement(&self.reference).await,
            WantedEnd::AtPeriodEnd => {
                opened
                    .driver
                    .end_agreement(&self.reference, When::AtPeriodEnd)
                    .await
            }
            WantedEnd::Now => {
                opened
                    .driver
                    .end_agreement(&self.reference, When::Now)
                    .await
            }
        };
        let looked = apply::look(db, &opened, &self.reference).await?;
        let now = agreement::find(db, &self.provider, &self.account, &self.reference).await?;
        let is_done = now.is_none_or(|it| it.is_as_wanted());
        let reason = told.or_reason().err().or(looked.or_reason().err());
        want_end_done(gateways, &agreement, is_done, reason.clone()).await?;
        if is_done {
            return Ok(());
        }
        Err(JobError::Again(
            reason.unwrap_or(t!("the gateway still shows it as running.")),
        ))
    }
}

/// A customer who cancelled must not be charged: as long as the gateway has not confirmed, a person knows.
async fn want_end_done(
    gateways: &Gateways,
    agreement: &Agreement,
    is_done: bool,
    reason: Option<Text>,
) -> Result<(), JobError> {
    let key = format!("end_agreement/{}", agreement.reference);
    let mut tx = gateways
        .db()
        .begin(Actor::schedule(EndAgreement::NAME))
        .await?;
    if is_done {
        want::done(&mut tx, &key).await?;
    } else {
        let new = want::NewWant {
            key,
            kind: "agreement_not_ended",
            sentence: t!("A cancelled agreement is still running at the gateway."),
            detail: reason,
            action_label: t!("Show subscription"),
            action_href: format!("/office/subscriptions/{}", agreement.subscription_id),
            tone: Tone::Bad,
            subject: Subject::of(&agreement.subscription_id),
        };
        want::open(&mut tx, &new).await?;
    }
    Ok(tx.save().await?)
}

/// Orders a look at what changed at every gateway. Every ten minutes.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReconcileChanges;

#[async_trait]
impl Job for ReconcileChanges {
    const NAME: &'static str = "billing.reconcile_changes";
    const LANE: Lane = Lane::Money;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        order_reconciling(gateways, Self::NAME, false).await
    }
}

/// Orders a look at every recent object of every gateway. Every hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReconcileObjects;

#[async_trait]
impl Job for ReconcileObjects {
    const NAME: &'static str = "billing.reconcile_objects";
    const LANE: Lane = Lane::Money;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        order_reconciling(gateways, Self::NAME, true).await
    }
}

/// A gateway that is switched off still brings renewals and disputes of what was sold through it.
async fn order_reconciling(gateways: &Gateways, by: &str, wide: bool) -> Result<(), JobError> {
    let rows = gateways::list(gateways.db()).await?;
    let mut tx = gateways.db().begin(Actor::schedule(by)).await?;
    for row in rows.iter().filter(|row| !row.provider_account.is_empty()) {
        let job = ReconcileGateway {
            gateway: row.id.clone(),
            wide,
        };
        jobs::add_once(&mut tx, &job, &format!("{}/{wide}", row.id)).await?;
    }
    Ok(tx.save().await?)
}

/// Looks at everything that a gateway lists since the cursor.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReconcileGateway {
    pub gateway: GatewayId,
    pub wide: bool,
}

#[async_trait]
impl Job for ReconcileGateway {
    const NAME: &'static str = "billing.reconcile_gateway";
    const LANE: Lane = Lane::Money;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        let breadth = if self.wide {
            Breadth::Objects
        } else {
            Breadth::Changes
        };
        let done = reconcile::since_cursor(gateways, &self.gateway, breadth).await?;
        match done.problems.into_iter().next() {
            None => Ok(()),
            Some(reason) => Err(JobError::Again(reason)),
        }
    }
}

/// Proves the books of the last seven days, and forgets the content of old messages. Nightly.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProveBooks;

/// How long the content of a message is kept.
const BODIES_KEPT: Span = Span::days(30);

#[async_trait]
impl Job for ProveBooks {
    const NAME: &'static str = "billing.prove_books";
    const LANE: Lane = Lane::Bulk;
    type Needs = Gateways;

    async fn run(&self, gateways: &Gateways) -> Result<(), JobError> {
        let db = gateways.db();
        let now = db.world().now();
        let proof = reconcile::prove(db, now - Span::days(7)).await?;
        reconcile::report(db, &proof).await?;
        // A bound: 50,000 messages a night.
        for _ in 0..100 {
            let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
            let forgotten = inbox::forget_bodies(&mut tx, now - BODIES_KEPT).await?;
            tx.save().await?;
            if forgotten == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// When the jobs of this file come by themselves.
pub fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::new(Span::minutes(10), ReconcileChanges),
        Schedule::new(Span::hours(1), ReconcileObjects),
        Schedule::new(Span::days(1), ProveBooks),
    ]
}

/// Puts the jobs of this file into the registry.
#[must_use]
pub fn register(registry: Registry, gateways: &Gateways) -> Registry {
    registry
        .with::<ReadMessage>(gateways)
        .with::<LookAtAttempt>(gateways)
        .with::<SendRefund>(gateways)
        .with::<EndAgreement>(gateways)
        .with::<ReconcileChanges>(gateways)
        .with::<ReconcileObjects>(gateways)
        .with::<ReconcileGateway>(gateways)
        .with::<ProveBooks>(gateways)
}
