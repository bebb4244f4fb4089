//! Hearing: which events no flow has been told of. By condition, never by "greater than the last id":
//! a transaction that began earlier may save later.

use db::{DbError, Read, Tx, values};
use kit::Timestamp;
use kit::id::EventId;

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
    select id, name, payload, at from events where not told order by id limit $1";

/// Events whose flows have no jobs yet, oldest first.
pub async fn untold(mut read: impl Read, limit: i64) -> Result<Vec<Heard>, DbError> {
    read.all(UNTOLD, values![limit]).await
}

const MARK: &str = "update events set told = true where id = $1 and not told";

/// Claims the telling of one event: whoever gets `true` adds its jobs in the same transaction.
pub async fn mark_told(tx: &mut Tx<'_>, id: &EventId) -> Result<bool, DbError> {
    Ok(tx.run(MARK, values![id]).await? == 1)
}
