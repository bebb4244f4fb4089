//! How many members stand where, counted no further than [`MOST_COUNTED`](crate::MOST_COUNTED).

use billing::status::Status;
use db::{DbError, Read, values};
use kit::Timestamp;

use crate::MOST_COUNTED;

// Both ride on `subscriptions_by_kind (kind, status, ends_at, id)` alone and read no row of the table.
const IN_STANDING: &str = "
    select count(*) as n from (
        select 1 as one from subscriptions where kind = 'membership' and status = $1 limit $2) counted";

const ENDING: &str = "
    select count(*) as n from (
        select 1 as one from subscriptions
         where kind = 'membership' and status = $1 and ends_at >= $2 and ends_at < $3 limit $4) counted";

/// A number that may be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub n: i64,
    /// There are more than were counted.
    pub and_more: bool,
}

impl Counted {
    pub fn of(n: i64) -> Self {
        Self {
            n: n.min(MOST_COUNTED),
            and_more: n > MOST_COUNTED,
        }
    }
}

/// How many memberships have this standing.
pub async fn count_of(mut read: impl Read, status: Status) -> Result<Counted, DbError> {
    let row: (i64,) = read
        .one(IN_STANDING, values![status, MOST_COUNTED + 1])
        .await?;
    Ok(Counted::of(row.0))
}

/// How many memberships run out between two moments.
pub async fn count_ending(
    mut read: impl Read,
    (from, until): (Timestamp, Timestamp),
) -> Result<Counted, DbError> {
    let mut n = 0;
    for status in [Status::Trial, Status::Active, Status::PastDue] {
        let asked = values![status, from, until, MOST_COUNTED + 1];
        n += read.one::<(i64,)>(ENDING, asked).await?.0;
    }
    Ok(Counted::of(n))
}
