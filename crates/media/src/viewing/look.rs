//! Looking at what plays: woken by what servers tell, and by the clock beside it.

use async_trait::async_trait;
use db::{DbError, Read, Tx, values};
use jobs::{Job, JobError, Lane};
use kit::id::ServerId;
use kit::{Actor, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ActivitySettings, download, guard, play, stream};
use crate::error::MediaError;
use crate::remote::RemoteStream;
use crate::server::{self, Server};
use crate::servers::{Servers, result};

/// How often servers are looked at on which something plays.
pub const EVERY: Span = Span::seconds(30);
/// How often the others. A little less than two turns, so that a turn that is late does not skip one.
const IDLE: Span = Span::seconds(50);
/// What a server tells seldom comes alone.
const SETTLE: Span = Span::seconds(1);
/// What nobody has seen for so long has ended: its server is out of reach, or not looked at any more.
const LOST_AFTER: Span = Span::minutes(10);

impl Server {
    /// Whether anybody wants to know what plays there.
    pub fn is_watched(&self) -> bool {
        let is_wanted = self.records_streams || !self.four_k_transcoding;
        is_wanted && self.enabled && !self.left_alone
    }
}

db::row! {
    struct Looked { looked_at: Timestamp, playing: i64 }
}

const LOOKED: &str = "select looked_at, playing from stream_looks where server_id = $1";

async fn is_due(mut read: impl Read, id: &ServerId, now: Timestamp) -> Result<bool, DbError> {
    let last: Option<Looked> = read.maybe(LOOKED, values![id]).await?;
    Ok(last.is_none_or(|last| last.playing > 0 || now >= last.looked_at + IDLE))
}

/// Asks for a look at each server whose turn it is, and closes what was lost sight of. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LookAtStreams;

#[async_trait]
impl Job for LookAtStreams {
    const NAME: &'static str = "media.look_at_streams";
    const LANE: Lane = Lane::Viewing;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        let now = servers.db.world().now();
        let mut due = Vec::new();
        for server in server::list(&servers.db).await? {
            // One that is out of reach is looked for every minute by its own sync.
            let is_here = server.is_watched() && server.down_since.is_never();
            if is_here && is_due(&servers.db, &server.id, now).await? {
                due.push(server.id);
            }
        }
        let lost = stream::lost(&servers.db, now - LOST_AFTER).await?;
        if due.is_empty() && lost.is_empty() {
            return Ok(());
        }
        let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
        for stream in &lost {
            stream::end(&mut tx, stream).await?;
        }
        for id in due {
            ask(&mut tx, id, now).await?;
        }
        tx.save_unhurried().await?;
        Ok(())
    }
}

pub(super) async fn ask(tx: &mut Tx<'_>, server: ServerId, at: Timestamp) -> Result<(), DbError> {
    let key = server.to_string();
    jobs::add_once_at(tx, &LookAtServer { server }, &key, at).await
}

/// A server told that something began or ended: it is looked at soon, if anybody wants to know. Safe to repeat.
pub async fn note(servers: &Servers, id: &ServerId) -> Result<(), DbError> {
    let found = server::find(&servers.db, id).await?;
    if found.is_some_and(|server| server.is_watched()) {
        let mut tx = servers.db.begin(Actor::schedule("media.listening")).await?;
        let soon = tx.now() + SETTLE;
        ask(&mut tx, id.clone(), soon).await?;
        tx.save().await?;
    }
    Ok(())
}

/// Looks at what plays on one server. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LookAtServer {
    pub server: ServerId,
}

#[async_trait]
impl Job for LookAtServer {
    const NAME: &'static str = "media.look_at_server";
    const LANE: Lane = Lane::Viewing;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        match look(servers, &self.server).await {
            Err(MediaError::Db(error)) => Err(error.into()),
            // A server out of reach is told by its sync; the next turn looks again.
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Reads what plays, writes down what is to be recorded, and stops what is forbidden. Calls the server.
pub async fn look(servers: &Servers, id: &ServerId) -> Result<(), MediaError> {
    let (server, remote) = servers.open(id).await?;
    if !server.is_watched() {
        return Ok(());
    }
    let found = result(remote.streams().await)?;
    write(servers, &server, &found).await?;
    guard::keep(servers, &server, remote.as_ref(), &found).await
}

const NOTE_LOOK: &str = "
    insert into stream_looks (server_id, looked_at, playing) values ($1, $2, $3)
    on conflict (server_id) do update set looked_at = excluded.looked_at, playing = excluded.playing";

async fn write(servers: &Servers, server: &Server, found: &[RemoteStream]) -> Result<(), DbError> {
    let mut tx = servers
        .db
        .begin(Actor::schedule(LookAtServer::NAME))
        .await?;
    let playing = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let row = values![server.id, tx.now(), playing];
    tx.run(NOTE_LOOK, row).await?;
    if server.records_streams {
        stream::write_seen(&mut tx, &server.id, found).await?;
    }
    // The next look says the same again.
    tx.save_unhurried().await
}

/// Forgets what was played or downloaded longer ago than the operator keeps it. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForgetPlays;

#[async_trait]
impl Job for ForgetPlays {
    const NAME: &'static str = "media.forget_plays";
    const LANE: Lane = Lane::Bulk;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        let (settings, _) = settings::load::<ActivitySettings>(&servers.db).await?;
        let before = servers.db.world().now() - Span::days(settings.keep_days);
        loop {
            let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
            let forgotten =
                play::forget(&mut tx, before).await? + download::forget(&mut tx, before).await?;
            tx.save().await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }
}

const FORGET_LOOK: &str = "delete from stream_looks where server_id = $1";

/// The server leaves the house, and with it what was seen there.
pub(crate) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET_LOOK, values![server]).await?;
    guard::forget_server(tx, server).await?;
    stream::forget_server(tx, server).await?;
    play::forget_server(tx, server).await?;
    download::forget_server(tx, server).await
}
