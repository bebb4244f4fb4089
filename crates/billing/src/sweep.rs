//! Sweeps: what the clock changes by itself, found by condition and told once.

use db::{DbError, Read, Tx, values};
use kit::id::SubscriptionId;
use kit::{Subject, Timestamp};

use crate::error::BillingError;
use crate::events::DeletionDue;
use crate::settings::{self, TermSettings};
use crate::{refresh, subscription};

/// How many are found at a time.
pub const PAGE: i64 = 500;

db::row! {
    /// Where a page of a sweep ended.
    #[derive(Debug, Clone)]
    pub struct Mark {
        pub id: SubscriptionId,
        pub at: Timestamp,
    }
}

// Uses the index subscriptions_changing.
const FIRST_CHANGING: &str = "
    select id, status_changes_at as at from subscriptions
     where status_changes_at <= $1
     order by status_changes_at, id limit $2";

const NEXT_CHANGING: &str = "
    select id, status_changes_at as at from subscriptions
     where status_changes_at <= $1 and (status_changes_at, id) > ($3, $4)
     order by status_changes_at, id limit $2";

/// Subscriptions whose status has become another one by the clock. A page that is not full is the last.
pub async fn changing(
    mut read: impl Read,
    now: Timestamp,
    after: Option<&Mark>,
) -> Result<Vec<Mark>, DbError> {
    match after {
        None => read.all(FIRST_CHANGING, values![now, PAGE]).await,
        Some(mark) => {
            let row = values![now, PAGE, mark.at, mark.id];
            read.all(NEXT_CHANGING, row).await
        }
    }
}

// Uses the index subscriptions_by_rules. The version stands where the other sweep has a time.
const FIRST_OUTDATED: &str = "
    select id, rules_version as at from subscriptions
     where rules_version < $1
     order by rules_version, id limit $2";

const NEXT_OUTDATED: &str = "
    select id, rules_version as at from subscriptions
     where rules_version < $1 and (rules_version, id) > ($3, $4)
     order by rules_version, id limit $2";

/// Subscriptions whose copies were made by older rules of grace and expiry than those in force.
pub async fn outdated(mut read: impl Read, after: Option<&Mark>) -> Result<Vec<Mark>, DbError> {
    let (_, version) = settings::terms(&mut read).await?;
    match after {
        None => read.all(FIRST_OUTDATED, values![version, PAGE]).await,
        Some(mark) => {
            let row = values![version, PAGE, mark.at, mark.id];
            read.all(NEXT_OUTDATED, row).await
        }
    }
}

/// Brings the copies of one up to date and tells what changed. Safe to repeat.
pub async fn settle(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<(), BillingError> {
    subscription::lock(tx, id).await?;
    refresh::settle(tx, id).await
}

db::row! {
    /// A subscription that has been over for the announced days.
    #[derive(Debug, Clone)]
    pub struct Over {
        pub id: SubscriptionId,
        pub subject: Subject,
        pub status_since: Timestamp,
    }
}

// Uses the index subscriptions_by_status_since. Whoever came back with another subscription is left alone.
const DELETIONS: &str = "
    select s.id, s.subject, s.status_since
      from subscriptions s
     where s.status in ('expired', 'cancelled') and s.status_since <= $1 and not s.deletion_told
       and not exists (select 1 from subscriptions o
                        where o.subject = s.subject and o.id <> s.id
                          and o.closed_at = 9223372036854775807)
     order by s.status_since, s.id
     limit $2";

/// Subscriptions that were over so long that their media accounts are to be deleted. None if the operator
/// keeps them.
pub async fn deletions_due(mut read: impl Read, now: Timestamp) -> Result<Vec<Over>, DbError> {
    let (rules, _) = settings::terms(&mut read).await?;
    match over_since(&rules, now) {
        None => Ok(Vec::new()),
        Some(since) => read.all(DELETIONS, values![since, PAGE]).await,
    }
}

fn over_since(rules: &TermSettings, now: Timestamp) -> Option<Timestamp> {
    let days = rules.delete_after_days?;
    Some(now - kit::Span::days(i64::from(days)))
}

const CLAIM_DELETION: &str = "
    update subscriptions set deletion_told = true
     where id = $1 and not deletion_told and status in ('expired', 'cancelled')";

/// Tells that the deletion is due, once. Says whether it was this call that told.
pub async fn tell_deletion(tx: &mut Tx<'_>, over: &Over) -> Result<bool, DbError> {
    if tx.run(CLAIM_DELETION, values![over.id]).await? == 0 {
        return Ok(false);
    }
    let event = DeletionDue {
        subscription: over.id.clone(),
        subject: over.subject.clone(),
        over_since: over.status_since,
    };
    chronicle::tell(tx, &event).await?;
    Ok(true)
}
