//! What is kept of a person's viewing: bringing two members together, telling it to them, erasing it.

use db::{DbError, Read, Tx, values};
use kit::Timestamp;
use kit::id::MemberId;
use serde::Serialize;

const MERGE_STREAMS: &str = "update streams set member_id = $2 where member_id = $1";
const MERGE_PLAYS: &str = "update plays set member_id = $2 where member_id = $1";
const MERGE_DOWNLOADS: &str = "update downloads set member_id = $2 where member_id = $1";

pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MERGE_STREAMS, values![from, to]).await?;
    tx.run(MERGE_PLAYS, values![from, to]).await?;
    tx.run(MERGE_DOWNLOADS, values![from, to]).await?;
    Ok(())
}

db::row! {
    struct PlayRow {
        title: String,
        device: String,
        begun_at: Timestamp,
        watched_ms: i64,
    }
}

db::row! {
    /// Something that was downloaded, for the person it is about.
    #[derive(Debug, Serialize)]
    pub struct DownloadRecord {
        pub title: String,
        pub device: String,
    }
}

/// Something that was watched, for the person it is about.
#[derive(Debug, Serialize)]
pub struct PlayRecord {
    pub title: String,
    pub device: String,
    pub begun: String,
    pub watched_seconds: i64,
}

/// What is kept of somebody's viewing, for them.
#[derive(Debug, Serialize)]
pub struct ViewingRecord {
    pub plays: Vec<PlayRecord>,
    pub downloads: Vec<DownloadRecord>,
}

const PLAYS: &str = "
    select title, device, begun_at, watched_ms from plays where member_id = $1
     order by begun_at desc, id desc limit 10000";
const DOWNLOADS: &str = "
    select title, device from downloads where member_id = $1 order by id desc limit 10000";

/// The latest ten thousand of each.
pub async fn export_of(mut read: impl Read, member: &MemberId) -> Result<ViewingRecord, DbError> {
    let plays: Vec<PlayRow> = read.all(PLAYS, values![member]).await?;
    let record = |play: PlayRow| PlayRecord {
        title: play.title,
        device: play.device,
        begun: play.begun_at.rfc3339(),
        watched_seconds: play.watched_ms / 1000,
    };
    Ok(ViewingRecord {
        plays: plays.into_iter().map(record).collect(),
        downloads: read.all(DOWNLOADS, values![member]).await?,
    })
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
