//! Finding subscriptions.

use db::{DbError, Read, values};
use kit::id::{GatewayId, PayerId, PlanId, PlanVersionId, SubscriptionId};
use kit::{Json, Subject};

use super::Subscription;
use crate::error::BillingError;
use crate::plan::PlanKind;

const FIND: &str = "
    select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
           closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
           status_changes_at, ends_at
      from subscriptions where id = $1";

/// `None`: there is no such subscription.
pub async fn find(
    mut read: impl Read,
    id: &SubscriptionId,
) -> Result<Option<Subscription>, DbError> {
    read.maybe(FIND, values![id]).await
}

pub(crate) async fn must_find(
    read: impl Read,
    id: &SubscriptionId,
) -> Result<Subscription, BillingError> {
    find(read, id)
        .await?
        .ok_or_else(|| BillingError::not_found(id))
}

const FIND_MANY: &str = "
    select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
           closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
           status_changes_at, ends_at
      from subscriptions where id in (select value from json_each(cast($1 as text)))";

/// Those of the subscriptions that exist, in no order.
pub async fn find_many(
    mut read: impl Read,
    ids: &[SubscriptionId],
) -> Result<Vec<Subscription>, DbError> {
    read.all(FIND_MANY, values![Json(ids.to_vec())]).await
}

const LIVING: &str = "
    select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
           closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
           status_changes_at, ends_at
      from subscriptions
     where subject = $1 and kind = $2 and closed_at = 9223372036854775807";

/// The living membership of a member. `None`: they never had one, or it was cancelled.
pub async fn living_of(
    read: impl Read,
    subject: &Subject,
) -> Result<Option<Subscription>, DbError> {
    living_of_kind(read, subject, PlanKind::Membership).await
}

/// The living subscription of that kind, of a member, a station or channel, or an account.
pub async fn living_of_kind(
    mut read: impl Read,
    subject: &Subject,
    kind: PlanKind,
) -> Result<Option<Subscription>, DbError> {
    read.maybe(LIVING, values![subject, kind]).await
}

const OF_SUBJECT: &str = "
    select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
           closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
           status_changes_at, ends_at
      from subscriptions where subject = $1 order by id desc";

/// All subscriptions of a subject, newest first; those that are closed too.
pub async fn of_subject(
    mut read: impl Read,
    subject: &Subject,
) -> Result<Vec<Subscription>, DbError> {
    read.all(OF_SUBJECT, values![subject]).await
}

const OF_PAYER: &str = "
    select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
           closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
           status_changes_at, ends_at
      from subscriptions where payer_id = $1 order by id desc";

/// All subscriptions that a payer pays for, newest first.
pub async fn of_payer(mut read: impl Read, payer: &PayerId) -> Result<Vec<Subscription>, DbError> {
    read.all(OF_PAYER, values![payer]).await
}

const BY_AGREEMENT: &str = "
    select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
           closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
           status_changes_at, ends_at
      from subscriptions where gateway_id = $1 and agreement = $2";

/// The subscription that the gateway renews by this agreement.
pub async fn find_by_agreement(
    mut read: impl Read,
    gateway: &GatewayId,
    reference: &str,
) -> Result<Option<Subscription>, DbError> {
    read.maybe(BY_AGREEMENT, values![gateway, reference]).await
}

const OF_OTHER_VERSIONS: &str = "
    select id from subscriptions
     where plan_id = $1 and plan_version_id <> $2 and closed_at = 9223372036854775807
     order by id limit $3";

/// Living subscriptions of the plan that were sold with another version.
pub async fn of_other_versions(
    mut read: impl Read,
    plan: &PlanId,
    version: &PlanVersionId,
    limit: i64,
) -> Result<Vec<SubscriptionId>, DbError> {
    let rows: Vec<(SubscriptionId,)> = read
        .all(OF_OTHER_VERSIONS, values![plan, version, limit])
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

db::row! {
    /// How many living subscriptions have one version of a plan.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OnVersion {
        pub version: PlanVersionId,
        pub n: i64,
    }
}

const BY_VERSION: &str = "
    select plan_version_id as version, cast(count(*) as bigint) as n from subscriptions
     where plan_id = $1 and closed_at = 9223372036854775807
     group by plan_version_id order by plan_version_id";

/// The versions of a plan that somebody has.
pub async fn by_version(mut read: impl Read, plan: &PlanId) -> Result<Vec<OnVersion>, DbError> {
    read.all(BY_VERSION, values![plan]).await
}
