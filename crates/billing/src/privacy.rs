//! What billing keeps about people: handing it out, and erasing it.

use db::{DbError, Read, Tx, values};
use kit::id::SubscriptionId;
use kit::{Subject, Timestamp};
use serde::Serialize;

use crate::error::BillingError;
use crate::{standing, subscription};

/// How long the rows of each table of plans and time are kept.
pub const RETENTION: &[(&str, &str)] = &[
    ("plans", "for ever; nothing personal"),
    ("plan_versions", "for ever; nothing personal"),
    ("prices", "for ever; nothing personal"),
    ("gateway_prices", "for ever; nothing personal"),
    (
        "subscriptions",
        "as long as their payments; free words are erased with the person",
    ),
    (
        "term_grants",
        "as long as their payments; free words are erased with the person",
    ),
    (
        "holds",
        "as long as their subscription; free words are erased with the person",
    ),
    (
        "trials",
        "for ever, without name or address, so that a trial stays the only one",
    ),
    (
        "reminders",
        "as long as their subscription; nothing personal",
    ),
];

/// One subscription, as it is handed to the person whom it is about.
#[derive(Debug, Clone, Serialize)]
pub struct Export {
    pub subscription: SubscriptionId,
    pub plan: String,
    pub status: &'static str,
    pub started_at: Timestamp,
    /// The milliseconds' largest number if it has no end.
    pub ends_at: Timestamp,
    pub cancel_reason: Option<String>,
    pub grants: Vec<ExportedGrant>,
    /// Why access is withheld now, with the words that were given.
    pub holds: Vec<String>,
}

/// Time that was given.
#[derive(Debug, Clone, Serialize)]
pub struct ExportedGrant {
    pub cause: &'static str,
    pub count: u32,
    pub unit: &'static str,
    pub effective_at: Timestamp,
    pub reason: Option<String>,
    pub taken_back: bool,
}

/// All that is kept about the time of one person.
pub async fn export_of(
    mut read: impl Read,
    subject: &Subject,
    now: Timestamp,
) -> Result<Vec<Export>, BillingError> {
    let subscriptions = subscription::of_subject(&mut read, subject).await?;
    let ids: Vec<SubscriptionId> = subscriptions.into_iter().map(|found| found.id).collect();
    let standings = standing::many(&mut read, &ids, now).await?;
    Ok(standings.into_iter().map(export).collect())
}

fn export(standing: standing::Standing) -> Export {
    let grants = standing.grants.into_iter().map(|grant| ExportedGrant {
        cause: grant.cause_kind.word(),
        count: grant.length_count,
        unit: grant.length_unit.word(),
        effective_at: grant.effective_at,
        taken_back: !grant.is_live(),
        reason: grant.reason,
    });
    Export {
        grants: grants.collect(),
        holds: standing
            .holds
            .iter()
            .map(|hold| hold.text().in_english())
            .collect(),
        plan: standing.plan.name,
        status: standing.status.word(),
        started_at: standing.subscription.created_at,
        ends_at: standing.subscription.ends_at,
        cancel_reason: standing.subscription.cancel_reason,
        subscription: standing.subscription.id,
    }
}

const ERASE_SUBSCRIPTIONS: &str = "
    update subscriptions set cancel_reason = null where subject = $1";

const ERASE_GRANTS: &str = "
    update term_grants set reason = null, revoked_reason = null
     where subscription_id in (select id from subscriptions where subject = $1)";

const ERASE_HOLDS: &str = "
    update holds set note = null
     where subscription_id in (select id from subscriptions where subject = $1)";

/// Erases the free words about a person; what remains are ids, lengths and times. Safe to repeat.
pub async fn erase(tx: &mut Tx<'_>, subject: &Subject) -> Result<(), DbError> {
    for sql in [ERASE_SUBSCRIPTIONS, ERASE_GRANTS, ERASE_HOLDS] {
        tx.run(sql, values![subject]).await?;
    }
    Ok(())
}
