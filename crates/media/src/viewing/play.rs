//! What was played: the history of streams.

use db::{DbError, Tx, values};
use kit::Timestamp;
use kit::id::{MemberId, PlayId, ServerId};

use crate::remote::{Decision, RemoteRef};
use crate::viewing::stream::Stream;

db::row! {
    /// Something that was played. Where from is not kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Play {
        pub id: PlayId,
        pub server_id: ServerId,
        pub remote_id: Option<RemoteRef>,
        pub user_name: String,
        /// `None`: nobody linked the user to a member.
        pub member_id: Option<MemberId>,
        pub title: String,
        pub item: String,
        pub library: String,
        pub device: String,
        pub app: String,
        /// As it was at the end.
        pub decision: Decision,
        pub height: i64,
        pub target_height: i64,
        pub begun_at: Timestamp,
        pub ended_at: Timestamp,
        pub watched_ms: i64,
    }
}

const WRITE: &str = "
    insert into plays
           (id, server_id, remote_id, user_name, member_id, title, item, library, device, app, decision, height,
            target_height, begun_at, ended_at, watched_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

/// It ended when it was last seen.
pub(super) async fn write(tx: &mut Tx<'_>, stream: &Stream) -> Result<(), DbError> {
    let id: PlayId = tx.id();
    let row = values![
        id,
        stream.server_id,
        stream.remote_id,
        stream.user_name,
        stream.member_id,
        stream.title,
        stream.item,
        stream.library,
        stream.device,
        stream.app,
        stream.decision,
        stream.height,
        stream.target_height,
        stream.begun_at,
        stream.seen_at,
        stream.watched_ms
    ];
    tx.run(WRITE, row).await?;
    Ok(())
}

const FORGET: &str = "
    delete from plays where id in (select id from plays where ended_at < $1 order by ended_at, id limit 500)";

/// Forgets what ended before a moment, a page at a time; says how many.
pub(super) async fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.run(FORGET, values![before]).await
}

const FORGET_SERVER: &str = "delete from plays where server_id = $1";

/// The server leaves the house.
pub(super) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET_SERVER, values![server]).await?;
    Ok(())
}
