//! Hearing: which events no flow has been told of. By condition, never by "greater than the last id":
//! a transaction that began earlier may save later.

use db::{DbError, Read, Tx, values};
use kit::id::EventId;
use kit::{Json, Timestamp};

db::row! {
    /// An event that flows have not heard yet.
    #[derive(Debug, Clone)]
    pub struct Heard {
        pub id: EventId,
        pub name: String,
        pub payload: String,
        pub at: Timestamp,
    }
}

const UNTOLD: &str = "
    select id, name, payload, at from events
     where not told and name in (select value from json_each(cast($1 as text)))
     order by id limit $2";

/// Events of these names whose flows have no jobs yet, oldest first. Events of other names were told by a newer
/// process; they wait for one, and hold up nobody.
pub async fn untold(
    mut read: impl Read,
    names: &[&str],
    limit: i64,
) -> Result<Vec<Heard>, DbError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    read.all(UNTOLD, values![Json(names), limit]).await
}

const MARK: &str = "
    update events set told = true
     where not told and id in (select value from json_each(cast($1 as text)))
 returning id";

/// Claims the telling of events: jobs for those that come back are added in the same transaction.
pub async fn mark_told(tx: &mut Tx<'_>, ids: &[EventId]) -> Result<Vec<EventId>, DbError> {
    let rows: Vec<(EventId,)> = tx.all(MARK, values![Json(ids.to_vec())]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
