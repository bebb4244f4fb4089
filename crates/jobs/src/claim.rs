//! Claiming, finishing and failing, each fenced by a lease: whoever lost its lease changes nothing.

use db::{Db, DbError, Read, Tx, values};
use kit::id::{JobId, LeaseId};
use kit::{Actor, Span, Text, Timestamp, t};

use crate::job::{JobError, Lane};

/// How long a claim holds without being extended.
pub(crate) const LEASE: Span = Span::seconds(60);

db::row! {
    /// A job in our hands.
    #[derive(Debug, Clone)]
    pub(crate) struct Claimed {
        pub id: JobId,
        pub name: String,
        pub payload: String,
        pub attempts: i64,
        pub max_attempts: i64,
        pub run_at: Timestamp,
        pub lease: LeaseId,
    }
}

// Uses jobs_due. The outer condition is the claim: of two processes that chose the same row, one finds it
// locked.
const CLAIM: &str = "
    update jobs
       set locked_until = $3, attempts = attempts + 1, lease = $4
     where id in (select id from jobs
                   where lane = $1 and failed_at = 9223372036854775807
                     and run_at <= $2 and locked_until <= $2
                   order by priority desc, run_at limit $5)
       and locked_until <= $2 and failed_at = 9223372036854775807
 returning id, name, payload, attempts, max_attempts, run_at, lease";

const ANY_DUE: &str = "
    select count(*) as n from (select id from jobs
     where lane = $1 and failed_at = 9223372036854775807 and run_at <= $2 and locked_until <= $2
     limit 1) as due";

/// Claims up to `limit` due jobs of a lane. Empty: nothing is due, or another process was faster.
pub(crate) async fn claim(db: &Db, lane: Lane, limit: usize) -> Result<Vec<Claimed>, DbError> {
    let now = db.world().now();
    // Looking costs no write; most looks find nothing.
    if db.one::<(i64,)>(ANY_DUE, values![lane, now]).await?.0 == 0 {
        return Ok(Vec::new());
    }
    let mut tx = db.begin(Actor::schedule("jobs")).await?;
    let claimed = claim_in(&mut tx, lane, limit).await?;
    tx.save().await?;
    Ok(claimed)
}

async fn claim_in(tx: &mut Tx<'_>, lane: Lane, limit: usize) -> Result<Vec<Claimed>, DbError> {
    let (now, lease) = (tx.now(), tx.id::<LeaseId>());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(CLAIM, values![lane, now, now + LEASE, lease, limit])
        .await
}

const EXTEND: &str = "update jobs set locked_until = $3 where id = $1 and lease = $2";

/// Holds on for another lease. `false`: the job is somebody else's by now.
pub(crate) async fn extend(db: &Db, job: &Claimed) -> Result<bool, DbError> {
    let until = db.world().now() + LEASE;
    let mut tx = db.begin(Actor::schedule("jobs")).await?;
    let held = tx.run(EXTEND, values![job.id, job.lease, until]).await? == 1;
    tx.save().await?;
    Ok(held)
}

const DONE: &str = "delete from jobs where id = $1 and lease = $2";

const AGAIN: &str = "
    update jobs set locked_until = 0, lease = '', run_at = $3, last_error = $4
     where id = $1 and lease = $2";

const FAILED: &str = "
    update jobs set locked_until = 0, lease = '', failed_at = $3, last_error = $4
     where id = $1 and lease = $2";

const NOTE: &str = "
    insert into job_runs (id, job_id, name, lane, outcome, detail, attempts, queued_ms, took_ms, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// What came of one run, and how long it took.
pub(crate) struct Ended {
    pub result: Result<(), JobError>,
    pub began: Timestamp,
    pub at: Timestamp,
}

/// Writes down how runs ended.
pub(crate) async fn settle(
    db: &Db,
    lane: Lane,
    ends: &[(&Claimed, &Ended)],
) -> Result<(), DbError> {
    let mut tx = db.begin(Actor::schedule("jobs")).await?;
    for (job, ended) in ends {
        settle_in(&mut tx, lane, job, ended).await?;
    }
    // Taken back by a power cut, the jobs would only be run once more, which is safe for every job.
    tx.save_unhurried().await
}

/// Writes down how runs ended, and claims up to `limit` due jobs of the lane.
pub(crate) async fn settle_and_claim(
    db: &Db,
    lane: Lane,
    ends: &[(&Claimed, &Ended)],
    limit: usize,
) -> Result<Vec<Claimed>, DbError> {
    if ends.is_empty() {
        return claim(db, lane, limit).await;
    }
    let mut tx = db.begin(Actor::schedule("jobs")).await?;
    for (job, ended) in ends {
        settle_in(&mut tx, lane, job, ended).await?;
    }
    let claimed = claim_in(&mut tx, lane, limit).await?;
    if claimed.is_empty() {
        tx.save_unhurried().await?;
    } else {
        tx.save().await?;
    }
    Ok(claimed)
}

async fn settle_in(
    tx: &mut Tx<'_>,
    lane: Lane,
    job: &Claimed,
    ended: &Ended,
) -> Result<(), DbError> {
    let now = tx.now();
    let (outcome, reason) = match &ended.result {
        Ok(()) => {
            tx.run(DONE, values![job.id, job.lease]).await?;
            ("done", None)
        }
        Err(error) if is_last(error, job) => {
            tx.run(FAILED, values![job.id, job.lease, now, error.reason()])
                .await?;
            ("failed", Some(error.reason().clone()))
        }
        Err(error) => {
            let at = now + pause(error, job.attempts);
            tx.run(AGAIN, values![job.id, job.lease, at, error.reason()])
                .await?;
            ("again", Some(error.reason().clone()))
        }
    };
    note(tx, lane, job, outcome, reason, ended).await
}

async fn note(
    tx: &mut Tx<'_>,
    lane: Lane,
    job: &Claimed,
    outcome: &str,
    reason: Option<Text>,
    ended: &Ended,
) -> Result<(), DbError> {
    let run: JobId = tx.id();
    let now = tx.now();
    let queued = ended.began.since(job.run_at).as_ms();
    let took = ended.at.since(ended.began).as_ms();
    let row = values![
        run,
        job.id,
        job.name,
        lane,
        outcome,
        reason,
        job.attempts,
        queued,
        took,
        now
    ];
    tx.run(NOTE, row).await?;
    Ok(())
}

fn is_last(error: &JobError, job: &Claimed) -> bool {
    matches!(error, JobError::Final(_)) || job.attempts >= job.max_attempts
}

/// 2 s, 4 s, 8 s … up to an hour.
fn pause(error: &JobError, attempts: i64) -> Span {
    match error {
        JobError::After(span, _) => *span,
        _ => Span::seconds(1_i64 << attempts.clamp(1, 12)).min(Span::hours(1)),
    }
}

/// A job that was begun more often than allowed without ever ending: it takes the process down with it.
pub(crate) fn poisonous(job: &Claimed) -> Option<JobError> {
    (job.attempts > job.max_attempts).then(|| {
        JobError::Final(t!(
            "This job was begun {n} times and never came to an end; the process stopped each time.",
            n = job.attempts - 1
        ))
    })
}
