//! Subscriptions: one subject on one plan version, with one payer. What time it has is in [`crate::term`],
//! what withholds access in [`crate::hold`]; the status kept here is a copy for lists.

use db::{DbError, Read, Tx, values};
use kit::calendar::{Length, Zone};
use kit::id::{EventId, GatewayId, PayerId, PlanId, PlanVersionId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Subject, Timestamp, t};

use crate::agreement::{self, WantedEnd};
use crate::error::BillingError;
use crate::events::Change;
use crate::order::Order;
use crate::plan::{PlanKind, PlanVersion};
use crate::status::Status;
use crate::term::{Cause, CauseKind, NewGrant};
use crate::{plan, refresh, settings, standing, term};

mod find;

pub(crate) use find::must_find;
pub use find::{
    OnVersion, by_version, find, find_by_agreement, find_many, living_of, living_of_kind,
    of_other_versions, of_payer, of_subject,
};

stored_words! {
    /// Where the agreement to pay each period stands.
    pub enum AgreementState {
        None = "none",
        Live = "live",
        /// A renewal failed and the gateway goes on trying.
        Failing = "failing",
        Ended = "ended",
    }
}

impl AgreementState {
    /// Whether the gateway means to charge again.
    pub const fn renews(self) -> bool {
        matches!(self, Self::Live | Self::Failing)
    }
}

/// An agreement to pay each period, as the gateway runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub gateway_id: GatewayId,
    /// The gateway's own name for it.
    pub reference: String,
    pub state: AgreementState,
}

/// A subscription to be started. Its kind is the plan's.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// A member, a station or channel, or an account (reseller plans).
    pub subject: Subject,
    pub payer_id: PayerId,
    pub plan_version_id: PlanVersionId,
}

db::row! {
    /// One subject on one plan version.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Subscription {
        pub id: SubscriptionId,
        pub subject: Subject,
        pub kind: PlanKind,
        pub payer_id: PayerId,
        pub plan_id: PlanId,
        pub plan_version_id: PlanVersionId,
        zone: String,
        pub created_at: Timestamp,
        /// `NEVER` unless it is to be cancelled, or was.
        pub cancel_at: Timestamp,
        pub cancel_reason: Option<String>,
        /// `NEVER` while it lives: a cancelled one is closed, an expired one lives on and can be paid for.
        pub closed_at: Timestamp,
        pub gateway_id: Option<GatewayId>,
        /// The gateway's own name for the agreement.
        pub agreement: Option<String>,
        pub agreement_state: AgreementState,
        pub version: i64,
        /// A copy for lists; [`standing::standing`] says what it is now.
        pub status: Status,
        pub status_since: Timestamp,
        pub status_changes_at: Timestamp,
        /// A copy for lists: the end of the time given; `NEVER` if it has no end, the epoch if none was given.
        pub ends_at: Timestamp,
    }
}

impl Subscription {
    /// The zone in which its months are counted: the site's when it was started. Changing the site's zone
    /// later moves no end that was sold.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.zone).unwrap_or_else(Zone::utc)
    }

    pub fn is_living(&self) -> bool {
        self.closed_at.is_never()
    }
}

const INSERT: &str = "
    insert into subscriptions
           (id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at, closed_at,
            agreement_state, version, status, status_since, status_changes_at, ends_at, ends_known_at,
            rules_version, deletion_told)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 9223372036854775807, 9223372036854775807,
            'none', 1, 'pending', $8, 9223372036854775807, 0, $8, 0, false)";

/// Starts a subscription; it is pending until time is given. Refused while the subject has one of the kind.
pub async fn start(tx: &mut Tx<'_>, new: &NewSubscription) -> Result<SubscriptionId, BillingError> {
    let version = must_find_version(tx, &new.plan_version_id).await?;
    close_lapsed(tx, &new.subject, version.kind).await?;
    let zone = settings::site_zone(&mut *tx).await?;
    let id: SubscriptionId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        new.subject,
        version.kind,
        new.payer_id,
        version.plan_id,
        version.id,
        zone.name(),
        now
    ];
    match tx.run(INSERT, row).await {
        Err(DbError::Duplicate(_)) => return Err(there_is_one()),
        settled => settled?,
    };
    let change = Change::Started { plan: version.name };
    refresh::after(tx, &id, change, None).await?;
    Ok(id)
}

/// Closes one whose cancellation is due but not yet swept, and refuses while one lives.
async fn close_lapsed(
    tx: &mut Tx<'_>,
    subject: &Subject,
    kind: PlanKind,
) -> Result<(), BillingError> {
    let Some(living) = living_of_kind(&mut *tx, subject, kind).await? else {
        return Ok(());
    };
    if living.cancel_at > tx.now() {
        return Err(there_is_one());
    }
    lock(tx, &living.id).await?;
    refresh::settle(tx, &living.id).await?;
    Ok(())
}

fn there_is_one() -> BillingError {
    BillingError::Refused(t!(
        "There is a subscription already. Extend it or change its plan instead of starting another."
    ))
}

const LOCK: &str = "update subscriptions set version = version + 1 where id = $1";

/// Writes the owning row first: until the transaction ends, nobody else changes this subscription's facts.
/// Lock the payer before, if both are needed.
pub async fn lock(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<(), BillingError> {
    if tx.run(LOCK, values![id]).await? == 0 {
        return Err(BillingError::not_found(id));
    }
    Ok(())
}

const CHANGE_PLAN: &str = "
    update subscriptions set plan_id = $2, plan_version_id = $3 where id = $1";

/// Puts the subscription on another plan version of its kind; the time it has stays as it is.
pub async fn change_plan(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    version: &PlanVersionId,
    reason: Option<&str>,
) -> Result<(), BillingError> {
    let version = must_find_version(tx, version).await?;
    let subscription = lock_living(tx, id).await?;
    if subscription.plan_version_id == version.id {
        return Ok(());
    }
    if subscription.kind != version.kind {
        return Err(BillingError::Refused(t!(
            "This plan is for something else. Choose a plan of the same kind."
        )));
    }
    tx.run(CHANGE_PLAN, values![id, version.plan_id, version.id])
        .await?;
    let change = Change::PlanMoved { plan: version.name };
    refresh::after(tx, id, change, reason).await?;
    Ok(())
}

const PAID_LATER: &str = "
    select cast(count(*) as bigint) as n from orders
     where subscription_id = $1 and state = 'settled' and (placed_at, id) > ($2, $3)";

/// Takes up what an order sold, when its first money is here: its plan version, and that the subscription goes
/// on. Of several orders the one placed last counts, in whatever order their money is heard of. One that is
/// over stays as it was.
pub(crate) async fn take_up(tx: &mut Tx<'_>, order: &Order) -> Result<(), BillingError> {
    let id = &order.subscription_id;
    let subscription = must_find(&mut *tx, id).await?;
    if !subscription.is_living() || subscription.cancel_at <= tx.now() {
        return Ok(());
    }
    // Whoever pays again wants to stay; a renewal that they ended before stays ended.
    go_on(tx, id).await?;
    let row = values![id, order.placed_at, order.id];
    if tx.one::<(i64,)>(PAID_LATER, row).await?.0 > 0 {
        return Ok(());
    }
    change_plan(tx, id, &order.plan_version_id, None).await
}

/// When a cancellation takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    /// At the end of the time that was given; access stays until then.
    AtEnd,
}

const CANCEL: &str = "update subscriptions set cancel_at = $2, cancel_reason = $3 where id = $1";

/// Cancels the subscription; says when that takes effect. Its agreement at the gateway ends with it.
pub async fn cancel(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    when: When,
    reason: Option<&str>,
) -> Result<Timestamp, BillingError> {
    lock_living(tx, id).await?;
    let now = tx.now();
    let at = match when {
        When::Now => now,
        When::AtEnd => end_of_time(tx, id).await?,
    };
    tx.run(CANCEL, values![id, at, reason.map(str::to_owned)])
        .await?;
    let end = match when {
        When::Now => WantedEnd::Now,
        When::AtEnd => WantedEnd::AtPeriodEnd,
    };
    agreement::want_end(tx, id, end).await?;
    refresh::after(tx, id, Change::CancelPlanned { at }, reason).await?;
    Ok(at)
}

async fn end_of_time(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<Timestamp, BillingError> {
    let now = tx.now();
    let standing = standing::standing(&mut *tx, id, now).await?;
    match standing.term.block_at(now).last() {
        None => Ok(now),
        Some(last) if last.until.is_never() => Err(BillingError::Refused(t!(
            "This one has no end at which it could be cancelled. Cancel it now instead."
        ))),
        Some(last) => Ok(last.until),
    }
}

/// Takes a cancellation back before it takes effect, at the gateway too. Says whether there was one.
pub async fn undo_cancel(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<bool, BillingError> {
    let was_cancelled = go_on(tx, id).await?;
    if was_cancelled {
        agreement::want_end(tx, id, WantedEnd::None).await?;
    }
    Ok(was_cancelled)
}

async fn go_on(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<bool, BillingError> {
    let subscription = lock_living(tx, id).await?;
    if subscription.cancel_at.is_never() {
        return Ok(false);
    }
    tx.run(CANCEL, values![id, Timestamp::NEVER, None::<String>])
        .await?;
    refresh::after(tx, id, Change::CancelUndone, None).await?;
    Ok(true)
}

/// Locks one that is not cancelled in effect.
async fn lock_living(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<Subscription, BillingError> {
    lock(tx, id).await?;
    let subscription = must_find(&mut *tx, id).await?;
    if subscription.is_living() && subscription.cancel_at > tx.now() {
        return Ok(subscription);
    }
    Err(BillingError::Refused(t!(
        "This subscription was cancelled and has ended. Start a new one instead."
    )))
}

/// Gives time without end. Taking its grant back ends it.
pub async fn make_permanent(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    reason: Option<&str>,
) -> Result<(), BillingError> {
    lock_living(tx, id).await?;
    let event: EventId = tx.id();
    let cause = Cause::new(CauseKind::Staff, event.as_str());
    let mut grant = NewGrant::new(id, Length::ENDLESS, cause, tx.now());
    grant.reason = reason.map(str::to_owned);
    term::grant(tx, &grant).await?;
    Ok(())
}

const SET_AGREEMENT: &str = "
    update subscriptions set gateway_id = $2, agreement = $3, agreement_state = $4
     where id = $1 and not (gateway_id is not null and gateway_id = $2 and agreement = $3
                            and agreement_state = $4)";

/// Notes how the agreement at the gateway stands. Safe to repeat.
pub async fn set_agreement(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    agreement: &Agreement,
) -> Result<(), BillingError> {
    lock(tx, id).await?;
    let row = values![
        id,
        agreement.gateway_id,
        agreement.reference,
        agreement.state
    ];
    if tx.run(SET_AGREEMENT, row).await? > 0 {
        let change = Change::AgreementMoved {
            state: agreement.state,
        };
        refresh::after(tx, id, change, None).await?;
    }
    Ok(())
}

const SET_PAYER: &str = "update subscriptions set payer_id = $2 where id = $1";

/// Puts another payer in charge, e.g. when a member gets an account.
pub async fn set_payer(
    tx: &mut Tx<'_>,
    id: &SubscriptionId,
    payer: &PayerId,
) -> Result<(), BillingError> {
    lock(tx, id).await?;
    tx.run(SET_PAYER, values![id, payer]).await?;
    Ok(())
}

async fn must_find_version(
    tx: &mut Tx<'_>,
    id: &PlanVersionId,
) -> Result<PlanVersion, BillingError> {
    plan::version(&mut *tx, id)
        .await?
        .ok_or_else(|| BillingError::not_found(id))
}
