//! Libraries: mirrored from their server, each in exactly one group. A new one is Private until somebody decides.

use std::collections::BTreeSet;

use db::{DbError, Read, Tx, values};
use kit::id::{GroupId, LibraryId, ServerId};
use kit::{Json, Timestamp};
use serde::{Deserialize, Serialize};

use crate::entitlements::Entitlements;
use crate::events::LibrariesChanged;
use crate::group;
use crate::remote::{LibraryKind, RemoteLibrary};

db::row! {
    /// A library of a server, as last seen.
    #[derive(Debug, Clone)]
    pub struct Library {
        pub id: LibraryId,
        pub server_id: ServerId,
        pub remote_id: String,
        pub name: String,
        pub kind: LibraryKind,
        pub group_id: GroupId,
        /// The folders on the server's disks in which it lies.
        pub locations: Json<Vec<String>>,
        /// [`Timestamp::NEVER`]: it is there.
        pub missing_since: Timestamp,
    }
}

impl Library {
    pub fn is_missing(&self) -> bool {
        !self.missing_since.is_never()
    }
}

const OF_SERVER: &str = "
    select id, server_id, remote_id, name, kind, group_id, locations, missing_since
      from libraries where server_id = $1 order by name, id";

/// A server's libraries by name, missing ones too.
pub async fn list_of_server(
    mut read: impl Read,
    server: &ServerId,
) -> Result<Vec<Library>, DbError> {
    read.all(OF_SERVER, values![server]).await
}

const LIST: &str = "
    select id, server_id, remote_id, name, kind, group_id, locations, missing_since
      from libraries order by server_id, name, id";

/// All libraries of all servers; there are hundreds at most.
pub async fn list(mut read: impl Read) -> Result<Vec<Library>, DbError> {
    read.all(LIST, values![]).await
}

const COUNT_IN_GROUP: &str = "select count(*) as n from libraries where group_id = $1";

pub(crate) async fn count_in_group(mut read: impl Read, id: &GroupId) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(COUNT_IN_GROUP, values![id]).await?.0)
}

const SET_GROUP: &str = "
    update libraries set group_id = $3 where id = $2 and server_id = $1 and group_id <> $3";

/// Says whether anything changed.
pub(crate) async fn set_group(
    tx: &mut Tx<'_>,
    server: &ServerId,
    id: &LibraryId,
    group: &GroupId,
) -> Result<bool, DbError> {
    Ok(tx.run(SET_GROUP, values![server, id, group]).await? > 0)
}

/// What of a server's libraries a plan opens, by the server's ids. Private never is among them. Pure.
pub fn opened_by(libraries: &[Library], entitlements: &Entitlements) -> BTreeSet<String> {
    let private = group::private();
    libraries
        .iter()
        .filter(|library| !library.is_missing() && library.group_id != private)
        .filter(|library| entitlements.groups.contains(&library.group_id))
        .map(|library| library.remote_id.clone())
        .collect()
}

/// What a look at a server's libraries changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LibraryNews {
    pub added: Vec<String>,
    pub gone: Vec<String>,
    /// The name before, and the name now.
    pub renamed: Vec<(String, String)>,
}

impl LibraryNews {
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.renamed.is_empty()
    }
}

/// Mirrors what the server has now, and tells what came and went.
pub(crate) async fn note_seen(
    tx: &mut Tx<'_>,
    server: &ServerId,
    name: &str,
    found: &[RemoteLibrary],
) -> Result<LibraryNews, DbError> {
    let news = mirror(tx, server, found).await?;
    if !(news.added.is_empty() && news.gone.is_empty()) {
        let event = LibrariesChanged {
            server: server.clone(),
            name: name.to_owned(),
            added: news.added.clone(),
            gone: news.gone.clone(),
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(news)
}

const SEEN: &str = "
    insert into libraries (id, server_id, remote_id, name, kind, group_id, locations, missing_since)
    values ($1, $2, $3, $4, $5, $6, $7, 9223372036854775807)
    on conflict (server_id, remote_id) do update
       set name = excluded.name, kind = excluded.kind, locations = excluded.locations,
           missing_since = excluded.missing_since";

const GONE: &str = "
    update libraries set missing_since = $2 where id = $1 and missing_since = 9223372036854775807";

/// Mirrors what the server has now. A library that is gone keeps its row and group, in case it comes back.
pub(crate) async fn mirror(
    tx: &mut Tx<'_>,
    server: &ServerId,
    found: &[RemoteLibrary],
) -> Result<LibraryNews, DbError> {
    let known = list_of_server(&mut *tx, server).await?;
    let mut news = LibraryNews::default();
    for remote in found {
        let before = known.iter().find(|library| library.remote_id == remote.id);
        if before.is_none_or(Library::is_missing) {
            news.added.push(remote.name.clone());
        }
        if let Some(other) = before.filter(|library| library.name != remote.name) {
            news.renamed.push((other.name.clone(), remote.name.clone()));
        }
        let id: LibraryId = tx.id();
        let row = values![
            id,
            server,
            remote.id,
            remote.name,
            remote.kind,
            group::private(),
            Json(remote.locations.clone())
        ];
        tx.run(SEEN, row).await?;
    }
    let now = tx.now();
    for library in known.iter().filter(|library| !library.is_missing()) {
        if !found.iter().any(|remote| remote.id == library.remote_id) {
            tx.run(GONE, values![library.id, now]).await?;
            news.gone.push(library.name.clone());
        }
    }
    Ok(news)
}
