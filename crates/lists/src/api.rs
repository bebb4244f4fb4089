//! What the REST interface and the figures of the house read over several capabilities.

use db::{DbError, Read, values};
use kit::Timestamp;

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
