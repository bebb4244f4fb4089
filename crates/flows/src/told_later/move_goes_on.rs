//! A move goes on by itself: members set out a few at a time, and whoever is in on the target leaves the source.

use async_trait::async_trait;
use billing::plan::PlanKind;
use billing::standing::standing;
use billing::subscription;
use db::Tx;
use jobs::{Job, JobError, Lane};
use kit::id::{MemberId, MoveId, ServerId, SubscriptionId};
use kit::{Actor, Subject, Text, t};
use media::MediaError;
use media::events::{
    CredentialsNeeded, MoveChanged, ShareFailed, ShareInPlace, ShareInvited, ShareRestored,
};
use media::moving::{self, Move, MoveState, MoverState, mover};
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::told_later::term_change_sets_access::settle;
use crate::tools::Tools;

/// How many are being let in at a time: a purchase meanwhile must not wait behind a whole server.
const AT_A_TIME: i64 = 20;

/// Lets those set out for whom there is room, and ends the move when nothing of ours is left. Safe to run twice.
#[derive(Debug, Serialize, Deserialize)]
pub struct CarryMoveOn {
    moving: MoveId,
}

#[async_trait]
impl Job for CarryMoveOn {
    const NAME: &'static str = "flows.carry_move_on";
    const LANE: Lane = Lane::Access;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        Ok(carry_on(tools, &self.moving).await?)
    }
}

/// Gives every move that is at work its turn, should a message have been lost. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CarryMovesOn;

#[async_trait]
impl Job for CarryMovesOn {
    const NAME: &'static str = "flows.carry_moves_on";
    const LANE: Lane = Lane::Bulk;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        let mut tx = tools.db.begin(Actor::schedule(Self::NAME)).await?;
        for moving in moving::list_at_work(&mut tx).await? {
            add(&mut tx, &moving).await?;
        }
        Ok(tx.save().await?)
    }
}

async fn add(tx: &mut Tx<'_>, moving: &MoveId) -> Result<(), db::DbError> {
    let job = CarryMoveOn {
        moving: moving.clone(),
    };
    jobs::add_once(tx, &job, moving.as_str()).await
}

async fn carry_on(tools: &Tools, id: &MoveId) -> Result<(), FlowError> {
    let Some(moving) = moving::find(&tools.db, id).await? else {
        return Ok(());
    };
    if moving.state != MoveState::Undone {
        for member in mover::arrived(&tools.db, id, AT_A_TIME).await? {
            step(tools, &moving, &member).await?;
        }
    }
    let mut has_more = false;
    if moving.is_at_work() {
        let progress = moving::progress(&tools.db, id).await?;
        let room = (AT_A_TIME - progress.at_work()).max(0);
        let next = mover::next(&tools.db, id, room).await?;
        for member in &next {
            step(tools, &moving, member).await?;
        }
        has_more = !next.is_empty();
    }
    let mut tx = tools.db.begin(Actor::flow(CarryMoveOn::NAME)).await?;
    moving::finish(&mut tx, id).await?;
    // Some need no time at all: then there is room for others at once.
    if has_more {
        add(&mut tx, id).await?;
    }
    Ok(tx.save().await?)
}

/// One member's step: a transaction of its own. What cannot be done is theirs alone, and is shown with them.
async fn step(tools: &Tools, moving: &Move, member: &MemberId) -> Result<(), FlowError> {
    let stepped = tools
        .db
        .attempt(|| step_once(tools, &moving.id, member))
        .await;
    let why = match stepped {
        Err(FlowError::Media(MediaError::NoPlace(why)) | FlowError::Refused(why)) => why,
        other => return other,
    };
    let mut tx = tools.db.begin(Actor::flow(CarryMoveOn::NAME)).await?;
    mover::close(&mut tx, &moving.id, member, MoverState::Failed, Some(&why)).await?;
    Ok(tx.save().await?)
}

async fn step_once(tools: &Tools, moving: &MoveId, member: &MemberId) -> Result<(), FlowError> {
    let mut tx = tools.db.begin(Actor::flow(CarryMoveOn::NAME)).await?;
    let Some(subscription) = living(&mut tx, member).await? else {
        let why = t!("There is no membership any more.");
        let state = MoverState::LeftOut;
        mover::close(&mut tx, moving, member, state, Some(&why)).await?;
        return Ok(tx.save().await?);
    };
    // Payments and changes of this membership wait here, and then find the member on their way.
    subscription::lock(&mut tx, &subscription).await?;
    moving::set_out(&mut tx, moving, member).await?;
    settle_now(&mut tx, &subscription, member).await?;
    Ok(tx.save().await?)
}

async fn living(tx: &mut Tx<'_>, member: &MemberId) -> Result<Option<SubscriptionId>, FlowError> {
    let subject = Subject::of(member);
    let living = subscription::living_of_kind(&mut *tx, &subject, PlanKind::Membership).await?;
    Ok(living.map(|living| living.id))
}

async fn settle_now(
    tx: &mut Tx<'_>,
    subscription: &SubscriptionId,
    member: &MemberId,
) -> Result<(), FlowError> {
    let now = tx.now();
    let standing = standing(&mut *tx, subscription, now).await?;
    settle(tx, &standing, member).await?;
    Ok(())
}

/// Something was heard of a member's share: if it is where they are going, their way goes on.
async fn heard(
    tools: &Tools,
    member: &MemberId,
    server: &ServerId,
    failure: Option<&Text>,
) -> Result<(), FlowError> {
    tools
        .db
        .attempt(|| heard_once(tools, member, server, failure))
        .await
}

async fn heard_once(
    tools: &Tools,
    member: &MemberId,
    server: &ServerId,
    failure: Option<&Text>,
) -> Result<(), FlowError> {
    let going = moving::going(&tools.db, member).await?;
    let Some(going) = going.filter(|going| going.to == *server) else {
        return Ok(());
    };
    let mut tx = tools.db.begin(Actor::flow(CarryMoveOn::NAME)).await?;
    if let Some(subscription) = living(&mut tx, member).await? {
        subscription::lock(&mut tx, &subscription).await?;
        if let Some(why) = failure {
            moving::target_failed(&mut tx, member, server, why).await?;
        }
        settle_now(&mut tx, &subscription, member).await?;
    }
    add(&mut tx, &going.moving).await?;
    Ok(tx.save().await?)
}

/// Hears [`MoveChanged`].
pub struct ChangedMoveGoesOn;

#[async_trait]
impl Flow for ChangedMoveGoesOn {
    const NAME: &'static str = "flows.changed_move_goes_on";
    const LANE: Lane = Lane::Access;
    type Event = MoveChanged;

    async fn run(heard: MoveChanged, tools: &Tools) -> Result<(), JobError> {
        let mut tx = tools.db.begin(Actor::flow(Self::NAME)).await?;
        add(&mut tx, &heard.moving).await?;
        Ok(tx.save().await?)
    }
}

macro_rules! leads_on {
    ($($(#[$meta:meta])* $flow:ident = $name:literal hears $event:ident, $it:ident => $failure:expr;)+) => {$(
        $(#[$meta])*
        pub struct $flow;

        #[async_trait]
        impl Flow for $flow {
            const NAME: &'static str = $name;
            const LANE: Lane = Lane::Access;
            type Event = $event;

            async fn run($it: $event, tools: &Tools) -> Result<(), JobError> {
                Ok(heard(tools, &$it.member, &$it.server, $failure).await?)
            }
        }
    )+};
}

leads_on! {
    /// Hears [`ShareInPlace`].
    LetInMoverLeavesTheSource = "flows.let_in_mover_leaves_the_source" hears ShareInPlace, it => None;
    /// Hears [`ShareRestored`].
    RestoredMoverLeavesTheSource = "flows.restored_mover_leaves_the_source" hears ShareRestored, it => None;
    /// Hears [`ShareInvited`].
    InvitedMoverMakesRoom = "flows.invited_mover_makes_room" hears ShareInvited, it => None;
    /// Hears [`CredentialsNeeded`].
    AskedMoverMakesRoom = "flows.asked_mover_makes_room" hears CredentialsNeeded, it => None;
    /// Hears [`ShareFailed`].
    RefusedMoverStays = "flows.refused_mover_stays" hears ShareFailed, it => Some(&it.reason);
}
