//! What the REST interface and the figures of the house read over several capabilities.

use billing::refund::{Refund, RefundState};
use billing::status::Status;
use billing::subscription::Subscription;
use db::{DbError, Listing, Read, values};
use kit::id::{MemberId, PayerId, PaymentId, PlanId, ServerId};
use kit::{PageAsked, PageOf, Subject, Timestamp};
use media::{Share, ShareState};

use crate::MOST_COUNTED;

db::row! {
    /// How many of a name are in a state.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Counted { pub name: String, pub state: String, pub n: i64 }
}

const JOBS: &str = "
    select lane as name, state, cast(count(*) as bigint) as n
      from (select lane, case when failed_at < 9223372036854775807 then 'failed'
                              when locked_until > $1 then 'running'
                              when run_at <= $1 then 'due'
                              else 'later' end as state
              from jobs limit $2) counted
     group by lane, state
     order by lane, state";

/// Jobs by lane: failed, running, due, or meant for later.
pub async fn jobs_by_lane(mut read: impl Read, now: Timestamp) -> Result<Vec<Counted>, DbError> {
    read.all(JOBS, values![now, MOST_COUNTED]).await
}

const TARGETS: &str = "
    select kind as name, state, cast(count(*) as bigint) as n
      from targets
     group by kind, state
     order by kind, state";

/// What upkeep keeps in place, by kind and state.
pub async fn targets_by_state(mut read: impl Read) -> Result<Vec<Counted>, DbError> {
    read.all(TARGETS, values![]).await
}

const SUBSCRIPTIONS: Listing = Listing {
    base: "
        select id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, cancel_reason,
               closed_at, gateway_id, agreement, agreement_state, version, status, status_since,
               status_changes_at, ends_at
          from subscriptions where true",
    clauses: &[
        ("subject", "and subject = ?"),
        ("payer", "and payer_id = ?"),
        ("plan", "and plan_id = ?"),
        ("status", "and status = ?"),
        ("after", "and id > ?"),
    ],
    orders: &[("id", "order by id limit ?")],
};

/// Which subscriptions are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionFilter {
    pub subject: Option<Subject>,
    pub payer: Option<PayerId>,
    pub plan: Option<PlanId>,
    pub status: Option<Status>,
}

/// Oldest first, those that are over too.
pub async fn subscriptions(
    read: impl Read,
    filter: &SubscriptionFilter,
    asked: &PageAsked,
) -> Result<PageOf<Subscription>, DbError> {
    let rows = SUBSCRIPTIONS
        .ask()
        .filter("subject", filter.subject.as_ref().map(|it| values![it]))
        .filter("payer", filter.payer.as_ref().map(|it| values![it]))
        .filter("plan", filter.plan.as_ref().map(|it| values![it]))
        .filter("status", filter.status.map(|it| values![it]))
        .filter("after", asked.after_id())
        .rows(read, "id", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &Subscription| {
        row.id.to_string()
    }))
}

const REFUNDS: Listing = Listing {
    base: "
        select id, payment_id, gateway_id, provider, provider_account, reference, amount_minor, currency, term,
               state, reason, problem, looks, created_at, ended_at
          from refunds where true",
    clauses: &[
        ("payment", "and payment_id = ?"),
        ("state", "and state = ?"),
        ("after", "and id > ?"),
    ],
    orders: &[("id", "order by id limit ?")],
};

/// Refunds, oldest first.
pub async fn refunds(
    read: impl Read,
    (payment, state): (Option<PaymentId>, Option<RefundState>),
    asked: &PageAsked,
) -> Result<PageOf<Refund>, DbError> {
    let rows = REFUNDS
        .ask()
        .filter("payment", payment.map(|it| values![it]))
        .filter("state", state.map(|it| values![it]))
        .filter("after", asked.after_id())
        .rows(read, "id", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &Refund| row.id.to_string()))
}

const SHARES: Listing = Listing {
    base: "
        select id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name, stage,
               seen_level, reason, wanted_at, invited_at, joined_at, changed_at, edition
          from shares where true",
    clauses: &[
        ("member", "and member_id = ?"),
        ("server", "and server_id = ?"),
        ("state", "and state = ?"),
        ("after", "and id > ?"),
    ],
    orders: &[("id", "order by id limit ?")],
};

/// Which shares are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct ShareFilter {
    pub member: Option<MemberId>,
    pub server: Option<ServerId>,
    pub state: Option<ShareState>,
}

/// Oldest first.
pub async fn shares(
    read: impl Read,
    filter: &ShareFilter,
    asked: &PageAsked,
) -> Result<PageOf<Share>, DbError> {
    let rows = SHARES
        .ask()
        .filter("member", filter.member.as_ref().map(|it| values![it]))
        .filter("server", filter.server.as_ref().map(|it| values![it]))
        .filter("state", filter.state.map(|it| values![it]))
        .filter("after", asked.after_id())
        .rows(read, "id", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &Share| row.id.to_string()))
}

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&SUBSCRIPTIONS, &REFUNDS, &SHARES];
