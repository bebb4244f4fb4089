//! What a server forbids: making 4K pictures into smaller ones, which can bring a whole server to its knees.
//!
//! A stream is held against somebody only if it is theirs for certain, only at the second look (players try this and
//! that when they begin), and once: a server may list what was stopped for minutes.

use std::collections::BTreeMap;

use db::{DbError, Tx, values};
use kit::id::ServerId;
use kit::{Actor, Outcome, Span, Text, Timestamp, t};
use settings::SiteSettings;

use super::events::{FourKNotStopped, FourKStopped};
use super::look::LookAtServer;
use crate::error::MediaError;
use crate::remote::{MediaServer, RemoteStream, Words};
use crate::server::Server;
use crate::servers::Servers;
use crate::share::{self, Share};

/// The second look comes so soon after the first.
const CONFIRM_AFTER: Span = Span::seconds(5);
/// For so long what was stopped may still be listed; then it goes on all the same, and is stopped again.
const GHOST_HOLDS: Span = Span::minutes(6);
const ACTOR: &str = "media.viewing_guard";

db::row! {
    /// Something forbidden that was seen.
    struct Seen {
        session: String,
        item: String,
        first_seen_at: Timestamp,
        /// `NEVER`: not yet.
        stopped_at: Timestamp,
    }
}

/// What is to be done about a forbidden stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It was never seen before: look once more.
    Note,
    /// Seen just now, or stopped a moment ago.
    Wait,
    Stop,
}

impl Seen {
    fn verdict(&self, now: Timestamp) -> Verdict {
        let may_be_ghost = !self.stopped_at.is_never() && now < self.stopped_at + GHOST_HOLDS;
        if may_be_ghost || now < self.first_seen_at + CONFIRM_AFTER {
            Verdict::Wait
        } else {
            Verdict::Stop
        }
    }
}

/// Stops what the server forbids. Calls it, outside of any transaction.
pub(super) async fn keep(
    servers: &Servers,
    server: &Server,
    remote: &dyn MediaServer,
    found: &[RemoteStream],
) -> Result<(), MediaError> {
    if server.four_k_transcoding {
        return Ok(());
    }
    let mut seen = read(servers, &server.id).await?;
    let now = servers.db.world().now();
    for stream in found.iter().filter(|stream| stream.transcodes_four_k()) {
        let Some(share) = share_of(servers, server, stream).await? else {
            // Nobody's, or somebody's who is not ours: shown, never changed.
            continue;
        };
        let key = (stream.id.clone(), stream.item.clone());
        match seen
            .remove(&key)
            .map_or(Verdict::Note, |it| it.verdict(now))
        {
            Verdict::Note => note(servers, server, stream).await?,
            Verdict::Wait => {}
            Verdict::Stop => stop(servers, server, remote, stream, &share).await?,
        }
    }
    forget_gone(servers, server, seen.into_values().collect(), now).await?;
    Ok(())
}

async fn share_of(
    servers: &Servers,
    server: &Server,
    stream: &RemoteStream,
) -> Result<Option<Share>, DbError> {
    match &stream.user {
        Some(user) => share::find_by_remote(&servers.db, &server.id, user).await,
        None => Ok(None),
    }
}

const SEEN: &str = "
    select session, item, first_seen_at, stopped_at from stream_stops where server_id = $1";

async fn read(
    servers: &Servers,
    server: &ServerId,
) -> Result<BTreeMap<(String, String), Seen>, DbError> {
    let rows: Vec<Seen> = servers.db.all(SEEN, values![server]).await?;
    let keyed = rows
        .into_iter()
        .map(|row| ((row.session.clone(), row.item.clone()), row));
    Ok(keyed.collect())
}

const NOTE: &str = "
    insert into stream_stops (server_id, session, item, first_seen_at, stopped_at)
    values ($1, $2, $3, $4, 9223372036854775807)
    on conflict (server_id, session, item) do nothing";

/// The second look is asked for in the same transaction.
async fn note(servers: &Servers, server: &Server, stream: &RemoteStream) -> Result<(), DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let now = tx.now();
    tx.run(NOTE, values![server.id, stream.id, stream.item, now])
        .await?;
    let again = LookAtServer {
        server: server.id.clone(),
    };
    let key = format!("{}/again", server.id);
    jobs::add_once_at(&mut tx, &again, &key, now + CONFIRM_AFTER).await?;
    tx.save().await
}

/// Notes first that it was stopped, so that whatever comes of the call it is not stopped twice.
async fn stop(
    servers: &Servers,
    server: &Server,
    remote: &dyn MediaServer,
    stream: &RemoteStream,
    share: &Share,
) -> Result<(), MediaError> {
    if !claim(servers, server, stream).await? {
        return Ok(());
    }
    let words = words(servers, server).await?;
    // Words that do not arrive do not keep the stream running.
    drop(remote.message(stream, &words).await);
    let failed = if stream.is_controllable {
        match remote.stop(stream).await {
            Outcome::Done(()) => None,
            Outcome::Refused(refusal) => Some(refusal.reason),
            Outcome::Unknown(unknown) => Some(unknown.reason),
        }
    } else {
        Some(t!("The device takes no orders."))
    };
    Ok(tell(servers, server, stream, share, failed).await?)
}

const CLAIM: &str = "
    update stream_stops set stopped_at = $4
     where server_id = $1 and session = $2 and item = $3
       and (stopped_at = 9223372036854775807 or stopped_at <= $5)";

/// `false`: another process is at it.
async fn claim(servers: &Servers, server: &Server, stream: &RemoteStream) -> Result<bool, DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let now = tx.now();
    let row = values![server.id, stream.id, stream.item, now, now - GHOST_HOLDS];
    let claimed = tx.run(CLAIM, row).await? == 1;
    tx.save().await?;
    Ok(claimed)
}

/// What the screen says, in the site's own language as far as there is one.
async fn words(servers: &Servers, server: &Server) -> Result<Words, DbError> {
    let (site, _) = settings::load::<SiteSettings>(&servers.db).await?;
    let body = t!(
        "{server} does not convert 4K for smaller screens or slower lines. Please choose the original quality in the player, or a version that is not 4K.",
        server = &server.name
    );
    Ok(Words {
        title: site.name,
        body: body.in_english(),
    })
}

async fn tell(
    servers: &Servers,
    server: &Server,
    stream: &RemoteStream,
    share: &Share,
    failed: Option<Text>,
) -> Result<(), DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let (member, id) = (share.member_id.clone(), server.id.clone());
    let (server_name, title) = (server.name.clone(), stream.title.clone());
    let device = stream.device.clone();
    match failed {
        None => {
            let event = FourKStopped {
                member,
                server: id,
                server_name,
                title,
                device,
            };
            chronicle::tell(&mut tx, &event).await?;
        }
        Some(reason) => {
            let event = FourKNotStopped {
                member,
                server: id,
                server_name,
                title,
                device,
                reason,
            };
            chronicle::tell(&mut tx, &event).await?;
        }
    }
    tx.save().await
}

const FORGET: &str = "
    delete from stream_stops where server_id = $1 and session = $2 and item = $3";

/// Those that are not listed any more, as soon as they cannot come back as ghosts.
async fn forget_gone(
    servers: &Servers,
    server: &Server,
    gone: Vec<Seen>,
    now: Timestamp,
) -> Result<(), DbError> {
    let is_over = |seen: &Seen| seen.stopped_at.is_never() || now >= seen.stopped_at + GHOST_HOLDS;
    let over: Vec<Seen> = gone.into_iter().filter(is_over).collect();
    if over.is_empty() {
        return Ok(());
    }
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    for seen in &over {
        tx.run(FORGET, values![server.id, seen.session, seen.item])
            .await?;
    }
    tx.save_unhurried().await
}

const FORGET_SERVER: &str = "delete from stream_stops where server_id = $1";

pub(super) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET_SERVER, values![server]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_stopped_at_the_second_look_and_a_ghost_is_left_alone() {
        let at = |seconds| Timestamp::EPOCH + Span::seconds(seconds);
        let seen = |stopped_at| Seen {
            session: String::new(),
            item: String::new(),
            first_seen_at: at(100),
            stopped_at,
        };
        let fresh = seen(Timestamp::NEVER);
        assert_eq!(fresh.verdict(at(101)), Verdict::Wait);
        assert_eq!(fresh.verdict(at(105)), Verdict::Stop);
        let stopped = seen(at(105));
        assert_eq!(stopped.verdict(at(300)), Verdict::Wait);
        assert_eq!(stopped.verdict(at(105 + 360)), Verdict::Stop);
    }
}
