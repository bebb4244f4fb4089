//! What was downloaded to devices, on platforms that show it: read every few minutes and kept as history.

use std::collections::BTreeMap;

use async_trait::async_trait;
use db::{DbError, Read, Tx, values};
use jobs::{Job, JobError, Lane};
use kit::id::{DownloadId, MemberId, ServerId};
use kit::stored::stored_words;
use kit::{Actor, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::MediaError;
use crate::help::Help;
use crate::remote::RemoteRef;
use crate::remote_user::name_key;
use crate::server::{self, Server};
use crate::servers::{Servers, result};

/// Rows written in one transaction.
const CHUNK: usize = 300;

stored_words! {
    /// How far a download is.
    pub enum DownloadState {
        Waiting = "waiting",
        /// Made smaller, or on its way to the device.
        UnderWay = "under_way",
        Done = "done",
        Failed = "failed",
    }
}

/// A download as its server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteDownload {
    pub id: String,
    pub user: Option<RemoteRef>,
    /// Empty: the server does not say.
    pub user_name: String,
    pub title: String,
    pub device: String,
    pub state: DownloadState,
    /// How many films, episodes or songs it is of.
    pub items: i64,
    pub asked_at: Option<Timestamp>,
}

/// Reads the downloads of every server that shows them, where the operator wants them kept. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadDownloads;

#[async_trait]
impl Job for ReadDownloads {
    const NAME: &'static str = "media.read_downloads";
    const LANE: Lane = Lane::Viewing;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        for server in server::list(&servers.db).await? {
            let is_shown = servers.makers.offers(&server.kind, Help::Downloads);
            let is_wanted = server.records_downloads && server.enabled && !server.left_alone;
            if !is_shown || !is_wanted || !server.down_since.is_never() {
                continue;
            }
            // A server out of reach is told by its sync; the next turn reads it again.
            if let Err(MediaError::Db(error)) = read(servers, &server).await {
                return Err(error.into());
            }
        }
        Ok(())
    }
}

async fn read(servers: &Servers, server: &Server) -> Result<(), MediaError> {
    let (_, remote) = servers.open(&server.id).await?;
    let found = result(remote.downloads().await)?;
    let known = known(servers, &server.id).await?;
    let news: Vec<&RemoteDownload> = found
        .iter()
        .filter(|one| known.get(&one.id) != Some(&one.state))
        .collect();
    for chunk in news.chunks(CHUNK) {
        let mut tx = servers
            .db
            .begin(Actor::schedule(ReadDownloads::NAME))
            .await?;
        for download in chunk {
            write(&mut tx, &server.id, download).await?;
        }
        tx.save_unhurried().await?;
    }
    Ok(())
}

db::row! {
    struct Known { remote_id: String, state: DownloadState }
}

const KNOWN: &str = "select remote_id, state from downloads where server_id = $1";

async fn known(
    servers: &Servers,
    server: &ServerId,
) -> Result<BTreeMap<String, DownloadState>, DbError> {
    let rows: Vec<Known> = servers.db.all(KNOWN, values![server]).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.remote_id, row.state))
        .collect())
}

const WRITE: &str = "
    insert into downloads
           (id, server_id, remote_id, user_name, member_id, title, device, state, items, asked_at, changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (server_id, remote_id) do update
       set state = excluded.state, items = excluded.items, changed_at = excluded.changed_at";

async fn write(
    tx: &mut Tx<'_>,
    server: &ServerId,
    download: &RemoteDownload,
) -> Result<(), DbError> {
    let id: DownloadId = tx.id();
    let now = tx.now();
    let (member, user_name) = whose(tx, server, download).await?;
    let row = values![
        id,
        server,
        download.id,
        user_name,
        member,
        download.title,
        download.device,
        download.state,
        download.items,
        download.asked_at.unwrap_or(now),
        now
    ];
    tx.run(WRITE, row).await?;
    Ok(())
}

db::row! {
    struct Whose { member_id: MemberId, user_name: Option<String> }
}

const BY_ID: &str =
    "select member_id, user_name from shares where server_id = $1 and remote_id = $2";
const BY_NAME: &str =
    "select member_id, user_name from shares where server_id = $1 and user_name_key = $2";

/// By the user's id; servers that number users anew for lists are met by the name.
async fn whose(
    tx: &mut Tx<'_>,
    server: &ServerId,
    download: &RemoteDownload,
) -> Result<(Option<MemberId>, String), DbError> {
    let mut found: Option<Whose> = match &download.user {
        Some(user) => tx.maybe(BY_ID, values![server, user]).await?,
        None => None,
    };
    if found.is_none() && !download.user_name.is_empty() {
        let key = name_key(&download.user_name);
        found = tx.maybe(BY_NAME, values![server, key]).await?;
    }
    let own = found.as_ref().and_then(|whose| whose.user_name.clone());
    let name = if download.user_name.is_empty() {
        own.unwrap_or_default()
    } else {
        download.user_name.clone()
    };
    Ok((found.map(|whose| whose.member_id), name))
}

const FORGET: &str = "
    delete from downloads
     where id in (select id from downloads where asked_at < $1 order by asked_at, id limit 500)";

/// Forgets what was asked for before a moment, a page at a time; says how many.
pub(super) async fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.run(FORGET, values![before]).await
}

const FORGET_SERVER: &str = "delete from downloads where server_id = $1";

/// The server leaves the house.
pub(super) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET_SERVER, values![server]).await?;
    Ok(())
}
