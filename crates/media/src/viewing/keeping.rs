//! What is kept of a person's viewing: bringing two members together, erasing it.

use db::{DbError, Tx, values};
use kit::id::MemberId;

const MERGE_STREAMS: &str = "update streams set member_id = $2 where member_id = $1";
const MERGE_PLAYS: &str = "update plays set member_id = $2 where member_id = $1";
const MERGE_DOWNLOADS: &str = "update downloads set member_id = $2 where member_id = $1";

pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MERGE_STREAMS, values![from, to]).await?;
    tx.run(MERGE_PLAYS, values![from, to]).await?;
    tx.run(MERGE_DOWNLOADS, values![from, to]).await?;
    Ok(())
}

const ERASE_STREAMS: &str = "delete from streams where member_id = $1";
const ERASE_PLAYS: &str = "delete from plays where member_id = $1";
const ERASE_DOWNLOADS: &str = "delete from downloads where member_id = $1";

pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(ERASE_STREAMS, values![member]).await?;
    tx.run(ERASE_PLAYS, values![member]).await?;
    tx.run(ERASE_DOWNLOADS, values![member]).await?;
    Ok(())
}
