//! The standing of a subscription: everything about it at one moment, and what will happen next and when.
//! Whatever shows or decides that asks here.

use std::collections::HashMap;

use db::Read;
use kit::calendar::Zone;
use kit::id::{PlanVersionId, SubscriptionId};
use kit::{Text, Timestamp};

use crate::error::BillingError;
use crate::fold::{Term, fold};
use crate::hold::Hold;
use crate::next::what_happens_next;
use crate::plan::PlanVersion;
use crate::settings::TermSettings;
use crate::status::{Facts, Status, next_change, status};
use crate::subscription::Subscription;
use crate::term::Grant;
use crate::{hold, plan, settings, subscription, term};

/// A subscription at one moment.
#[derive(Debug, Clone)]
pub struct Standing {
    pub subscription: Subscription,
    pub plan: PlanVersion,
    /// All grants in the order of the fold, those taken back too.
    pub grants: Vec<Grant>,
    pub term: Term,
    /// Those that hold at the moment.
    pub holds: Vec<Hold>,
    pub status: Status,
    /// When the status will be another one if nothing happens; `NEVER` if it will not.
    pub changes_at: Timestamp,
    /// What will happen next and when, in whole sentences.
    pub next: Text,
}

impl Standing {
    /// Whether it never expires, is never limited and never reminded.
    pub fn is_permanent(&self) -> bool {
        self.status == Status::Permanent
    }

    pub fn has_access(&self) -> bool {
        self.status.has_access()
    }
}

/// The standing of one subscription.
pub async fn standing(
    mut read: impl Read,
    id: &SubscriptionId,
    now: Timestamp,
) -> Result<Standing, BillingError> {
    let one = std::slice::from_ref(id);
    let mut found = many(&mut read, one, now).await?;
    found.pop().ok_or_else(|| BillingError::not_found(id))
}

/// The standings of those subscriptions that exist, in the order asked, by five statements for all.
pub async fn many(
    mut read: impl Read,
    ids: &[SubscriptionId],
    now: Timestamp,
) -> Result<Vec<Standing>, BillingError> {
    let (rules, _) = settings::terms(&mut read).await?;
    let subscriptions = subscription::find_many(&mut read, ids).await?;
    let versions: Vec<PlanVersionId> = subscriptions
        .iter()
        .map(|subscription| subscription.plan_version_id.clone())
        .collect();
    let plans = by(plan::versions(&mut read, &versions).await?, |v| {
        v.id.clone()
    });
    let mut grants = groups(term::list_of_many(&mut read, ids).await?, |grant| {
        grant.subscription_id.clone()
    });
    let mut holds = groups(hold::list_of_many(&mut read, ids).await?, |hold| {
        hold.subscription_id.clone()
    });
    let mut found = by(subscriptions, |subscription| subscription.id.clone());
    let standings = ids.iter().filter_map(|id| {
        let subscription = found.remove(id)?;
        let plan = plans.get(&subscription.plan_version_id)?.clone();
        let grants = grants.remove(id).unwrap_or_default();
        let holds = holds.remove(id).unwrap_or_default();
        Some(stand(subscription, plan, grants, holds, &rules, now))
    });
    Ok(standings.collect())
}

fn stand(
    subscription: Subscription,
    plan: PlanVersion,
    grants: Vec<Grant>,
    holds: Vec<Hold>,
    rules: &TermSettings,
    now: Timestamp,
) -> Standing {
    let facts = facts(&subscription, &grants, holds, rules);
    let status = status(&facts, now);
    let next = what_happens_next(&facts, now);
    let changes_at = next_change(&facts, now);
    let mut holds = facts.holds;
    holds.retain(|hold| hold.holds_at(now));
    Standing {
        subscription,
        plan,
        grants,
        term: facts.term,
        holds,
        status,
        changes_at,
        next,
    }
}

pub(crate) fn facts(
    subscription: &Subscription,
    grants: &[Grant],
    holds: Vec<Hold>,
    rules: &TermSettings,
) -> Facts {
    let zone: Zone = subscription.zone();
    Facts {
        term: fold(grants, &hold::pauses(&holds), &zone),
        holds,
        cancel_at: subscription.cancel_at,
        agreement: subscription.agreement_state,
        rules: rules.clone(),
    }
}

fn by<K: std::hash::Hash + Eq, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

fn groups<K: std::hash::Hash + Eq, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
