//! What a person does with jobs that failed is told.

use db::{DbError, Tx};
use kit::id::JobId;

use crate::events::{FailedJobChange, FailedJobMoved, FailedJobsRetried};

/// Gives a failed job another round. `false`: it is not among the failures.
pub async fn retry(tx: &mut Tx<'_>, id: &JobId) -> Result<bool, DbError> {
    let name = jobs::retry(tx, id).await?;
    tell(tx, id, name, FailedJobChange::Retried).await
}

/// Gives all failed jobs another round; says how many.
pub async fn retry_all(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let count = i64::try_from(jobs::retry_all(tx).await?).unwrap_or(i64::MAX);
    if count > 0 {
        chronicle::tell(tx, &FailedJobsRetried { count }).await?;
    }
    Ok(count)
}

/// Gives up on a failed job. `false`: it is not among the failures.
pub async fn discard(tx: &mut Tx<'_>, id: &JobId) -> Result<bool, DbError> {
    let name = jobs::discard(tx, id).await?;
    tell(tx, id, name, FailedJobChange::Discarded).await
}

async fn tell(
    tx: &mut Tx<'_>,
    id: &JobId,
    name: Option<String>,
    change: FailedJobChange,
) -> Result<bool, DbError> {
    let Some(name) = name else {
        return Ok(false);
    };
    let job = id.clone();
    chronicle::tell(tx, &FailedJobMoved { job, name, change }).await?;
    Ok(true)
}
