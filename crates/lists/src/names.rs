//! Names of things by their ids, for pages of a capability that knows only ids.

use std::collections::BTreeMap;

use db::{DbError, Read, values};
use kit::Json;
use kit::id::{MemberId, PayerId};

db::row! {
    struct Named { id: String, name: String }
}

const MEMBERS: &str = "
    select id, name from members where id in (select value from json_each(cast($1 as text)))";

/// Names of those members that exist.
pub async fn of_members(
    mut read: impl Read,
    ids: &[MemberId],
) -> Result<BTreeMap<String, String>, DbError> {
    let rows: Vec<Named> = read.all(MEMBERS, values![Json(ids.to_vec())]).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

const MEMBER_OF_PAYER: &str = "
    select m.id
      from payers y
      join members m on m.id = y.owner or m.account_id = y.owner
     where y.id = $1
     order by m.id limit 1";

/// The member behind a payer. `None`: an account that never became one.
pub async fn member_of_payer(
    mut read: impl Read,
    payer: &PayerId,
) -> Result<Option<MemberId>, DbError> {
    let row: Option<(MemberId,)> = read.maybe(MEMBER_OF_PAYER, values![payer]).await?;
    Ok(row.map(|row| row.0))
}
