//! Hands: how one kind of target is observed and put right.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use db::{DbError, Tx};
use kit::{Outcome, Refusal, Text};

use crate::target::Target;

/// What a capability wants of a target at this moment.
#[derive(Debug, Clone)]
pub enum Wanted<D> {
    Now(D),
    /// Something must happen first; [`crate::want`] wakes it again. The text says what.
    NotYet(Text),
    /// The target is no longer wanted at all, and its row can go.
    Gone,
}

/// How one round of tending ended, for the capability to note in its own tables.
#[derive(Debug, Clone)]
pub enum Settled {
    /// Observed and desired agree. `changed`: something was done for it.
    InPlace { changed: bool },
    /// Not yet; tried again at `Target::next_try_at`.
    Waiting(Text),
    /// It will not come right by itself.
    Failed(Refusal),
}

/// Observes and puts right one kind of target.
#[async_trait]
pub trait Hand: Send + Sync + 'static {
    /// Stable, e.g. `share`.
    const KIND: &'static str;
    type Desired: Send + Sync;
    type Observed: Send + Sync;
    type Change: Send + Sync;

    /// What should be, read from our own tables.
    async fn desired(&self, target: &Target) -> Result<Wanted<Self::Desired>, DbError>;

    /// What is. Safe to repeat at any time.
    async fn observe(&self, target: &Target, desired: &Self::Desired) -> Outcome<Self::Observed>;

    /// What must be done, in order. Empty: they agree. Pure.
    fn diff(&self, desired: &Self::Desired, observed: &Self::Observed) -> Vec<Self::Change>;

    /// Does one change. `Unknown` is followed by [`Hand::observe`].
    async fn apply(
        &self,
        target: &Target,
        desired: &Self::Desired,
        change: &Self::Change,
    ) -> Outcome<()>;

    /// Notes the end of a round in the transaction that notes it here. Safe to repeat.
    async fn settled(&self, tx: &mut Tx<'_>, target: &Target, how: &Settled)
    -> Result<(), DbError>;
}

/// How a round ended, before it is written down.
#[derive(Debug)]
pub(crate) enum Round {
    Agrees {
        changed: bool,
    },
    Later(Text),
    /// The remote itself did not answer: counts against its circuit breaker.
    RemoteFails(Text),
    Refused(Refusal),
    NotYet(Text),
    Gone,
}

#[async_trait]
pub(crate) trait AnyHand: Send + Sync {
    async fn round(&self, target: &Target) -> Result<Round, DbError>;
    async fn settled(&self, tx: &mut Tx<'_>, target: &Target, how: &Settled)
    -> Result<(), DbError>;
}

#[async_trait]
impl<H: Hand> AnyHand for H {
    async fn round(&self, target: &Target) -> Result<Round, DbError> {
        match self.desired(target).await? {
            Wanted::Gone => Ok(Round::Gone),
            Wanted::NotYet(reason) => Ok(Round::NotYet(reason)),
            Wanted::Now(desired) => Ok(close_the_gap(self, target, &desired).await),
        }
    }

    async fn settled(
        &self,
        tx: &mut Tx<'_>,
        target: &Target,
        how: &Settled,
    ) -> Result<(), DbError> {
        Hand::settled(self, tx, target, how).await
    }
}

/// Observes, applies what differs, and looks again after anything unknown.
async fn close_the_gap<H: Hand>(hand: &H, target: &Target, desired: &H::Desired) -> Round {
    let mut changed = false;
    // Twice: the second look follows an unknown outcome. What still differs then waits for its next try.
    for _ in 0..2 {
        let observed = match hand.observe(target, desired).await {
            Outcome::Done(observed) => observed,
            Outcome::Refused(refusal) if refusal.may_pass => {
                return Round::RemoteFails(refusal.reason);
            }
            Outcome::Refused(refusal) => return Round::Refused(refusal),
            Outcome::Unknown(uncertainty) => return Round::RemoteFails(uncertainty.reason),
        };
        match apply_all(hand, target, desired, hand.diff(desired, &observed)).await {
            Applied::All { any } => {
                return Round::Agrees {
                    changed: changed || any,
                };
            }
            Applied::Refused(refusal) if refusal.may_pass => return Round::Later(refusal.reason),
            Applied::Refused(refusal) => return Round::Refused(refusal),
            Applied::Unknown => changed = true,
        }
    }
    Round::RemoteFails(kit::t!(
        "The server did not say whether the last change was made."
    ))
}

enum Applied {
    All { any: bool },
    Refused(Refusal),
    Unknown,
}

async fn apply_all<H: Hand>(
    hand: &H,
    target: &Target,
    desired: &H::Desired,
    changes: Vec<H::Change>,
) -> Applied {
    let any = !changes.is_empty();
    for change in &changes {
        match hand.apply(target, desired, change).await {
            Outcome::Done(()) => {}
            Outcome::Refused(refusal) => return Applied::Refused(refusal),
            Outcome::Unknown(_) => return Applied::Unknown,
        }
    }
    Applied::All { any }
}

/// The hands by kind.
#[derive(Clone, Default)]
pub struct Hands(HashMap<&'static str, Arc<dyn AnyHand>>);

impl std::fmt::Debug for Hands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Hands {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with<H: Hand>(mut self, hand: H) -> Self {
        self.0.insert(H::KIND, Arc::new(hand));
        self
    }

    pub(crate) fn of(&self, kind: &str) -> Option<Arc<dyn AnyHand>> {
        self.0.get(kind).cloned()
    }
}
