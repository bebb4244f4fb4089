//! Jobs that come again and again. Each turn is claimed, so that of many processes one adds the job.

use db::{Db, DbError, Read, Tx, values};
use kit::{Actor, Span, Timestamp};

use crate::job::Job;
use crate::queue;

/// A job that is added every so often.
#[derive(Clone)]
pub struct Schedule {
    pub name: &'static str,
    pub every: Span,
    adder: std::sync::Arc<dyn Adder>,
}

impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} every {} ms", self.name, self.every.as_ms())
    }
}

#[async_trait::async_trait]
trait Adder: Send + Sync {
    async fn add(&self, tx: &mut Tx<'_>) -> Result<(), DbError>;
}

struct Added<J>(J);

#[async_trait::async_trait]
impl<J: Job> Adder for Added<J> {
    async fn add(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        queue::add_once(tx, &self.0, "scheduled").await
    }
}

const SEED: &str = "
    insert into schedules (name, next_at, last_at) values ($1, $2, 0) on conflict (name) do nothing";

const DUE: &str = "select name from schedules where next_at <= $1";

const TAKE: &str = "
    update schedules set next_at = $3, last_at = $2 where name = $1 and next_at <= $2";

impl Schedule {
    /// The first turn comes at once; later ones `every` so often. A turn that was missed comes once.
    pub fn new<J: Job>(every: Span, job: J) -> Self {
        Self {
            name: J::NAME,
            every,
            adder: std::sync::Arc::new(Added(job)),
        }
    }
}

/// Adds the jobs whose turn has come.
pub(crate) async fn turn(db: &Db, schedules: &[Schedule]) -> Result<(), DbError> {
    let now = db.world().now();
    let due: Vec<(String,)> = db.all(DUE, values![now]).await?;
    for schedule in schedules
        .iter()
        .filter(|schedule| due.iter().any(|row| row.0 == schedule.name))
    {
        let mut tx = db.begin(Actor::schedule("schedules")).await?;
        if take(&mut tx, schedule, now).await? {
            schedule.adder.add(&mut tx).await?;
        }
        tx.save().await?;
    }
    Ok(())
}

async fn take(tx: &mut Tx<'_>, schedule: &Schedule, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx
        .run(TAKE, values![schedule.name, now, now + schedule.every])
        .await?
        == 1)
}

/// Makes a row for each schedule that has none.
pub(crate) async fn seed(db: &Db, schedules: &[Schedule]) -> Result<(), DbError> {
    let mut tx = db.begin(Actor::schedule("schedules")).await?;
    let now = tx.now();
    for schedule in schedules {
        tx.run(SEED, values![schedule.name, now]).await?;
    }
    tx.save().await
}

const LAST: &str = "select last_at from schedules where name = $1";

/// When the job's last turn was; `None` if it never had one.
pub async fn last_turn(mut read: impl Read, name: &str) -> Result<Option<Timestamp>, DbError> {
    let row: Option<(Timestamp,)> = read.maybe(LAST, values![name]).await?;
    Ok(row.map(|row| row.0).filter(|at| *at != Timestamp::EPOCH))
}
