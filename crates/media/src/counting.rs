//! What lies in the libraries: counted by the servers once a day, for those who ask what there is.

use async_trait::async_trait;
use db::{DbError, Read, Tx, values};
use jobs::{Job, JobError, Lane};
use kit::id::{LibraryId, ServerId};
use kit::stored::stored_words;
use kit::{Actor, Outcome};
use serde::{Deserialize, Serialize};
use settings::Section;

use crate::error::MediaError;
use crate::group;
use crate::library::{self, Library};
use crate::remote::LibraryKind;
use crate::server::{self, Server};
use crate::servers::Servers;

stored_words! {
    /// A sort of things that libraries hold.
    pub enum Things {
        Movies = "movies",
        Series = "series",
        Episodes = "episodes",
        Albums = "albums",
        Songs = "songs",
        Books = "books",
        MusicVideos = "music_videos",
        Videos = "videos",
        Photos = "photos",
    }
}

impl Things {
    /// What is counted in a library. Collections only point at what lies elsewhere.
    const fn of(kind: LibraryKind) -> &'static [Self] {
        match kind {
            LibraryKind::Movies => &[Self::Movies],
            LibraryKind::Shows => &[Self::Series, Self::Episodes],
            LibraryKind::Music => &[Self::Albums, Self::Songs],
            LibraryKind::Books => &[Self::Books],
            LibraryKind::Photos => &[Self::Photos],
            LibraryKind::HomeVideos => &[Self::Videos],
            LibraryKind::MusicVideos => &[Self::MusicVideos],
            LibraryKind::Collections => &[],
            LibraryKind::Mixed => &[Self::Movies, Self::Series, Self::Episodes],
        }
    }
}

/// One sort of things in one library, by the server's id of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToCount {
    pub library: String,
    pub things: Things,
}

/// Whether visitors see what there is, and what is said around it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountSettings {
    /// Off: nobody sees it, and no server is asked.
    pub shown: bool,
    /// In the operator's own words. Empty: the house's.
    pub before: String,
    pub after: String,
}

impl Section for CountSettings {
    const NAME: &'static str = "library_counts";
}

db::row! {
    /// How many there are of one sort, on all servers together.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Shown {
        pub things: Things,
        pub amount: i64,
    }
}

const SHOWN: &str = "
    select c.things, cast(sum(c.amount) as bigint) as amount
      from library_counts c
      join libraries l on l.id = c.library_id
      join servers s on s.id = l.server_id
     where s.enabled and s.takes_members
       and l.missing_since = 9223372036854775807 and l.group_id <> 'grp_private'
     group by c.things";

/// What members can come to watch: all servers that take them, all libraries but private ones. Nothing is left out.
pub async fn shown(mut read: impl Read) -> Result<Vec<Shown>, DbError> {
    let mut all: Vec<Shown> = read.all(SHOWN, values![]).await?;
    all.retain(|one| one.amount > 0);
    all.sort_by_key(|one| one.things);
    Ok(all)
}

/// Has every server that is looked after counted soon, if anybody sees the result. Safe to repeat.
pub async fn ask_all(tx: &mut Tx<'_>) -> Result<(), DbError> {
    for server in server::list(&mut *tx).await? {
        ask(tx, &server).await?;
    }
    Ok(())
}

/// Has one server counted soon, if anybody sees the result. Safe to repeat.
pub(crate) async fn ask(tx: &mut Tx<'_>, server: &Server) -> Result<(), DbError> {
    let (settings, _) = settings::load::<CountSettings>(&mut *tx).await?;
    if !settings.shown || !server.enabled {
        return Ok(());
    }
    let job = CountServer {
        server: server.id.clone(),
    };
    jobs::add_once(tx, &job, server.id.as_str()).await
}

/// Asks for a count of each server, every day. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountServers;

#[async_trait]
impl Job for CountServers {
    const NAME: &'static str = "media.count_servers";
    const LANE: Lane = Lane::Bulk;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        let all = server::list(&servers.db).await?;
        let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
        for server in all.iter().filter(|server| !server.left_alone) {
            ask(&mut tx, server).await?;
        }
        tx.save().await?;
        Ok(())
    }
}

/// Counts what lies in the libraries of one server. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountServer {
    pub server: ServerId,
}

#[async_trait]
impl Job for CountServer {
    const NAME: &'static str = "media.count_server";
    const LANE: Lane = Lane::Bulk;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        match count(servers, &self.server).await {
            Err(MediaError::Db(error)) => Err(error.into()),
            // After a failure, what was counted before is still about right, and tomorrow is another day.
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

async fn count(servers: &Servers, id: &ServerId) -> Result<(), MediaError> {
    let (_, remote) = servers.open(id).await?;
    let libraries = library::list_of_server(&servers.db, id).await?;
    let private = group::private();
    let open = libraries
        .iter()
        .filter(|library| !library.is_missing() && library.group_id != private);
    let (ours, asked): (Vec<&Library>, Vec<ToCount>) = open
        .flat_map(|library| {
            Things::of(library.kind)
                .iter()
                .map(move |things| (library, to_count(library, *things)))
        })
        .unzip();
    let amounts = match remote.count(&asked).await {
        Outcome::Done(amounts) => amounts,
        Outcome::Refused(refusal) => return Err(MediaError::Remote(refusal)),
        Outcome::Unknown(unknown) => return Err(MediaError::Unknown(unknown)),
    };
    let counted = ours.into_iter().zip(asked).zip(amounts);
    let rows: Vec<(LibraryId, Things, i64)> = counted
        .map(|((library, asked), amount)| (library.id.clone(), asked.things, amount))
        .collect();
    Ok(keep(servers, id, &rows).await?)
}

fn to_count(library: &Library, things: Things) -> ToCount {
    ToCount {
        library: library.remote_id.clone(),
        things,
    }
}

const FORGET: &str = "delete from library_counts where server_id = $1";

const KEEP: &str = "
    insert into library_counts (library_id, things, server_id, amount, counted_at)
    values ($1, $2, $3, $4, $5)
    on conflict (library_id, things) do update set amount = excluded.amount, counted_at = excluded.counted_at";

async fn keep(
    servers: &Servers,
    server: &ServerId,
    rows: &[(LibraryId, Things, i64)],
) -> Result<(), DbError> {
    let mut tx = servers.db.begin(Actor::schedule(CountServer::NAME)).await?;
    let now = tx.now();
    forget(&mut tx, server).await?;
    for (library, things, amount) in rows {
        tx.run(KEEP, values![library, *things, server, *amount, now])
            .await?;
    }
    tx.save().await
}

/// The server leaves the house, or is counted anew.
pub(crate) async fn forget(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET, values![server]).await?;
    Ok(())
}
