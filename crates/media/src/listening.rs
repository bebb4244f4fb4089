//! What servers tell by themselves: each message only says that it is time to look: at the server whole, or at what
//! plays there.

use db::DbError;
use kit::id::ServerId;
use kit::{Actor, Span};

use crate::jobs::SyncServer;
use crate::reads::{self, Why};
use crate::remote::News;
use crate::servers::Servers;
use crate::viewing;

const ACTOR: &str = "media.listening";
/// One change seldom comes alone.
const SETTLE: Span = Span::seconds(3);
/// A server that never rests is not read more often than this because of it.
const REST: Span = Span::minutes(1);

/// Has a server looked at soon, because it told that something changed. Safe to repeat: however many messages come, one
/// reading follows.
pub async fn note(servers: &Servers, id: &ServerId, news: News) -> Result<(), DbError> {
    match news {
        News::Streams => viewing::note(servers, id).await,
        News::Users | News::Libraries => read_soon(servers, id).await,
    }
}

async fn read_soon(servers: &Servers, id: &ServerId) -> Result<(), DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let last = reads::newest(&mut tx, id, 1).await?;
    let rested = last.first().map(|read| read.begun_at + REST);
    let soon = tx.now() + SETTLE;
    let job = SyncServer {
        server: id.clone(),
        why: Why::Push,
    };
    let at = rested.map_or(soon, |rested| rested.max(soon));
    jobs::add_once_at(&mut tx, &job, id.as_str(), at).await?;
    tx.save().await
}
