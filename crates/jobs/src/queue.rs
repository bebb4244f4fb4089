//! Adding jobs, in the transaction of the fact that needs them.

use db::{DbError, Tx, values};
use kit::Timestamp;
use kit::id::JobId;

use crate::job::Job;

const INSERT: &str = "
    insert into jobs
           (id, name, lane, payload, repeat_key, priority, run_at, locked_until, lease, attempts,
            max_attempts, failed_at, last_error, created_at)
    values ($1, $2, $3, $4, $5, 0, $6, 0, '', 0, $7, 9223372036854775807, null, $8)
    on conflict (repeat_key)
          where repeat_key is not null and attempts = 0 and failed_at = 9223372036854775807
       do update set run_at = case when excluded.run_at < jobs.run_at then excluded.run_at else jobs.run_at end";

/// Adds a job to be run as soon as the transaction is saved.
pub async fn add<J: Job>(tx: &mut Tx<'_>, job: &J) -> Result<(), DbError> {
    let now = tx.now();
    insert(tx, job, None, now).await
}

/// Adds a job to be run at a moment.
pub async fn add_at<J: Job>(tx: &mut Tx<'_>, job: &J, at: Timestamp) -> Result<(), DbError> {
    insert(tx, job, None, at).await
}

/// Adds a job unless one with this key waits already: two waiting jobs become one.
pub async fn add_once<J: Job>(tx: &mut Tx<'_>, job: &J, key: &str) -> Result<(), DbError> {
    let now = tx.now();
    insert(tx, job, Some(key), now).await
}

/// Like [`add_once`], at a moment; the earlier of the two moments counts.
pub async fn add_once_at<J: Job>(
    tx: &mut Tx<'_>,
    job: &J,
    key: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    insert(tx, job, Some(key), at).await
}

async fn insert<J: Job>(
    tx: &mut Tx<'_>,
    job: &J,
    key: Option<&str>,
    at: Timestamp,
) -> Result<(), DbError> {
    let id: JobId = tx.id();
    let payload = serde_json::to_string(job).expect("jobs have string keys and print as JSON");
    let key = key.map(|key| format!("{}/{key}", J::NAME));
    let now = tx.now();
    tx.run(
        INSERT,
        values![id, J::NAME, J::LANE, payload, key, at, J::ATTEMPTS, now],
    )
    .await?;
    if at <= now {
        tx.wake(J::LANE.word());
    }
    Ok(())
}
