//! The circuit breaker per remote: after some failures in a row nobody asks it for a while, so that a dead
//! server never keeps the hands from the others.

use db::{DbError, Read, Tx, values};
use kit::{Span, Text, Timestamp};

/// Failures in a row after which the breaker opens.
const PATIENCE: i64 = 3;

db::row! {
    /// A remote that failed of late.
    #[derive(Debug, Clone)]
    pub struct Remote {
        pub id: String,
        pub failures: i64,
        pub open_until: Timestamp,
        pub reason: Option<Text>,
        pub down_since: Timestamp,
    }
}

const FIND: &str = "select id, failures, open_until, reason, down_since from remotes where id = $1";

/// `None`: it never failed, or has come back.
pub(crate) async fn find(mut read: impl Read, id: &str) -> Result<Option<Remote>, DbError> {
    read.maybe(FIND, values![id]).await
}

const FAILED: &str = "
    insert into remotes (id, failures, open_until, reason, down_since, told_down)
    values ($1, 1, 0, $2, $3, false)
    on conflict (id) do update set failures = remotes.failures + 1, reason = excluded.reason
 returning id, failures, open_until, reason, down_since";

const OPEN: &str = "update remotes set open_until = $2 where id = $1";

/// Counts a failure. Answers until when the remote is left alone (in the past: it is not).
pub(crate) async fn failed(tx: &mut Tx<'_>, id: &str, reason: &Text) -> Result<Timestamp, DbError> {
    let now = tx.now();
    let remote: Remote = tx.one(FAILED, values![id, reason, now]).await?;
    if remote.failures < PATIENCE {
        return Ok(remote.open_until);
    }
    // 5 s, 10 s, 20 s … up to five minutes.
    let rounds = (remote.failures - PATIENCE).clamp(0, 6);
    let until = now + Span::seconds(5 << rounds).min(Span::minutes(5));
    tx.run(OPEN, values![id, until]).await?;
    Ok(until)
}

const BACK: &str = "delete from remotes where id = $1";

/// Notes that the remote answers.
pub(crate) async fn answers(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.run(BACK, values![id]).await?;
    Ok(())
}

const DOWN: &str = "
    select id, failures, open_until, reason, down_since from remotes where failures >= 3 order by down_since";

/// The remotes that are left alone at the moment, or were until a moment ago.
pub async fn list_down(mut read: impl Read) -> Result<Vec<Remote>, DbError> {
    read.all(DOWN, values![]).await
}
