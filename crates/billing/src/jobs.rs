//! The jobs of plans and time. Those of money are in `money_jobs`. All are safe to run twice.

use async_trait::async_trait;
use db::{Db, DbError};
use jobs::{Job, JobError, Lane, Registry, Schedule};
use kit::id::{Id, PlanId, PlanVersionId, SubscriptionId};
use kit::{Actor, Span};
use serde::{Deserialize, Serialize};

use crate::error::BillingError;
use crate::events::ExpiringSoon;
use crate::sweep::Mark;
use crate::{reminder, subscription, sweep};

/// More rounds than any installation needs; a fault in a condition must not become a loop without end.
const ROUNDS: usize = 10_000;

/// Adds the jobs of this file to those that a process can run.
#[must_use]
pub fn register(registry: Registry, db: &Db) -> Registry {
    registry
        .with::<SweepStatuses>(db)
        .with::<TellDueReminders>(db)
        .with::<TellDueDeletions>(db)
        .with::<MoveSubscriptions>(db)
}

/// How often they come.
pub fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::new(Span::minutes(1), SweepStatuses {}),
        Schedule::new(Span::minutes(10), TellDueReminders {}),
        Schedule::new(Span::hours(1), TellDueDeletions {}),
    ]
}

/// Finds whose status the clock or new rules have changed, and tells each change once.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepStatuses {}

#[async_trait]
impl Job for SweepStatuses {
    const NAME: &'static str = "billing.sweep_statuses";
    const LANE: Lane = Lane::Money;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        let now = db.world().now();
        let mut faults = Faults::default();
        let mut mark: Option<Mark> = None;
        for _ in 0..ROUNDS {
            let page = sweep::changing(db, now, mark.as_ref()).await?;
            settle_all(db, &page, &mut faults).await?;
            match page.last() {
                Some(last) => mark = Some(last.clone()),
                None => break,
            }
        }
        mark = None;
        for _ in 0..ROUNDS {
            let page = sweep::outdated(db, mark.as_ref()).await?;
            settle_all(db, &page, &mut faults).await?;
            match page.last() {
                Some(last) => mark = Some(last.clone()),
                None => break,
            }
        }
        faults.result()
    }
}

async fn settle_all(db: &Db, page: &[Mark], faults: &mut Faults) -> Result<(), JobError> {
    for found in page {
        let settled = settle(db, &found.id).await;
        faults.note(&found.id, settled)?;
    }
    Ok(())
}

async fn settle(db: &Db, id: &SubscriptionId) -> Result<(), BillingError> {
    let mut tx = db.begin(Actor::schedule(SweepStatuses::NAME)).await?;
    sweep::settle(&mut tx, id).await?;
    tx.save().await?;
    Ok(())
}

/// Faults of single subscriptions: each is logged, the others go on, and the last one is the job's answer.
#[derive(Default)]
struct Faults(Option<JobError>);

impl Faults {
    /// Stops only where going on is pointless.
    fn note<T: Id>(&mut self, id: &T, outcome: Result<(), BillingError>) -> Result<(), JobError> {
        match outcome {
            Ok(()) => Ok(()),
            Err(BillingError::Db(DbError::Dead)) => Err(DbError::Dead.into()),
            Err(error) => {
                tracing::warn!(subscription.id = id.as_str(), %error, "A subscription was left out");
                self.0 = Some(error.into());
                Ok(())
            }
        }
    }

    fn result(self) -> Result<(), JobError> {
        self.0.map_or(Ok(()), Err)
    }
}

impl From<BillingError> for JobError {
    fn from(error: BillingError) -> Self {
        match error {
            BillingError::Db(error) => error.into(),
            BillingError::Refused(reason) => Self::Final(reason),
            BillingError::NotFound(what) => Self::Final(kit::t!(
                "{what} does not exist (any more).",
                what = what.as_str()
            )),
        }
    }
}

/// Finds which reminders are due and not yet told.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellDueReminders {}

#[async_trait]
impl Job for TellDueReminders {
    const NAME: &'static str = "billing.tell_due_reminders";
    const LANE: Lane = Lane::Mail;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        let now = db.world().now();
        for _ in 0..ROUNDS {
            let page = reminder::due(db, now).await?;
            if page.is_empty() {
                return Ok(());
            }
            let mut told = 0;
            for due in &page {
                let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
                if reminder::claim(&mut tx, due).await? {
                    chronicle::tell(&mut tx, &ExpiringSoon::of(due)).await?;
                    told += 1;
                }
                tx.save().await?;
            }
            if told == 0 {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Finds whose media accounts are to be deleted by now.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellDueDeletions {}

#[async_trait]
impl Job for TellDueDeletions {
    const NAME: &'static str = "billing.tell_due_deletions";
    const LANE: Lane = Lane::Bulk;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        let now = db.world().now();
        for _ in 0..ROUNDS {
            let page = sweep::deletions_due(db, now).await?;
            if page.is_empty() {
                return Ok(());
            }
            for over in &page {
                let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
                sweep::tell_deletion(&mut tx, over).await?;
                tx.save().await?;
            }
        }
        Ok(())
    }
}

/// Moves all living subscriptions of a plan to one of its versions, because the operator said so.
#[derive(Debug, Serialize, Deserialize)]
pub struct MoveSubscriptions {
    pub plan: PlanId,
    pub version: PlanVersionId,
    /// Who said so, and why; it stands beside each change.
    pub by: Actor,
    #[serde(default)]
    pub reason: Option<String>,
}

#[async_trait]
impl Job for MoveSubscriptions {
    const NAME: &'static str = "billing.move_subscriptions";
    const LANE: Lane = Lane::Bulk;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        let mut faults = Faults::default();
        for _ in 0..ROUNDS {
            let page =
                subscription::of_other_versions(db, &self.plan, &self.version, sweep::PAGE).await?;
            let mut moved = 0;
            for id in &page {
                let outcome = self.move_one(db, id).await;
                moved += usize::from(outcome.is_ok());
                faults.note(id, outcome)?;
            }
            if moved == 0 {
                break;
            }
        }
        faults.result()
    }
}

impl MoveSubscriptions {
    async fn move_one(&self, db: &Db, id: &SubscriptionId) -> Result<(), BillingError> {
        let mut tx = db.begin(self.by.clone()).await?;
        subscription::change_plan(&mut tx, id, &self.version, self.reason.as_deref()).await?;
        tx.save().await?;
        Ok(())
    }
}
