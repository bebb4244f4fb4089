//! What plays now, as last seen: one row for each thing that a session plays.

use db::{DbError, Read, Tx, values};
use kit::Timestamp;
use kit::id::{MemberId, ServerId, StreamId};

use crate::remote::{Decision, RemoteRef, RemoteStream};
use crate::share;
use crate::viewing::play;

/// Between two looks not more than this counts as watched: the house may have slept.
const LONGEST_STEP_MS: i64 = 120_000;

db::row! {
    /// Something that plays now, as last seen.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Stream {
        pub id: StreamId,
        pub server_id: ServerId,
        /// The server's id of the session.
        pub session: String,
        /// `None`: the server does not say whose it is.
        pub remote_id: Option<RemoteRef>,
        pub user_name: String,
        /// `None`: nobody linked the user to a member.
        pub member_id: Option<MemberId>,
        pub title: String,
        pub item: String,
        /// Empty: the server does not say.
        pub library: String,
        pub device: String,
        pub app: String,
        pub address: String,
        pub decision: Decision,
        /// Of the file. 0: it has no picture, or its size is not known.
        pub height: i64,
        /// What the picture is made into. 0: it is sent as it is.
        pub target_height: i64,
        pub position_ms: i64,
        /// 0: without an end.
        pub length_ms: i64,
        pub is_paused: bool,
        pub begun_at: Timestamp,
        pub seen_at: Timestamp,
        /// How long it was seen playing, pauses left out.
        pub watched_ms: i64,
    }
}

const OF_SERVER: &str = "
    select id, server_id, session, remote_id, user_name, member_id, title, item, library, device, app, address,
           decision, height, target_height, position_ms, length_ms, is_paused, begun_at, seen_at, watched_ms
      from streams where server_id = $1 order by begun_at, id";

/// What was last seen playing on a server.
pub async fn list_of_server(
    mut read: impl Read,
    server: &ServerId,
) -> Result<Vec<Stream>, DbError> {
    read.all(OF_SERVER, values![server]).await
}

const FIND: &str = "
    select id, server_id, session, remote_id, user_name, member_id, title, item, library, device, app, address,
           decision, height, target_height, position_ms, length_ms, is_paused, begun_at, seen_at, watched_ms
      from streams where id = $1";

/// `None`: it has ended.
pub async fn find(mut read: impl Read, id: &StreamId) -> Result<Option<Stream>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LOST: &str = "
    select id, server_id, session, remote_id, user_name, member_id, title, item, library, device, app, address,
           decision, height, target_height, position_ms, length_ms, is_paused, begun_at, seen_at, watched_ms
      from streams where seen_at < $1 order by seen_at limit 200";

/// What nobody has seen for so long that it must have ended.
pub(super) async fn lost(mut read: impl Read, before: Timestamp) -> Result<Vec<Stream>, DbError> {
    read.all(LOST, values![before]).await
}

impl Stream {
    /// Whether a row of the server is this stream. A player that was moved, or chose another quality, begins a new
    /// session with the same thing: that is no new play.
    fn is_continued_by(&self, found: &RemoteStream) -> bool {
        let is_same_session = self.session == found.id;
        let is_same_viewer =
            self.remote_id.is_some() && self.remote_id == found.user && self.device == found.device;
        self.item == found.item && (is_same_session || is_same_viewer)
    }

    /// How much longer it was watched.
    fn step(&self, now: Timestamp) -> i64 {
        if self.is_paused {
            0
        } else {
            now.since(self.seen_at).as_ms().clamp(0, LONGEST_STEP_MS)
        }
    }
}

/// Writes what was found on a server: begun, gone on, ended.
pub(super) async fn write_seen(
    tx: &mut Tx<'_>,
    server: &ServerId,
    found: &[RemoteStream],
) -> Result<(), DbError> {
    let mut known = list_of_server(&mut *tx, server).await?;
    for stream in found {
        let same = known.iter().position(|known| known.is_continued_by(stream));
        match same {
            Some(at) => go_on(tx, &known.swap_remove(at), stream).await?,
            None => begin(tx, server, stream).await?,
        }
    }
    for over in &known {
        end(tx, over).await?;
    }
    Ok(())
}

const BEGIN: &str = "
    insert into streams
           (id, server_id, session, remote_id, user_name, member_id, title, item, library, device, app, address,
            decision, height, target_height, position_ms, length_ms, is_paused, begun_at, seen_at, watched_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, 0)
    on conflict (server_id, session, item) do nothing";

async fn begin(tx: &mut Tx<'_>, server: &ServerId, found: &RemoteStream) -> Result<(), DbError> {
    let id: StreamId = tx.id();
    let now = tx.now();
    let member = member_of(tx, server, found).await?;
    let row = values![
        id,
        server,
        found.id,
        found.user,
        found.user_name,
        member,
        found.title,
        found.item,
        found.library,
        found.device,
        found.app,
        found.address,
        found.decision,
        i64::from(found.source.lines()),
        target_height(found),
        found.position_ms,
        found.length_ms,
        found.is_paused,
        now
    ];
    tx.run(BEGIN, row).await?;
    Ok(())
}

/// Who a stream belongs to. `None`: nobody whom we know.
pub(super) async fn member_of(
    tx: &mut Tx<'_>,
    server: &ServerId,
    found: &RemoteStream,
) -> Result<Option<MemberId>, DbError> {
    let Some(user) = &found.user else {
        return Ok(None);
    };
    let share = share::find_by_remote(&mut *tx, server, user).await?;
    Ok(share.map(|share| share.member_id))
}

fn target_height(found: &RemoteStream) -> i64 {
    found.target.map_or(0, |frame| frame.lines().into())
}

const GO_ON: &str = "
    update streams
       set session = $2, address = $3, decision = $4, target_height = $5, position_ms = $6, is_paused = $7,
           seen_at = $8, watched_ms = $9
     where id = $1";

async fn go_on(tx: &mut Tx<'_>, known: &Stream, found: &RemoteStream) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![
        known.id,
        found.id,
        found.address,
        found.decision,
        target_height(found),
        found.position_ms,
        found.is_paused,
        now,
        known.watched_ms + known.step(now)
    ];
    tx.run(GO_ON, row).await?;
    Ok(())
}

const REMOVE: &str = "delete from streams where id = $1";

/// It is over: the row becomes history. It ended now if it was seen a moment ago; else when it was last seen, for what
/// came after that nobody knows. Safe to repeat.
pub(super) async fn end(tx: &mut Tx<'_>, stream: &Stream) -> Result<(), DbError> {
    if tx.run(REMOVE, values![stream.id]).await? == 0 {
        return Ok(());
    }
    let now = tx.now();
    let mut last = stream.clone();
    if now.since(stream.seen_at).as_ms() <= LONGEST_STEP_MS {
        last.watched_ms += stream.step(now);
        last.seen_at = now;
    }
    play::write(tx, &last).await
}

const FORGET_SERVER: &str = "delete from streams where server_id = $1";

/// The server leaves the house, or is not to be recorded any more.
pub(crate) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET_SERVER, values![server]).await?;
    Ok(())
}
