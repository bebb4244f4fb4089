//! Holds: reasons to withhold access while the paid time runs on. They add up: access returns when the last
//! one is lifted. Not having paid is never a hold. Only during the member's own pause the time stands still.

use db::{DbError, Read, Tx, values};
use kit::id::{HoldId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Json, Text, Timestamp, t};

use crate::error::BillingError;
use crate::events::Change;
use crate::fold::Pause;
use crate::{refresh, subscription};

stored_words! {
    /// Why access is withheld.
    pub enum HoldReason {
        Staff = "staff",
        Chargeback = "chargeback",
        Abuse = "abuse",
        Reseller = "reseller",
        Maintenance = "maintenance",
        CustomerPause = "customer_pause",
    }
}

impl HoldReason {
    pub fn text(self) -> Text {
        match self {
            Self::Staff => t!("suspended by the operator"),
            Self::Chargeback => t!("a payment was disputed at the bank"),
            Self::Abuse => t!("the rules were broken"),
            Self::Reseller => t!("suspended by the reseller"),
            Self::Maintenance => t!("maintenance"),
            Self::CustomerPause => t!("paused by the member"),
        }
    }
}

/// A hold to be placed.
#[derive(Debug, Clone)]
pub struct NewHold {
    pub subscription: SubscriptionId,
    pub reason: HoldReason,
    /// What it comes from, e.g. a dispute's id: the same reason and source are held once. For staff, empty.
    pub source: String,
    /// Why, in words that the member may read.
    pub note: Option<String>,
    /// `NEVER`: until it is lifted.
    pub until: Timestamp,
}

db::row! {
    /// A reason to withhold access.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Hold {
        pub id: HoldId,
        pub subscription_id: SubscriptionId,
        pub reason: HoldReason,
        pub source: String,
        pub note: Option<String>,
        pub since: Timestamp,
        pub until: Timestamp,
        /// `NEVER` while nobody has lifted it.
        pub lifted_at: Timestamp,
    }
}

impl Hold {
    /// The end, be it planned or by hand.
    pub fn ends_at(&self) -> Timestamp {
        self.until.min(self.lifted_at)
    }

    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.ends_at()
    }

    /// What holds, with the words that were given.
    pub fn text(&self) -> Text {
        match &self.note {
            Some(note) => t!(
                "{reason} ({note})",
                reason = self.reason.text(),
                note = note.as_str()
            ),
            None => self.reason.text(),
        }
    }
}

/// When time stands still: the member's own pauses, in order, joined where they overlap.
pub fn pauses(holds: &[Hold]) -> Vec<Pause> {
    let mut all: Vec<Pause> = holds
        .iter()
        .filter(|hold| hold.reason == HoldReason::CustomerPause && !hold.ends_at().is_never())
        .map(|hold| Pause {
            from: hold.since,
            until: hold.ends_at(),
        })
        .collect();
    all.sort_by_key(|pause| pause.from);
    all.dedup_by(|later, joined| {
        let overlap = later.from <= joined.until;
        if overlap {
            joined.until = joined.until.max(later.until);
        }
        overlap
    });
    all
}

const STANDING: &str = "
    select id, subscription_id, reason, source, note, since, until, lifted_at
      from holds
     where subscription_id = $1 and reason = $2 and source = $3
       and lifted_at = 9223372036854775807 and until > $4";

const INSERT: &str = "
    insert into holds (id, subscription_id, reason, source, note, since, until, lifted_at)
    values ($1, $2, $3, $4, $5, $6, $7, 9223372036854775807)";

/// Places a hold; says its id. Safe to repeat: one that stands for the same reason and source is kept.
pub async fn place(tx: &mut Tx<'_>, hold: &NewHold) -> Result<HoldId, BillingError> {
    subscription::lock(tx, &hold.subscription).await?;
    let now = tx.now();
    let same = values![hold.subscription, hold.reason, hold.source, now];
    if let Some(standing) = tx.maybe::<Hold>(STANDING, same).await? {
        return Ok(standing.id);
    }
    if hold.until <= now {
        return Err(BillingError::Refused(t!(
            "The end of a hold must be in the future. Please choose a later day, or none."
        )));
    }
    if hold.reason == HoldReason::CustomerPause {
        check_pause(tx, hold).await?;
    }
    let id: HoldId = tx.id();
    let row = values![
        id,
        hold.subscription,
        hold.reason,
        hold.source,
        hold.note,
        now,
        hold.until
    ];
    tx.run(INSERT, row).await?;
    let change = Change::Held {
        reason: hold.reason,
        until: hold.until,
    };
    refresh::after(tx, &hold.subscription, change, hold.note.as_deref()).await?;
    Ok(id)
}

/// A pause gives its time back, so its end is known; and nobody is charged meanwhile.
async fn check_pause(tx: &mut Tx<'_>, hold: &NewHold) -> Result<(), BillingError> {
    if hold.until.is_never() {
        return Err(BillingError::Refused(t!(
            "A pause needs an end. Please choose the day on which the membership goes on."
        )));
    }
    let subscription = subscription::must_find(tx, &hold.subscription).await?;
    if subscription.agreement_state.renews() {
        return Err(BillingError::Refused(t!(
            "This membership renews by itself, and would be charged during a pause. Cancel the renewal first, then pause."
        )));
    }
    Ok(())
}

const FIND: &str = "
    select id, subscription_id, reason, source, note, since, until, lifted_at from holds where id = $1";

const LIFT: &str = "
    update holds set lifted_at = $2 where id = $1 and lifted_at = 9223372036854775807";

/// Lifts a hold. Says whether it stood. Safe to repeat.
pub async fn lift(
    tx: &mut Tx<'_>,
    id: &HoldId,
    reason: Option<&str>,
) -> Result<bool, BillingError> {
    let Some(hold) = tx.maybe::<Hold>(FIND, values![id]).await? else {
        return Err(BillingError::not_found(id));
    };
    subscription::lock(tx, &hold.subscription_id).await?;
    let now = tx.now();
    if tx.run(LIFT, values![id, now]).await? == 0 {
        return Ok(false);
    }
    let change = Change::Lifted {
        reason: hold.reason,
    };
    refresh::after(tx, &hold.subscription_id, change, reason).await?;
    Ok(true)
}

/// Lifts the hold of this reason and source, e.g. of a dispute that was won. Says whether one stood.
pub async fn lift_from(
    tx: &mut Tx<'_>,
    subscription: &SubscriptionId,
    reason: HoldReason,
    source: &str,
) -> Result<bool, BillingError> {
    let now = tx.now();
    let same = values![subscription, reason, source, now];
    match tx.maybe::<Hold>(STANDING, same).await? {
        None => Ok(false),
        Some(hold) => lift(tx, &hold.id, None).await,
    }
}

const LIST_OF: &str = "
    select id, subscription_id, reason, source, note, since, until, lifted_at
      from holds where subscription_id = $1 order by since, id";

/// All holds of a subscription, those that are over too, oldest first.
pub async fn list_of(mut read: impl Read, id: &SubscriptionId) -> Result<Vec<Hold>, DbError> {
    read.all(LIST_OF, values![id]).await
}

const LIST_OF_MANY: &str = "
    select id, subscription_id, reason, source, note, since, until, lifted_at
      from holds where subscription_id in (select value from json_each(cast($1 as text)))
     order by subscription_id, since, id";

pub(crate) async fn list_of_many(
    mut read: impl Read,
    ids: &[SubscriptionId],
) -> Result<Vec<Hold>, DbError> {
    read.all(LIST_OF_MANY, values![Json(ids.to_vec())]).await
}
