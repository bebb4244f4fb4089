//! Scans: somebody asked a server to look again at an item, a folder or a directory. [`crate::scanning`] passes it
//! on and watches how far the server is.

use db::{DbError, Read, Tx, values};
use kit::id::{LibraryId, MemberId, ScanId, ServerId};
use kit::stored::stored_words;
use kit::{Actor, Span, Text, Timestamp, t};

use crate::browse::{self, Chosen, Viewer};
use crate::error::MediaError;
use crate::events::ScanAsked;
use crate::scanning::TendScan;
use crate::self_help::SelfHelpSettings;
use crate::servers::Servers;

/// How long a scan is remembered.
const KEPT: Span = Span::days(90);

stored_words! {
    /// How far a scan is.
    pub enum ScanState {
        /// Kept here; the server was not asked yet.
        Asked = "asked",
        /// The server took it and is at it.
        Scanning = "scanning",
        Done = "done",
        /// The server refused, or was out of reach for too long.
        Failed = "failed",
    }
}

db::row! {
    /// One order to look again.
    #[derive(Debug, Clone)]
    pub struct Scan {
        pub id: ScanId,
        pub server_id: ServerId,
        /// Who asked for themselves. `None`: staff.
        pub member_id: Option<MemberId>,
        pub library_id: LibraryId,
        /// The server's id of what is looked at. `None`: the directory of `path`.
        pub item: Option<String>,
        pub path: Option<String>,
        /// What people call it.
        pub title: String,
        pub state: ScanState,
        /// Why it failed, or waits.
        pub reason: Option<Text>,
        pub tries: i64,
        pub asked_at: Timestamp,
        /// When the server took it; [`Timestamp::NEVER`]: not yet.
        pub sent_at: Timestamp,
        /// [`Timestamp::NEVER`]: it is not over.
        pub ended_at: Timestamp,
    }
}

impl Scan {
    pub fn is_over(&self) -> bool {
        matches!(self.state, ScanState::Done | ScanState::Failed)
    }
}

const FIND: &str = "
    select id, server_id, member_id, library_id, item, path, title, state, reason, tries, asked_at, sent_at, ended_at
      from scans where id = $1";

/// `None`: there is no such scan.
pub async fn find(mut read: impl Read, id: &ScanId) -> Result<Option<Scan>, DbError> {
    read.maybe(FIND, values![id]).await
}

const OF_MEMBER: &str = "
    select id, server_id, member_id, library_id, item, path, title, state, reason, tries, asked_at, sent_at, ended_at
      from scans where member_id = $1 and server_id = $2 order by asked_at desc, id desc limit 5";

/// The latest that a member asked one server for, newest first.
pub async fn list_of_member(
    mut read: impl Read,
    member: &MemberId,
    server: &ServerId,
) -> Result<Vec<Scan>, DbError> {
    read.all(OF_MEMBER, values![member, server]).await
}

const COUNT: &str = "select count(*) as n from scans where member_id = $1 and asked_at > $2";

const INSERT: &str = "
    insert into scans
           (id, server_id, member_id, library_id, item, path, title, state, tries, asked_at, sent_at, ended_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'asked', 0, $8, 9223372036854775807, 9223372036854775807)
    on conflict do nothing";

/// What is to be looked at, and for whom.
pub(crate) struct NewScan<'a> {
    pub server: &'a ServerId,
    pub server_name: &'a str,
    pub member: Option<&'a MemberId>,
    pub library: &'a LibraryId,
    pub item: Option<&'a str>,
    pub path: Option<&'a str>,
    pub title: &'a str,
}

const REMOVE_OLD: &str = "delete from scans where asked_at < $1";

/// Keeps the order, and forgets those of long ago. `None`: the same is under way already.
pub(crate) async fn add(tx: &mut Tx<'_>, new: &NewScan<'_>) -> Result<Option<ScanId>, DbError> {
    let id: ScanId = tx.id();
    let now = tx.now();
    tx.run(REMOVE_OLD, values![now - KEPT]).await?;
    let row = values![
        id,
        new.server,
        new.member.cloned(),
        new.library,
        new.item.map(str::to_owned),
        new.path.map(str::to_owned),
        new.title,
        now
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Ok(None);
    }
    jobs::add(tx, &TendScan { scan: id.clone() }).await?;
    let event = ScanAsked {
        server: new.server.clone(),
        server_name: new.server_name.to_owned(),
        member: new.member.cloned(),
        title: new.title.to_owned(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(Some(id))
}

/// Has the server look again at something that was chosen from its own list. Calls the server to see that it is there.
pub async fn ask(
    servers: &Servers,
    actor: Actor,
    viewer: Viewer<'_>,
    what: (&LibraryId, &str),
) -> Result<ScanId, MediaError> {
    if let Viewer::Member(share) = viewer {
        may_ask(servers, &share.member_id, servers.db.world().now()).await?;
    }
    let Chosen {
        server,
        library,
        item,
    } = browse::choose(servers, viewer, what).await?;
    let member = match viewer {
        Viewer::Member(share) => Some(&share.member_id),
        Viewer::Staff(_) => None,
    };
    let title = item.full_title();
    let new = NewScan {
        server: &server.id,
        server_name: &server.name,
        member,
        library: &library.id,
        item: Some(&item.id),
        path: None,
        title: &title,
    };
    let mut tx = servers.db.begin(actor).await?;
    let id = add(&mut tx, &new).await?.ok_or_else(under_way)?;
    tx.save().await?;
    Ok(id)
}

fn under_way() -> MediaError {
    MediaError::Refused(t!(
        "A scan is under way already. Wait until it is done, then ask for the next one."
    ))
}

async fn may_ask(servers: &Servers, member: &MemberId, now: Timestamp) -> Result<(), MediaError> {
    let (settings, _) = settings::load::<SelfHelpSettings>(&servers.db).await?;
    if settings.scans_a_day == 0 {
        return Err(MediaError::Refused(t!(
            "Scans are switched off in this house. Write to its operator if something is missing."
        )));
    }
    let since = now - Span::days(1);
    let (asked,): (i64,) = servers.db.one(COUNT, values![member, since]).await?;
    if asked >= i64::from(settings.scans_a_day) {
        return Err(MediaError::Refused(Text::counted(
            i64::from(settings.scans_a_day),
            "You have asked for a scan within the last 24 hours, and one a day is what this house allows. Try again tomorrow.",
            "You have asked for {n} scans within the last 24 hours, which is what this house allows. Try again tomorrow.",
        )));
    }
    Ok(())
}

const NOTE: &str = "
    update scans set state = $2, reason = $3, tries = $4, sent_at = $5, ended_at = $6 where id = $1";

/// Notes how far it is now.
pub(crate) async fn note(tx: &mut Tx<'_>, scan: &Scan) -> Result<(), DbError> {
    let row = values![
        scan.id,
        scan.state,
        scan.reason,
        scan.tries,
        scan.sent_at,
        scan.ended_at
    ];
    tx.run(NOTE, row).await?;
    Ok(())
}

const MOVE: &str = "
    update scans set member_id = $2 where member_id = $1 and state in ('done', 'failed')";
const REMOVE_OF_MEMBER: &str = "delete from scans where member_id = $1";

/// What `from` asked for counts as asked by `to`; what is under way is let go, since each has one at a time.
pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MOVE, values![from, to]).await?;
    erase(tx, from).await
}

pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(REMOVE_OF_MEMBER, values![member]).await?;
    Ok(())
}
