//! When a subscription's term, holds or plan change, what its member may reach changes with it.

use async_trait::async_trait;
use billing::events::{StatusChanged, TermChanged};
use billing::hold::HoldReason;
use billing::standing::{Standing, standing};
use billing::status::Status;
use billing::subscription;
use db::Tx;
use jobs::{JobError, Lane};
use kit::id::{MemberId, SubscriptionId};
use kit::{Actor, Span};
use media::entitlements::SECTION;
use media::placement::{self, Asked};
use media::{Entitlements, Level, MediaError};

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::told_later::paid_member_is_let_in::{SeeThatMemberIsIn, no_place};
use crate::tools::Tools;

/// Hears [`TermChanged`].
pub struct TermChangeSetsAccess;

#[async_trait]
impl Flow for TermChangeSetsAccess {
    const NAME: &'static str = "flows.term_change_sets_access";
    const LANE: Lane = Lane::Access;
    type Event = TermChanged;

    async fn run(heard: TermChanged, tools: &Tools) -> Result<(), JobError> {
        Ok(set_access(tools, &heard.subscription).await?)
    }
}

/// Hears [`StatusChanged`]: the clock changes access as facts do.
pub struct StatusChangeSetsAccess;

#[async_trait]
impl Flow for StatusChangeSetsAccess {
    const NAME: &'static str = "flows.status_change_sets_access";
    const LANE: Lane = Lane::Access;
    type Event = StatusChanged;

    async fn run(heard: StatusChanged, tools: &Tools) -> Result<(), JobError> {
        Ok(set_access(tools, &heard.subscription).await?)
    }
}

/// Sets access anew without any news: somebody asked, after what was in the way is gone. Safe to repeat.
pub async fn settle_again(tools: &Tools, id: &SubscriptionId) -> Result<(), FlowError> {
    set_access(tools, id).await
}

async fn set_access(tools: &Tools, id: &SubscriptionId) -> Result<(), FlowError> {
    tools.db.attempt(|| set_access_once(tools, id)).await
}

async fn set_access_once(tools: &Tools, id: &SubscriptionId) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(TermChangeSetsAccess::NAME))
        .await?;
    // Whoever comes second waits here and then reads what the first left.
    billing::subscription::lock(&mut tx, id).await?;
    let now = tx.now();
    let standing = standing(&mut tx, id, now).await?;
    let Some(member) = standing.subscription.subject.as_id::<MemberId>() else {
        return Ok(());
    };
    // Who has another membership by now keeps what that one gives.
    if is_past(&mut tx, &standing).await? {
        return Ok(());
    }
    match settle(&mut tx, &standing, &member).await {
        Ok(Some(Level::Full)) if !is_moving(&mut tx, &member).await? => {
            let job = SeeThatMemberIsIn {
                subscription: id.clone(),
            };
            jobs::add_once_at(&mut tx, &job, id.as_str(), now + Span::minutes(2)).await?;
        }
        Ok(_) => {}
        Err(FlowError::Media(MediaError::NoPlace(reason))) => {
            drop(tx);
            return no_place(tools, &standing, &member, reason).await;
        }
        Err(error) => return Err(error),
    }
    Ok(tx.save().await?)
}

/// Whether the member is on their way to another server: until they are there they are on the one before.
pub(super) async fn is_moving(tx: &mut Tx<'_>, member: &MemberId) -> Result<bool, FlowError> {
    Ok(media::moving::going(tx, member).await?.is_some())
}

/// Makes the member's shares what their standing says. `None`: nothing was given yet, so nothing is touched.
pub(super) async fn settle(
    tx: &mut Tx<'_>,
    standing: &Standing,
    member: &MemberId,
) -> Result<Option<Level>, FlowError> {
    let Some(level) = level_of(standing) else {
        return Ok(None);
    };
    let entitlements = allowance(standing)?;
    let asked = Asked {
        member,
        entitlements: &entitlements,
        trial: standing.status == Status::Trial,
        permanent: standing.is_permanent(),
        location: None,
        platform: None,
    };
    placement::settle(tx, &asked, level).await?;
    Ok(Some(level))
}

async fn is_past(tx: &mut Tx<'_>, standing: &Standing) -> Result<bool, FlowError> {
    let one = &standing.subscription;
    if one.is_living() {
        return Ok(false);
    }
    let living = subscription::living_of_kind(tx, &one.subject, one.kind).await?;
    Ok(living.is_some())
}

/// What the plan gives; permanent members are never limited.
fn allowance(standing: &Standing) -> Result<Entitlements, FlowError> {
    let entitlements = Entitlements::parse(standing.plan.section(SECTION))?;
    Ok(if standing.is_permanent() {
        entitlements.without_limits()
    } else {
        entitlements
    })
}

/// How much of it the member has now. `None`: nothing was given yet, so nothing is touched. Where all of it was
/// taken back, by a refund or a lost dispute, the access goes with it.
///
/// Suspension keeps every sign-in; accounts are disabled only for staff's holds and when it is over.
fn level_of(standing: &Standing) -> Option<Level> {
    match standing.status {
        Status::Pending if !standing.grants.iter().any(|grant| !grant.is_live()) => None,
        Status::Pending => Some(Level::Withdrawn),
        status if status.has_access() => Some(Level::Full),
        Status::Suspended if is_held_by_staff(standing) => Some(Level::Held),
        Status::Suspended | Status::Paused => Some(Level::Withdrawn),
        _ => Some(Level::Ended),
    }
}

fn is_held_by_staff(standing: &Standing) -> bool {
    standing
        .holds
        .iter()
        .any(|hold| matches!(hold.reason, HoldReason::Staff | HoldReason::Abuse))
}
