//! Reminders that time is running out: some days before its end, each step once for each end.
//!
//! What is due is found by condition, so that time without a running process is caught up with; of several
//! steps that were missed only the latest is told. Who never ends or renews by themselves gets none.

use db::{DbError, Read, Tx, values};
use kit::id::SubscriptionId;
use kit::{Span, Subject, Timestamp};

use crate::events::ExpiringSoon;
use crate::settings::ReminderSettings;

/// A reminder that is due and not yet told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub subscription: SubscriptionId,
    pub subject: Subject,
    /// The end that it is about.
    pub until: Timestamp,
    pub step_days: u32,
}

impl ExpiringSoon {
    pub fn of(due: &Due) -> Self {
        Self {
            subscription: due.subscription.clone(),
            subject: due.subject.clone(),
            until: due.until,
            step_days: due.step_days,
        }
    }
}

db::row! {
    struct Ending {
        id: SubscriptionId,
        subject: Subject,
        ends_at: Timestamp,
    }
}

/// How many are found at a time for each step.
const AT_ONCE: i64 = 500;

// Uses the index subscriptions_by_status_end. An end that became known after the step's moment is not reminded of by
// that step: nobody who has just paid for a week is told that two weeks are left.
const ENDING: &str = "
    select s.id, s.subject, s.ends_at
      from subscriptions s
     where s.ends_at > $1 and s.ends_at <= $2
       and s.status in ('trial', 'active', 'past_due')
       and s.agreement_state in ('none', 'ended')
       and s.ends_known_at < s.ends_at - cast($3 as bigint)
       and not exists (select 1 from reminders r
                        where r.subscription_id = s.id and r.period_end = s.ends_at
                          and r.step_days = $4)
     order by s.ends_at, s.id
     limit $5";

/// Which reminders are due, the nearest ends first; some hundreds at a time, so ask again after claiming.
pub async fn due(mut read: impl Read, now: Timestamp) -> Result<Vec<Due>, DbError> {
    let (reminders, _) = settings::load::<ReminderSettings>(&mut read).await?;
    let mut due = Vec::new();
    if !reminders.enabled {
        return Ok(due);
    }
    let mut nearer = now;
    for step_days in reminders.steps() {
        let before = Span::days(i64::from(step_days));
        let row = values![nearer, now + before, before.as_ms(), step_days, AT_ONCE];
        let found: Vec<Ending> = read.all(ENDING, row).await?;
        due.extend(found.into_iter().map(|ending| Due {
            subscription: ending.id,
            subject: ending.subject,
            until: ending.ends_at,
            step_days,
        }));
        nearer = now + before;
    }
    Ok(due)
}

// Looks again: whoever paid or agreed to renew since is left alone.
const CLAIM: &str = "
    insert into reminders (subscription_id, period_end, step_days, told_at)
    select s.id, s.ends_at, cast($3 as bigint), cast($4 as bigint)
      from subscriptions s
     where s.id = $1 and s.ends_at = $2
       and s.status in ('trial', 'active', 'past_due')
       and s.agreement_state in ('none', 'ended')
    on conflict (subscription_id, period_end, step_days) do nothing";

/// Claims the telling of one reminder: whoever gets `true` tells it in the same transaction.
pub async fn claim(tx: &mut Tx<'_>, due: &Due) -> Result<bool, DbError> {
    let now = tx.now();
    let row = values![due.subscription, due.until, due.step_days, now];
    Ok(tx.run(CLAIM, row).await? == 1)
}
