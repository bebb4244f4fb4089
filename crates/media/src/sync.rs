//! Reading one server whole: is it itself, what libraries and users it has, and which shares have drifted.
//!
//! Ten thousand users are one call; only those that differ are written, from what was just read.

use std::collections::BTreeMap;

use chronicle::{Tone, want};
use db::{DbError, Tx, values};
use kit::id::{ServerId, ServerReadId};
use kit::{Actor, Outcome, Text, Timestamp, t};

use crate::crowd;
use crate::error::MediaError;
use crate::events::{ForeignUsersSeen, ServerBack, ServerUnreachable};
use crate::identity;
use crate::library::{self, LibraryNews};
use crate::owner;
use crate::reads::{self, ReadState, Report, Why};
use crate::reconcile;
use crate::remedy::{self, Remedy};
use crate::remote::{MediaServer, Probe, RemoteLibrary, RemoteRef, RemoteUser};
use crate::remote_user;
use crate::server::{self, Server, ServerState};
use crate::servers::{Servers, result};
use crate::share;

const ACTOR: &str = "media.sync_server";

/// Reads the server whole, for a person, and puts right what differs. Safe to run twice.
pub async fn sync(servers: &Servers, id: &ServerId) -> Result<Report, MediaError> {
    read_whole(servers, id, Why::Person).await
}

/// Reads the server whole and puts right what differs. Safe to run twice.
pub async fn read_whole(servers: &Servers, id: &ServerId, why: Why) -> Result<Report, MediaError> {
    let server = server::required_server(&servers.db, id).await?;
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let reading = reads::begin(&mut tx, id, why).await?;
    tx.save().await?;
    let looked = match servers.open(id).await {
        Ok((_, remote)) => look(remote.as_ref(), &server)
            .await
            .map(|seen| (remote, seen)),
        Err(error) => Err(error.into()),
    };
    match looked {
        Ok((remote, seen)) => {
            let report = compare(servers, &server, remote.as_ref(), &seen).await?;
            note_end(servers, &server, &reading, report.clone()).await?;
            Ok(report)
        }
        Err(lost) => {
            note_lost(servers, &server, &reading, &lost).await?;
            Err(lost.error)
        }
    }
}

async fn compare(
    servers: &Servers,
    server: &Server,
    remote: &dyn MediaServer,
    seen: &Seen,
) -> Result<Report, MediaError> {
    let mut report = Report {
        users: seen.users.len(),
        libraries: seen.libraries.len(),
        ..Report::default()
    };
    report.renamed_from = followed_name(server, &seen.probe).map(|_| server.name.clone());
    report.library_news = note_seen(servers, server, seen).await?;
    note_users(servers, server, &seen.users, &mut report).await?;
    reconcile::reconcile(servers, server, remote, &seen.users, &mut report).await?;
    Ok(report)
}

async fn note_end(
    servers: &Servers,
    server: &Server,
    reading: &ServerReadId,
    report: Report,
) -> Result<(), DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    reads::end(&mut tx, reading, ReadState::Done, report).await?;
    if let Some(id) = &server.owner_account_id
        && let Some(owner) = owner::find(&mut tx, id).await?
    {
        crowd::watch(&mut tx, &owner).await?;
    }
    tx.save().await
}

/// The name that the server has taken on, if ours was the one it had before.
fn followed_name<'a>(server: &Server, probe: &'a Probe) -> Option<&'a str> {
    let follows = server.remote_name.as_deref() == Some(&server.name);
    (follows && probe.name != server.name && !probe.name.trim().is_empty()).then_some(&probe.name)
}

struct Seen {
    probe: Probe,
    libraries: Vec<RemoteLibrary>,
    users: Vec<RemoteUser>,
}

struct Lost {
    state: ServerState,
    /// The sort of trouble; see [`crate::remedy`].
    trouble: String,
    reason: Text,
    error: MediaError,
}

impl From<MediaError> for Lost {
    fn from(error: MediaError) -> Self {
        let state = match &error {
            MediaError::Remote(refusal) if !is_silence(refusal) => ServerState::Refused,
            MediaError::Refused(_) | MediaError::Vault(_) => ServerState::Refused,
            _ => ServerState::Unreachable,
        };
        let trouble = match &error {
            MediaError::Remote(refusal) => refusal.code.clone(),
            MediaError::Refused(_) | MediaError::Vault(_) => remedy::NO_KEY.to_owned(),
            _ => remedy::SILENT.to_owned(),
        };
        let reason = error
            .text()
            .unwrap_or_else(|| t!("The reason is in the log."));
        Self {
            state,
            trouble,
            reason,
            error,
        }
    }
}

/// Whether nobody answered at all, as against an answer that we cannot work with.
fn is_silence(refusal: &kit::Refusal) -> bool {
    matches!(refusal.code.as_str(), "unreachable" | "busy" | "broken")
        || remedy::is_of_platform(&refusal.code)
}

/// Asks a server who it is and what is on it, and changes nothing, here or there. Else: what is wrong, and what helps.
pub async fn ask(servers: &Servers, server: &Server) -> Result<Probe, (Text, Remedy)> {
    let looked = match servers.open(&server.id).await {
        Ok((_, remote)) => look(remote.as_ref(), server).await,
        Err(error) => Err(error.into()),
    };
    looked
        .map(|seen| seen.probe)
        .map_err(|lost| (lost.reason, remedy::of(server, &lost.trouble)))
}

async fn look(remote: &dyn MediaServer, server: &Server) -> Result<Seen, Lost> {
    let mut probe = result(remote.probe().await)?;
    if probe.identity != server.identity {
        let reason = t!(
            "At the address of {server} answers another installation ({other}). Nothing is changed there. If the server was replaced, add the new one and move its members.",
            server = &server.name,
            other = &probe.name
        );
        let error = MediaError::Refused(reason.clone());
        return Err(Lost {
            state: ServerState::Replaced,
            trouble: remedy::REPLACED.to_owned(),
            reason,
            error,
        });
    }
    let libraries = result(probe.take_libraries(remote).await)?;
    let users = result(remote.users().await)?;
    Ok(Seen {
        probe,
        libraries,
        users,
    })
}

const SEEN: &str = "
    update servers
       set state = 'ok', reason = null, trouble = null, version = $2, checked_at = $3, synced_at = $3,
           down_since = 9223372036854775807, name = $4, remote_name = $5,
           members = (select count(*) from shares where server_id = $1 and takes_place)
     where id = $1";

async fn note_seen(
    servers: &Servers,
    server: &Server,
    seen: &Seen,
) -> Result<LibraryNews, DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let now = tx.now();
    let probe = &seen.probe;
    let name = followed_name(server, probe).unwrap_or(&server.name);
    let row = values![server.id, probe.version, now, name, probe.name];
    tx.run(SEEN, row).await?;
    if !server.down_since.is_never() {
        note_back(&mut tx, server, now).await?;
    }
    let news = library::note_seen(&mut tx, &server.id, &server.name, &seen.libraries).await?;
    tx.save().await?;
    Ok(news)
}

async fn note_back(tx: &mut Tx<'_>, server: &Server, now: Timestamp) -> Result<(), DbError> {
    want::done(tx, &want_key(&server.id)).await?;
    let event = ServerBack {
        server: server.id.clone(),
        name: server.name.clone(),
        down_ms: now.since(server.down_since).as_ms(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const LOST: &str = "
    update servers
       set state = $2, reason = $3, checked_at = $4, trouble = $5,
           down_since = case when down_since = 9223372036854775807 then $4 else down_since end
     where id = $1";

/// Tells it once per incident; later looks only freshen the reason.
async fn note_lost(
    servers: &Servers,
    server: &Server,
    reading: &ServerReadId,
    lost: &Lost,
) -> Result<(), DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let now = tx.now();
    let report = Report {
        could_not: vec![lost.reason.clone()],
        ..Report::default()
    };
    reads::end(&mut tx, reading, ReadState::Failed, report).await?;
    // Read inside: two syncs at once must not tell it twice.
    let before = server::find(&mut tx, &server.id).await?;
    let row = values![server.id, lost.state, lost.reason, now, lost.trouble];
    tx.run(LOST, row).await?;
    want::open(&mut tx, &wanted(server, lost)).await?;
    if before.is_some_and(|before| before.down_since.is_never()) {
        let event = ServerUnreachable {
            server: server.id.clone(),
            name: server.name.clone(),
            reason: lost.reason.clone(),
        };
        chronicle::tell(&mut tx, &event).await?;
    }
    tx.save().await
}

fn want_key(server: &ServerId) -> String {
    format!("server_down/{server}")
}

fn wanted(server: &Server, lost: &Lost) -> want::NewWant {
    let remedy = remedy::of(server, &lost.trouble);
    want::NewWant {
        key: want_key(&server.id),
        kind: "server_down",
        sentence: remedy::headline(server, lost.state, &lost.trouble),
        detail: Some(t!(
            "{reason} It is tried again every minute; whoever waits for it is let in as soon as it answers.",
            reason = lost.reason.clone()
        )),
        action_label: remedy.label(),
        action_href: remedy.href(server),
        tone: Tone::Bad,
        subject: server.subject(),
    }
}

/// How many users one transaction writes.
const PAGE: usize = 200;

async fn note_users(
    servers: &Servers,
    server: &Server,
    users: &[RemoteUser],
    report: &mut Report,
) -> Result<(), DbError> {
    let news = remote_user::compare(&servers.db, &server.id, users).await?;
    report.gone_users = news.gone.len();
    for user in &news.added {
        report.keep_new_user(&user.name);
    }
    for page in news.changed.chunks(PAGE) {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        for user in page {
            remote_user::write(&mut tx, &server.id, user).await?;
            if server.owner_account_id.is_some() {
                identity::rename(&mut tx, &server.kind, user).await?;
            }
        }
        tx.save().await?;
    }
    for page in news.gone.chunks(PAGE) {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        for remote in page {
            remote_user::write_gone(&mut tx, &server.id, remote).await?;
        }
        tx.save().await?;
    }
    tell_foreign(servers, server, &news.added).await
}

async fn tell_foreign(
    servers: &Servers,
    server: &Server,
    added: &[&RemoteUser],
) -> Result<(), DbError> {
    let mut foreign = Vec::new();
    for user in added {
        let share = share::find_by_remote(&servers.db, &server.id, &user.id).await?;
        if share.is_none() {
            foreign.push(user.name.clone());
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let event = ForeignUsersSeen {
        server: server.id.clone(),
        name: server.name.clone(),
        users: foreign,
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await
}

/// The users by id.
pub(crate) fn by_id(users: &[RemoteUser]) -> BTreeMap<&RemoteRef, &RemoteUser> {
    users.iter().map(|user| (&user.id, user)).collect()
}

/// Whether a call was done; what was not is left to the hands.
pub(crate) fn is_done<T>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Outcome::Done(_))
}
