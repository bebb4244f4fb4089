//! Runs are forgotten after two weeks: long enough to see what went wrong, short enough for a small disk.

use async_trait::async_trait;
use db::{Db, Tx, values};
use kit::{Actor, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Job, JobError, Lane, Schedule};

const KEPT: Span = Span::days(14);
/// So many go in one transaction.
const PAGE: u64 = 1_000;

/// Forgets old runs. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForgetRuns {}

#[async_trait]
impl Job for ForgetRuns {
    const NAME: &'static str = "jobs.forget_runs";
    const LANE: Lane = Lane::Bulk;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        loop {
            let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
            let before = tx.now() - KEPT;
            let gone = forget(&mut tx, before).await?;
            tx.save().await?;
            if gone < PAGE {
                return Ok(());
            }
        }
    }
}

/// The turn of [`ForgetRuns`], daily.
pub fn schedule() -> Schedule {
    Schedule::new(Span::days(1), ForgetRuns {})
}

const FORGET: &str = "
    delete from job_runs where id in (select id from job_runs where at < $1 order by at, id limit 1000)";

async fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, db::DbError> {
    tx.run(FORGET, values![before]).await
}
