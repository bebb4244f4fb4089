//! One round of tending a target, as a job; and the sweep that finds what fell between two chairs.

use std::sync::Arc;

use async_trait::async_trait;
use db::{Db, DbError};
use jobs::{Job, JobError, Lane};
use kit::id::{Id, LeaseId, TargetId};
use kit::{Actor, Span, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::breaker;
use crate::hand::{AnyHand, Hands, Round, Settled};
use crate::target::{self, Left, Target, TargetState};

/// What the jobs here work with.
#[derive(Debug, Clone)]
pub struct Upkeep {
    pub db: Db,
    pub hands: Arc<Hands>,
}

/// Brings one target into order. Safe to run twice: each round begins with a look.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TendTarget {
    pub target: TargetId,
}

#[async_trait]
impl Job for TendTarget {
    const NAME: &'static str = "upkeep.tend_target";
    const LANE: Lane = Lane::Access;
    type Needs = Upkeep;

    async fn run(&self, needs: &Upkeep) -> Result<(), JobError> {
        let lease = LeaseId::fresh(needs.db.world());
        let Some(target) = begin(needs, &self.target, &lease).await? else {
            return Ok(());
        };
        let Some(hand) = needs.hands.of(&target.kind) else {
            return Err(JobError::Final(t!(
                "No hand of this process tends targets of the kind {kind}.",
                kind = &target.kind
            )));
        };
        let round = hand.round(&target).await?;
        end(needs, &lease, &target, hand.as_ref(), round).await?;
        Ok(())
    }
}

/// Takes the target, unless its remote is left alone or another hand is at it.
async fn begin(needs: &Upkeep, id: &TargetId, lease: &LeaseId) -> Result<Option<Target>, DbError> {
    let mut tx = needs.db.begin(Actor::schedule(TendTarget::NAME)).await?;
    let now = tx.now();
    let Some(target) = target::take(&mut tx, id, lease).await? else {
        if !target::is_kept(&mut tx, id).await? {
            return Ok(None);
        }
        // Another hand is at it, and may have read what should be before it changed: come back.
        jobs::add_once_at(
            &mut tx,
            &TendTarget { target: id.clone() },
            id.as_str(),
            now + Span::seconds(2),
        )
        .await?;
        tx.save().await?;
        return Ok(None);
    };
    if let Some(remote) = breaker::find(&mut tx, &target.remote).await?
        && remote.open_until > now
    {
        let left = Left {
            state: TargetState::Differs,
            reason: remote.reason,
            tries: target.tries,
            next_try_at: remote.open_until,
        };
        target::leave(&mut tx, &target, lease, &left).await?;
        again_at(&mut tx, &target, remote.open_until).await?;
        tx.save().await?;
        return Ok(None);
    }
    tx.save().await?;
    Ok(Some(target))
}

async fn end(
    needs: &Upkeep,
    lease: &LeaseId,
    target: &Target,
    hand: &dyn AnyHand,
    round: Round,
) -> Result<(), DbError> {
    let mut tx = needs.db.begin(Actor::schedule(TendTarget::NAME)).await?;
    if matches!(round, Round::Gone) {
        target::forget(&mut tx, &target.kind, &target.target_key).await?;
        return tx.save().await;
    }
    let (left, how) = weigh(&mut tx, target, round).await?;
    if target::leave(&mut tx, target, lease, &left).await? {
        let after = Target {
            state: left.state,
            next_try_at: left.next_try_at,
            ..target.clone()
        };
        hand.settled(&mut tx, &after, &how).await?;
        if !left.next_try_at.is_never() {
            again_at(&mut tx, target, left.next_try_at).await?;
        }
    } else {
        // What should be has changed meanwhile: this round does not count, the next begins at once.
        let now = tx.now();
        again_at(&mut tx, target, now).await?;
    }
    tx.save().await
}

/// What a round means for the target, and what its capability is told. Counts for the remote's breaker.
async fn weigh(
    tx: &mut db::Tx<'_>,
    target: &Target,
    round: Round,
) -> Result<(Left, Settled), DbError> {
    let later = tx.now() + pause(target.tries);
    Ok(match round {
        Round::Agrees { changed } => {
            breaker::answers(tx, &target.remote).await?;
            (
                left_at(TargetState::InPlace, None, 0, Timestamp::NEVER),
                Settled::InPlace { changed },
            )
        }
        Round::Later(reason) => waiting(target, reason, later),
        Round::RemoteFails(reason) => {
            let open_until = breaker::failed(tx, &target.remote, &reason).await?;
            waiting(target, reason, later.max(open_until))
        }
        Round::Refused(refusal) => {
            let reason = Some(refusal.reason.clone());
            let tries = target.tries + 1;
            (
                left_at(TargetState::Failed, reason, tries, Timestamp::NEVER),
                Settled::Failed(refusal),
            )
        }
        // What is gone was forgotten before; what is not due yet is woken by whoever makes it due.
        Round::NotYet(reason) => {
            let left = left_at(
                TargetState::Waiting,
                Some(reason.clone()),
                0,
                Timestamp::NEVER,
            );
            (left, Settled::Waiting(reason))
        }
        Round::Gone => (
            left_at(TargetState::Waiting, None, 0, Timestamp::NEVER),
            Settled::InPlace { changed: false },
        ),
    })
}

fn waiting(target: &Target, reason: kit::Text, at: Timestamp) -> (Left, Settled) {
    let left = left_at(
        TargetState::Differs,
        Some(reason.clone()),
        target.tries + 1,
        at,
    );
    (left, Settled::Waiting(reason))
}

fn left_at(
    state: TargetState,
    reason: Option<kit::Text>,
    tries: i64,
    next_try_at: Timestamp,
) -> Left {
    Left {
        state,
        reason,
        tries,
        next_try_at,
    }
}

async fn again_at(tx: &mut db::Tx<'_>, target: &Target, at: Timestamp) -> Result<(), DbError> {
    let job = TendTarget {
        target: target.id.clone(),
    };
    jobs::add_once_at(tx, &job, target.id.as_str(), at).await
}

/// 2 s, 4 s, 8 s … up to five minutes; it is never given up.
fn pause(tries: i64) -> Span {
    Span::seconds(2_i64 << tries.clamp(0, 8)).min(Span::minutes(5))
}

/// Finds targets whose time has come although no job came for them. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SweepTargets;

#[async_trait]
impl Job for SweepTargets {
    const NAME: &'static str = "upkeep.sweep_targets";
    const LANE: Lane = Lane::Access;
    type Needs = Upkeep;

    async fn run(&self, needs: &Upkeep) -> Result<(), JobError> {
        let now = needs.db.world().now();
        let overdue = target::overdue(&needs.db, now - Span::minutes(1), 500).await?;
        if overdue.is_empty() {
            return Ok(());
        }
        let mut tx = needs.db.begin(Actor::schedule(Self::NAME)).await?;
        for target in overdue {
            let key = target.as_str().to_owned();
            jobs::add_once(&mut tx, &TendTarget { target }, &key).await?;
        }
        tx.save().await?;
        Ok(())
    }
}
