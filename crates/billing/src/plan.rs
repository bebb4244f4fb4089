//! Plans: what is offered, in versions. A version never changes; what was sold keeps the version it was sold
//! with until it is moved on purpose.

use std::collections::BTreeMap;

use db::{DbError, FromRow, Read, Row, Tx, values};
use kit::calendar::{Length, Unit};
use kit::id::{PlanId, PlanVersionId};
use kit::stored::stored_words;
use kit::{Json, Timestamp, t};

use crate::error::BillingError;
use crate::events::{PlanChange, PlanChanged};
use crate::jobs::MoveSubscriptions;

mod find;

pub use find::{default, find, list, version, versions, versions_of};

stored_words! {
    /// What a plan is for.
    pub enum PlanKind {
        Membership = "membership",
        Radio = "radio",
        Tv = "tv",
        Reseller = "reseller",
    }
}

/// What a plan version gives, by the name of the capability that reads it; each is JSON that billing keeps
/// and hands out unread, beyond its own `billing`.
pub type Sections = BTreeMap<String, String>;

/// What a plan is to be.
#[derive(Debug, Clone)]
pub struct NewPlan {
    pub kind: PlanKind,
    pub name: String,
    pub description: String,
    /// The order of offering, smallest first.
    pub position: i64,
    /// The length of a free trial, if this is a trial plan.
    pub trial: Option<Length>,
    pub sections: Sections,
}

db::row! {
    /// What was offered at one time; never changed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PlanVersion {
        pub id: PlanVersionId,
        pub plan_id: PlanId,
        pub number: i64,
        pub kind: PlanKind,
        pub name: String,
        pub description: String,
        trial_count: u32,
        trial_unit: Unit,
        sections: Json<Sections>,
        pub created_at: Timestamp,
    }
}

impl PlanVersion {
    /// `None` if it is not a trial plan.
    pub fn trial(&self) -> Option<Length> {
        (self.trial_count > 0).then_some(Length {
            count: self.trial_count,
            unit: self.trial_unit,
        })
    }

    /// The JSON of a section, as its owner wrote it. `None` if the plan says nothing about it.
    pub fn section(&self, name: &str) -> Option<&str> {
        self.sections.0.get(name).map(String::as_str)
    }

    pub fn sections(&self) -> &Sections {
        &self.sections.0
    }

    /// Whether that would be sold as it is here; the order of offering is not part of a version.
    fn says(&self, plan: &NewPlan) -> bool {
        self.name == plan.name.trim()
            && self.description == plan.description
            && self.trial() == plan.trial
            && self.sections.0 == plan.sections
    }
}

/// A plan as it is offered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub position: i64,
    /// Offered to customers.
    pub is_active: bool,
    /// Given to members who are found on a server and were not known; exactly one membership plan has it.
    pub is_default: bool,
    /// `NEVER` while it is not archived.
    pub archived_at: Timestamp,
    /// What is sold from now on.
    pub version: PlanVersion,
}

impl Plan {
    pub fn kind(&self) -> PlanKind {
        self.version.kind
    }
}

impl FromRow for Plan {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("plan_id")?,
            position: row.get("position")?,
            is_active: row.get("is_active")?,
            is_default: row.get("is_default")?,
            archived_at: row.get("archived_at")?,
            version: PlanVersion::from_row(row)?,
        })
    }
}

const INSERT: &str = "
    insert into plans (id, kind, position, is_active, is_default, version_id, created_at, archived_at)
    values ($1, $2, $3, true, $4, $5, $6, 9223372036854775807)";

const HAS_DEFAULT: &str =
    "select count(*) as n from plans where kind = 'membership' and is_default";

/// Makes a plan with its first version, active. The first membership plan is the default one.
pub async fn create(tx: &mut Tx<'_>, plan: &NewPlan) -> Result<PlanId, BillingError> {
    check(plan)?;
    let id: PlanId = tx.id();
    let version: PlanVersionId = tx.id();
    let now = tx.now();
    let has_default = tx.one::<(i64,)>(HAS_DEFAULT, values![]).await?.0 > 0;
    let is_default = plan.kind == PlanKind::Membership && !has_default;
    let row = values![id, plan.kind, plan.position, is_default, version, now];
    tx.run(INSERT, row).await?;
    insert_version(tx, &id, &version, 1, plan).await?;
    tell(tx, &id, &plan.name, PlanChange::Created).await?;
    Ok(id)
}

fn check(plan: &NewPlan) -> Result<(), BillingError> {
    if plan.name.trim().is_empty() {
        return Err(BillingError::Refused(t!(
            "A plan needs a name: customers choose by it. Please give it one."
        )));
    }
    if plan
        .trial
        .is_some_and(|length| length.count == 0 || length.unit == Unit::Once)
    {
        return Err(BillingError::Refused(t!(
            "A trial needs a length, for example 7 days. Please say how long it lasts."
        )));
    }
    Ok(())
}

const INSERT_VERSION: &str = "
    insert into plan_versions
           (id, plan_id, number, kind, name, description, trial_count, trial_unit, sections, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

async fn insert_version(
    tx: &mut Tx<'_>,
    plan_id: &PlanId,
    id: &PlanVersionId,
    number: i64,
    plan: &NewPlan,
) -> Result<(), DbError> {
    let now = tx.now();
    let trial = plan.trial.unwrap_or(Length::days(0));
    let row = values![
        id,
        plan_id,
        number,
        plan.kind,
        plan.name.trim(),
        plan.description,
        trial.count,
        trial.unit,
        Json(plan.sections.clone()),
        now
    ];
    tx.run(INSERT_VERSION, row).await?;
    Ok(())
}

const REVISE: &str = "
    update plans set position = $2, version_id = $3 where id = $1 and version_id = $4";

/// Offers the plan as a new version from now on; says which. What was sold keeps its version.
///
/// The kind of a plan cannot change. If nothing but the order changes, the version stays.
pub async fn revise(
    tx: &mut Tx<'_>,
    id: &PlanId,
    plan: &NewPlan,
) -> Result<PlanVersionId, BillingError> {
    check(plan)?;
    let old = must_find(tx, id).await?;
    if old.kind() != plan.kind {
        return Err(BillingError::Refused(t!(
            "The kind of a plan cannot change. Make a new plan of the other kind and withdraw this one."
        )));
    }
    let is_same = old.version.says(plan);
    let version = if is_same {
        old.version.id.clone()
    } else {
        tx.id()
    };
    let row = values![id, plan.position, version, old.version.id];
    if tx.run(REVISE, row).await? == 0 {
        return Err(DbError::TryAgain.into());
    }
    if is_same {
        return Ok(version);
    }
    insert_version(tx, id, &version, old.version.number + 1, plan).await?;
    tell(tx, id, &plan.name, PlanChange::Revised).await?;
    Ok(version)
}

const SET_ACTIVE: &str = "update plans set is_active = $2 where id = $1";

/// Offers the plan to customers, or withdraws it; what was sold goes on.
pub async fn set_active(tx: &mut Tx<'_>, id: &PlanId, is_active: bool) -> Result<(), BillingError> {
    let plan = must_find(tx, id).await?;
    if plan.is_active == is_active {
        return Ok(());
    }
    tx.run(SET_ACTIVE, values![id, is_active]).await?;
    let change = if is_active {
        PlanChange::Offered
    } else {
        PlanChange::Withdrawn
    };
    tell(tx, id, &plan.version.name, change).await?;
    Ok(())
}

const UNSET_DEFAULT: &str = "
    update plans set is_default = false where kind = 'membership' and is_default";

const SET_DEFAULT: &str = "update plans set is_default = true where id = $1";

/// Makes this the one default membership plan.
pub async fn make_default(tx: &mut Tx<'_>, id: &PlanId) -> Result<(), BillingError> {
    let plan = must_find(tx, id).await?;
    if plan.kind() != PlanKind::Membership || plan.archived_at.some().is_some() {
        return Err(BillingError::Refused(t!(
            "Only a membership plan that is not archived can be the default one."
        )));
    }
    tx.run(UNSET_DEFAULT, values![]).await?;
    tx.run(SET_DEFAULT, values![id]).await?;
    tell(tx, id, &plan.version.name, PlanChange::MadeDefault).await?;
    Ok(())
}

/// What became of a plan that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It had never been sold, and is gone.
    Gone,
    /// Somebody has it: it is hidden and can no longer be sold, and what was sold goes on.
    Archived,
}

const IS_SOLD: &str = "select id from subscriptions where plan_id = $1 limit 1";

const ARCHIVE: &str = "update plans set is_active = false, archived_at = $2 where id = $1";

/// Deletes a plan that was never sold, and archives one that was. The default plan is refused.
pub async fn delete(tx: &mut Tx<'_>, id: &PlanId) -> Result<Deleted, BillingError> {
    let plan = must_find(tx, id).await?;
    if plan.is_default {
        return Err(BillingError::Refused(t!(
            "This is the default plan, and there must be one. Make another plan the default first."
        )));
    }
    let is_sold = tx.maybe::<(PlanVersionId,)>(IS_SOLD, values![id]).await?;
    let (deleted, change) = if is_sold.is_some() {
        let now = tx.now();
        tx.run(ARCHIVE, values![id, now]).await?;
        (Deleted::Archived, PlanChange::Archived)
    } else {
        remove(tx, id).await?;
        (Deleted::Gone, PlanChange::Deleted)
    };
    tell(tx, id, &plan.version.name, change).await?;
    Ok(deleted)
}

const REMOVE_REFERENCES: &str = "
    delete from gateway_prices where price_id in (select id from prices where plan_id = $1)";
const REMOVE_PRICES: &str = "delete from prices where plan_id = $1";
const REMOVE_VERSIONS: &str = "delete from plan_versions where plan_id = $1";
const REMOVE: &str = "delete from plans where id = $1";

async fn remove(tx: &mut Tx<'_>, id: &PlanId) -> Result<(), DbError> {
    for sql in [REMOVE_REFERENCES, REMOVE_PRICES, REMOVE_VERSIONS, REMOVE] {
        tx.run(sql, values![id]).await?;
    }
    Ok(())
}

async fn must_find(tx: &mut Tx<'_>, id: &PlanId) -> Result<Plan, BillingError> {
    find(&mut *tx, id)
        .await?
        .ok_or_else(|| BillingError::not_found(id))
}

/// Puts everybody who has an earlier version on the newest, one after the other in the background. Their time
/// stays as it is. Safe to repeat.
pub async fn move_everybody(
    tx: &mut Tx<'_>,
    id: &PlanId,
    reason: &str,
) -> Result<(), BillingError> {
    let plan = must_find(tx, id).await?;
    let order = MoveSubscriptions {
        plan: id.clone(),
        version: plan.version.id.clone(),
        by: tx.actor().clone(),
        reason: Some(reason.to_owned()),
    };
    jobs::add_once(tx, &order, plan.version.id.as_str()).await?;
    let event = PlanChanged {
        plan: id.clone(),
        name: plan.version.name,
        change: PlanChange::MembersMoved,
    };
    chronicle::tell_because(tx, &event, reason).await?;
    Ok(())
}

async fn tell(
    tx: &mut Tx<'_>,
    plan: &PlanId,
    name: &str,
    change: PlanChange,
) -> Result<(), DbError> {
    let event = PlanChanged {
        plan: plan.clone(),
        name: name.to_owned(),
        change,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}
