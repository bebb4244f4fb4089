//! Keeps the copies of a subscription's status in step with its facts, and tells each change once: the copy
//! and the event are written in one transaction, under the subscription's lock.

use db::{Tx, values};
use kit::id::SubscriptionId;
use kit::{Subject, Timestamp};

use crate::error::BillingError;
use crate::events::{Change, StatusChanged, TermChanged};
use crate::standing::facts;
use crate::status::{Status, next_change, status};
use crate::subscription::{self, Subscription};
use crate::{hold, settings, term};

/// After a fact has changed: tells the change, and the status if it became another one.
pub(crate) async fn after(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    change: Change,
    reason: Option<&str>,
) -> Result<(), BillingError> {
    let subscription = subscription::must_find(&mut *tx, id).await?;
    let event = TermChanged {
        subscription: id.clone(),
        subject: subscription.subject.clone(),
        change,
    };
    match reason {
        Some(reason) => chronicle::tell_because(tx, &event, reason).await?,
        None => chronicle::tell(tx, &event).await?,
    };
    copy(tx, &subscription).await
}

/// After time has passed, or the rules were changed. Safe to repeat.
pub(crate) async fn settle(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<(), BillingError> {
    let subscription = subscription::must_find(&mut *tx, id).await?;
    copy(tx, &subscription).await
}

const COPY: &str = "
    update subscriptions
       set status_changes_at = $2, rules_version = $3, closed_at = $4, status_since = $5,
           deletion_told = case when status = $6 then deletion_told else false end,
           status = $6,
           ends_known_at = case when ends_at = $7 then ends_known_at else $8 end,
           ends_at = $7
     where id = $1";

async fn copy(tx: &mut Tx<'_>, old: &Subscription) -> Result<(), BillingError> {
    let (rules, rules_version) = settings::terms(&mut *tx).await?;
    let grants = term::list_of(&mut *tx, &old.id).await?;
    let holds = hold::list_of(&mut *tx, &old.id).await?;
    let facts = facts(old, &grants, holds, &rules);
    let now = tx.now();
    let status = status(&facts, now);
    let row = values![
        old.id,
        next_change(&facts, now),
        rules_version,
        closed_at(old, status, now),
        if status == old.status {
            old.status_since
        } else {
            now
        },
        status,
        facts.term.ends_at().unwrap_or(Timestamp::EPOCH),
        now
    ];
    tx.run(COPY, row).await?;
    if status != old.status {
        tell(tx, &old.id, &old.subject, old.status, status).await?;
    }
    Ok(())
}

fn closed_at(old: &Subscription, status: Status, now: Timestamp) -> Timestamp {
    match status {
        Status::Cancelled => old.closed_at.min(now),
        _ => Timestamp::NEVER,
    }
}

async fn tell(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    subject: &Subject,
    from: Status,
    to: Status,
) -> Result<(), BillingError> {
    let event = StatusChanged {
        subscription: id.clone(),
        subject: subject.clone(),
        from,
        to,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}
