//! Finding plans and their versions.

use db::{DbError, Read, values};
use kit::Json;
use kit::id::{PlanId, PlanVersionId};

use super::{Plan, PlanVersion};

const FIND: &str = "
    select v.id, v.plan_id, v.number, v.kind, v.name, v.description, v.trial_count, v.trial_unit,
           v.sections, v.created_at, p.position, p.is_active, p.is_default, p.archived_at
      from plans p join plan_versions v on v.id = p.version_id
     where p.id = $1";

/// `None`: there is no such plan.
pub async fn find(mut read: impl Read, id: &PlanId) -> Result<Option<Plan>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LIST: &str = "
    select v.id, v.plan_id, v.number, v.kind, v.name, v.description, v.trial_count, v.trial_unit,
           v.sections, v.created_at, p.position, p.is_active, p.is_default, p.archived_at
      from plans p join plan_versions v on v.id = p.version_id
     where p.archived_at = 9223372036854775807
     order by p.position, p.id";

/// All plans that are not archived, in the order of offering; inactive ones too.
pub async fn list(mut read: impl Read) -> Result<Vec<Plan>, DbError> {
    read.all(LIST, values![]).await
}

const DEFAULT: &str = "
    select v.id, v.plan_id, v.number, v.kind, v.name, v.description, v.trial_count, v.trial_unit,
           v.sections, v.created_at, p.position, p.is_active, p.is_default, p.archived_at
      from plans p join plan_versions v on v.id = p.version_id
     where p.kind = 'membership' and p.is_default";

/// The default membership plan. `None` only while there is no membership plan at all.
pub async fn default(mut read: impl Read) -> Result<Option<Plan>, DbError> {
    read.maybe(DEFAULT, values![]).await
}

const VERSION: &str = "
    select id, plan_id, number, kind, name, description, trial_count, trial_unit, sections, created_at
      from plan_versions where id = $1";

/// `None`: there is no such version.
pub async fn version(
    mut read: impl Read,
    id: &PlanVersionId,
) -> Result<Option<PlanVersion>, DbError> {
    read.maybe(VERSION, values![id]).await
}

const VERSIONS: &str = "
    select id, plan_id, number, kind, name, description, trial_count, trial_unit, sections, created_at
      from plan_versions where id in (select value from json_each(cast($1 as text)))";

/// Those of the versions that exist, in no order.
pub async fn versions(
    mut read: impl Read,
    ids: &[PlanVersionId],
) -> Result<Vec<PlanVersion>, DbError> {
    read.all(VERSIONS, values![Json(ids.to_vec())]).await
}

const VERSIONS_OF: &str = "
    select id, plan_id, number, kind, name, description, trial_count, trial_unit, sections, created_at
      from plan_versions where plan_id = $1 order by number desc";

/// All versions of a plan, newest first.
pub async fn versions_of(mut read: impl Read, id: &PlanId) -> Result<Vec<PlanVersion>, DbError> {
    read.all(VERSIONS_OF, values![id]).await
}
