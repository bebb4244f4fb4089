//! The queue as the operator sees it: what waits, what failed and why, what ran.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::JobId;
use kit::{PageAsked, PageOf, Text, Timestamp};

use crate::job::Lane;

db::row! {
    /// A job that will not be tried again by itself.
    #[derive(Debug, Clone)]
    pub struct FailedJob {
        pub id: JobId,
        pub name: String,
        pub lane: Lane,
        pub payload: String,
        pub attempts: i64,
        pub failed_at: Timestamp,
        pub last_error: Option<Text>,
        pub created_at: Timestamp,
    }
}

db::row! {
    /// A job that waits or is under way.
    #[derive(Debug, Clone)]
    pub struct WaitingJob {
        pub id: JobId,
        pub name: String,
        pub lane: Lane,
        pub attempts: i64,
        pub run_at: Timestamp,
        pub locked_until: Timestamp,
        pub last_error: Option<Text>,
        pub created_at: Timestamp,
    }
}

db::row! {
    /// One run of a job that is over.
    #[derive(Debug, Clone)]
    pub struct Run {
        pub id: JobId,
        pub name: String,
        pub lane: Lane,
        pub outcome: String,
        pub detail: Option<Text>,
        pub attempts: i64,
        pub queued_ms: i64,
        pub took_ms: i64,
        pub at: Timestamp,
    }
}

db::row! {
    /// The queue in numbers.
    #[derive(Debug, Clone)]
    pub struct QueueFigures { pub waiting: i64, pub due: i64, pub failed: i64 }
}

const FAILED: Listing = Listing {
    base: "
        select id, name, lane, payload, attempts, failed_at, last_error, created_at from jobs
         where failed_at < 9223372036854775807",
    clauses: &[("after", "and (failed_at, id) < (?, ?)")],
    orders: &[("newest", "order by failed_at desc, id desc limit ?")],
};

const RUNS: Listing = Listing {
    base: "
        select id, name, lane, outcome, detail, attempts, queued_ms, took_ms, at from job_runs where true",
    clauses: &[("outcome", "and outcome = ?"), ("after", "and (at, id) < (?, ?)")],
    orders: &[("newest", "order by at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&FAILED, &RUNS];

/// The failures, newest first.
pub async fn list_failed(read: impl Read, asked: &PageAsked) -> Result<PageOf<FailedJob>, DbError> {
    let rows = FAILED
        .ask()
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |job: &FailedJob| {
        PageAsked::mark(job.failed_at.ms(), &job.id)
    }))
}

/// What ran, newest first; `outcome` is `done`, `again` or `failed`.
pub async fn list_runs(
    read: impl Read,
    outcome: Option<&str>,
    asked: &PageAsked,
) -> Result<PageOf<Run>, DbError> {
    let rows = RUNS
        .ask()
        .filter("outcome", outcome.map(|outcome| values![outcome]))
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |run: &Run| {
        PageAsked::mark(run.at.ms(), &run.id)
    }))
}

const WAITING: &str = "
    select id, name, lane, attempts, run_at, locked_until, last_error, created_at from jobs
     where failed_at = 9223372036854775807 order by run_at, id limit $1";

/// What waits or is under way, the next first.
pub async fn list_waiting(mut read: impl Read, limit: i64) -> Result<Vec<WaitingJob>, DbError> {
    read.all(WAITING, values![limit]).await
}

const COUNT_FAILED: &str = "select count(*) as n from jobs where failed_at < 9223372036854775807";

pub async fn count_failed(mut read: impl Read) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(COUNT_FAILED, values![]).await?.0)
}

const FIGURES: &str = "
    select count(case when failed_at = 9223372036854775807 then 1 end) as waiting,
           count(case when failed_at = 9223372036854775807 and run_at <= $1 then 1 end) as due,
           count(case when failed_at < 9223372036854775807 then 1 end) as failed
      from jobs";

pub async fn figures(mut read: impl Read, now: Timestamp) -> Result<QueueFigures, DbError> {
    read.one(FIGURES, values![now]).await
}

const RETRY: &str = "
    update jobs set failed_at = 9223372036854775807, attempts = 0, run_at = $2, repeat_key = null
     where id = $1 and failed_at < 9223372036854775807
 returning name";

/// Gives a failed job another round and says its name. `None`: it is not among the failures.
pub async fn retry(tx: &mut Tx<'_>, id: &JobId) -> Result<Option<String>, DbError> {
    let now = tx.now();
    wake_all(tx);
    let retried: Option<(String,)> = tx.maybe(RETRY, values![id, now]).await?;
    Ok(retried.map(|row| row.0))
}

const RETRY_ALL: &str = "
    update jobs set failed_at = 9223372036854775807, attempts = 0, run_at = $1, repeat_key = null
     where failed_at < 9223372036854775807";

/// Gives all failed jobs another round; says how many.
pub async fn retry_all(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    let now = tx.now();
    wake_all(tx);
    tx.run(RETRY_ALL, values![now]).await
}

fn wake_all(tx: &mut Tx<'_>) {
    for lane in Lane::ALL {
        tx.wake(lane.word());
    }
}

const DISCARD: &str = "
    delete from jobs where id = $1 and failed_at < 9223372036854775807 returning name";

/// Gives up on a failed job and says its name. `None`: it is not among the failures.
pub async fn discard(tx: &mut Tx<'_>, id: &JobId) -> Result<Option<String>, DbError> {
    let discarded: Option<(String,)> = tx.maybe(DISCARD, values![id]).await?;
    Ok(discarded.map(|row| row.0))
}
