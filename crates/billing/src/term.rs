//! Term grants: lengths of time, each given for exactly one cause. What they amount to is [`fold`]ed, never
//! stored.

use db::{DbError, Read, Tx, values};
use kit::calendar::{Length, Unit};
use kit::id::{GrantId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Json, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::error::BillingError;
use crate::events::Change;
use crate::{hold, refresh, subscription};

pub use crate::fold::{Pause, Stretch, Term, fold};

stored_words! {
    /// What kind of thing gives time.
    pub enum CauseKind {
        Payment = "payment",
        Trial = "trial",
        Gift = "gift",
        Referral = "referral",
        Credit = "credit",
        Compensation = "compensation",
        Import = "import",
        Staff = "staff",
    }
}

/// The one thing for which time is given: the same cause never gives twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub kind: CauseKind,
    pub id: String,
}

impl Cause {
    pub fn new(kind: CauseKind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
        }
    }
}

stored_words! {
    /// From where time that is given after a gap counts.
    pub enum Anchor {
        /// From its `effective_at`, for a payment the moment it settled.
        Settled = "settled",
        /// From the end of the time before, as known when it is given: the days of grace are paid for too.
        PreviousEnd = "previous_end",
    }
}

/// A length of time to be given.
#[derive(Debug, Clone)]
pub struct NewGrant {
    pub subscription: SubscriptionId,
    pub length: Length,
    pub cause: Cause,
    /// Not before this; for a payment when the gateway settled it.
    pub effective_at: Timestamp,
    pub anchor: Anchor,
    /// Where it ends at the latest; `NEVER` unless a part of it was never meant to count.
    pub cut_at: Timestamp,
    /// Why, in the words of whoever gives it.
    pub reason: Option<String>,
}

impl NewGrant {
    /// The whole length from the moment it is effective, without words.
    pub fn new(
        subscription: &SubscriptionId,
        length: Length,
        cause: Cause,
        effective_at: Timestamp,
    ) -> Self {
        Self {
            subscription: subscription.clone(),
            length,
            cause,
            effective_at,
            anchor: Anchor::Settled,
            cut_at: Timestamp::NEVER,
            reason: None,
        }
    }
}

db::row! {
    /// A length of time given for one cause.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Grant {
        pub id: GrantId,
        pub subscription_id: SubscriptionId,
        pub length_count: u32,
        pub length_unit: Unit,
        pub cause_kind: CauseKind,
        pub cause_id: String,
        pub anchor: Anchor,
        pub effective_at: Timestamp,
        pub cut_at: Timestamp,
        /// `NEVER` while it counts.
        pub revoked_at: Timestamp,
        pub reason: Option<String>,
        pub revoked_reason: Option<String>,
        pub created_at: Timestamp,
    }
}

impl Grant {
    pub fn length(&self) -> Length {
        Length {
            count: self.length_count,
            unit: self.length_unit,
        }
    }

    pub fn cause(&self) -> Cause {
        Cause::new(self.cause_kind, &self.cause_id)
    }

    pub fn is_live(&self) -> bool {
        self.revoked_at.is_never()
    }
}

/// Whether a grant is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    New,
    /// The cause has given its time before, and nothing was changed.
    AlreadyThere,
}

const INSERT: &str = "
    insert into term_grants
           (id, subscription_id, length_count, length_unit, cause_kind, cause_id, anchor, effective_at,
            cut_at, revoked_at, reason, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 9223372036854775807, $10, $11)
    on conflict (cause_kind, cause_id) do nothing";

/// Gives time. Safe to repeat: the same cause gives once, even if its time was taken back since.
pub async fn grant(tx: &mut Tx<'_>, grant: &NewGrant) -> Result<Granted, BillingError> {
    let longest = 3660;
    if grant.length.count == 0 || grant.length.count > longest {
        return Err(BillingError::Refused(t!(
            "The length must be between 1 and {longest} days, weeks, months or years.",
            longest = longest
        )));
    }
    subscription::lock(tx, &grant.subscription).await?;
    let effective_at = effective_at(tx, grant).await?;
    let id: GrantId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        grant.subscription,
        grant.length.count,
        grant.length.unit,
        grant.cause.kind,
        grant.cause.id,
        grant.anchor,
        effective_at,
        grant.cut_at,
        grant.reason,
        now
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Ok(Granted::AlreadyThere);
    }
    let change = Change::Given {
        length: grant.length,
        cause: grant.cause.kind,
    };
    let reason = grant.reason.as_deref();
    refresh::after(tx, &grant.subscription, change, reason).await?;
    Ok(Granted::New)
}

/// The anchor is settled when the time is given, not in the fold: otherwise taking an earlier grant back
/// could move this one back.
async fn effective_at(tx: &mut Tx<'_>, grant: &NewGrant) -> Result<Timestamp, BillingError> {
    if grant.anchor == Anchor::Settled {
        return Ok(grant.effective_at);
    }
    let before = list_of(&mut *tx, &grant.subscription).await?;
    let holds = hold::list_of(&mut *tx, &grant.subscription).await?;
    let zone = subscription::must_find(tx, &grant.subscription)
        .await?
        .zone();
    let term = fold(&before, &hold::pauses(&holds), &zone);
    Ok(term
        .ends_at()
        .map_or(grant.effective_at, |end| end.min(grant.effective_at)))
}

/// What became of time that was to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    Now(SubscriptionId),
    Before(SubscriptionId),
    /// The cause never gave any.
    Nothing,
}

/// Takes back the time that a cause gave; later grants move forward. Safe to repeat.
pub async fn revoke(tx: &mut Tx<'_>, cause: &Cause, reason: &str) -> Result<Revoked, BillingError> {
    match find_by_cause(&mut *tx, cause).await? {
        None => Ok(Revoked::Nothing),
        Some(grant) => revoke_one(tx, &grant, reason).await,
    }
}

/// Takes back the time of one grant. Safe to repeat.
pub async fn revoke_grant(
    tx: &mut Tx<'_>,
    id: &GrantId,
    reason: &str,
) -> Result<Revoked, BillingError> {
    match find(&mut *tx, id).await? {
        None => Err(BillingError::not_found(id)),
        Some(grant) => revoke_one(tx, &grant, reason).await,
    }
}

const REVOKE: &str = "
    update term_grants set revoked_at = $2, revoked_reason = $3
     where id = $1 and revoked_at = 9223372036854775807";

async fn revoke_one(tx: &mut Tx<'_>, grant: &Grant, reason: &str) -> Result<Revoked, BillingError> {
    subscription::lock(tx, &grant.subscription_id).await?;
    let now = tx.now();
    if tx.run(REVOKE, values![grant.id, now, reason]).await? == 0 {
        return Ok(Revoked::Before(grant.subscription_id.clone()));
    }
    let change = Change::TakenBack {
        length: grant.length(),
        cause: grant.cause_kind,
    };
    refresh::after(tx, &grant.subscription_id, change, Some(reason)).await?;
    Ok(Revoked::Now(grant.subscription_id.clone()))
}

const CUT: &str = "
    update term_grants set cut_at = $2 where id = $1 and cut_at > $2 and revoked_at = 9223372036854775807";

/// Ends the time that a cause gave no later than then. Says whether that changed anything. Safe to repeat.
pub async fn cut(
    tx: &mut Tx<'_>,
    cause: &Cause,
    at: Timestamp,
    reason: &str,
) -> Result<bool, BillingError> {
    let Some(grant) = find_by_cause(&mut *tx, cause).await? else {
        return Ok(false);
    };
    subscription::lock(tx, &grant.subscription_id).await?;
    if tx.run(CUT, values![grant.id, at]).await? == 0 {
        return Ok(false);
    }
    let change = Change::Shortened { until: at };
    refresh::after(tx, &grant.subscription_id, change, Some(reason)).await?;
    Ok(true)
}

const FIND: &str = "
    select id, subscription_id, length_count, length_unit, cause_kind, cause_id, anchor, effective_at,
           cut_at, revoked_at, reason, revoked_reason, created_at
      from term_grants where id = $1";

/// `None`: there is no such grant.
pub async fn find(mut read: impl Read, id: &GrantId) -> Result<Option<Grant>, DbError> {
    read.maybe(FIND, values![id]).await
}

const FIND_BY_CAUSE: &str = "
    select id, subscription_id, length_count, length_unit, cause_kind, cause_id, anchor, effective_at,
           cut_at, revoked_at, reason, revoked_reason, created_at
      from term_grants where cause_kind = $1 and cause_id = $2";

/// `None`: the cause has given no time. One that was taken back is found too.
pub async fn find_by_cause(mut read: impl Read, cause: &Cause) -> Result<Option<Grant>, DbError> {
    read.maybe(FIND_BY_CAUSE, values![cause.kind, cause.id])
        .await
}

const LIST_OF: &str = "
    select id, subscription_id, length_count, length_unit, cause_kind, cause_id, anchor, effective_at,
           cut_at, revoked_at, reason, revoked_reason, created_at
      from term_grants where subscription_id = $1 order by effective_at, id";

/// All grants of a subscription in the order of the fold, those taken back too.
pub async fn list_of(mut read: impl Read, id: &SubscriptionId) -> Result<Vec<Grant>, DbError> {
    read.all(LIST_OF, values![id]).await
}

const LIST_OF_MANY: &str = "
    select id, subscription_id, length_count, length_unit, cause_kind, cause_id, anchor, effective_at,
           cut_at, revoked_at, reason, revoked_reason, created_at
      from term_grants
     where subscription_id in (select value from json_each(cast($1 as text)))
     order by subscription_id, effective_at, id";

pub(crate) async fn list_of_many(
    mut read: impl Read,
    ids: &[SubscriptionId],
) -> Result<Vec<Grant>, DbError> {
    read.all(LIST_OF_MANY, values![Json(ids.to_vec())]).await
}
