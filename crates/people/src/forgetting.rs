//! What is forgotten by itself: sessions, links, ceremonies and counts that have ended.

use async_trait::async_trait;
use db::{Db, DbError, Tx, values};
use jobs::{Job, JobError, Lane, Schedule};
use kit::{Actor, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an ended link is kept, so that its page can still say that it was used.
const LINKS_KEPT: Span = Span::days(30);

/// Deletes what has ended. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForgetExpired {}

#[async_trait]
impl Job for ForgetExpired {
    const NAME: &'static str = "people.forget_expired";
    const LANE: Lane = Lane::Bulk;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
        let now = tx.now();
        forget(&mut tx, now).await?;
        Ok(tx.save().await?)
    }
}

/// The turn of [`ForgetExpired`], daily.
pub fn schedule() -> Schedule {
    Schedule::new(Span::days(1), ForgetExpired {})
}

const SESSIONS: &str = "delete from sessions where idle_until <= $1";
const SESSIONS_TOO_OLD: &str = "delete from sessions where absolute_until <= $1";
const TOKENS: &str = "delete from tokens where expires_at <= $1";
const CEREMONIES: &str = "delete from ceremonies where expires_at <= $1";
const RATES: &str = "delete from rates where ends_at <= $1";

async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    for sql in [SESSIONS, SESSIONS_TOO_OLD, CEREMONIES, RATES] {
        tx.run(sql, values![now]).await?;
    }
    tx.run(TOKENS, values![now - LINKS_KEPT]).await?;
    Ok(())
}
