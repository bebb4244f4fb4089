//! The jobs of this capability. `app` registers them with [`Servers`] or the database.

use async_trait::async_trait;
use db::{Db, DbError, Tx};
use jobs::{Job, JobError, Lane, Registry, Schedule};
use kit::id::ServerId;
use kit::{Actor, Span, t};
use serde::{Deserialize, Serialize};

use crate::error::MediaError;
use crate::events::SyncAsked;
use crate::reads::Why;
use crate::server::{self, Server};
use crate::servers::Servers;
use crate::sync;

pub use crate::account_change::RemoveFormerGuest;
pub use crate::counting::{CountServer, CountServers};
pub use crate::device::ReadDevices;
pub use crate::scanning::TendScan;
pub use crate::subtitle::SendSubtitle;
pub use crate::viewing::{ForgetPlays, LookAtServer, LookAtStreams, ReadDownloads};
pub use crate::waking::WakeShares;

/// Puts the jobs of this capability into the registry.
#[must_use]
pub fn register(registry: Registry, servers: &Servers) -> Registry {
    registry
        .with::<SyncServer>(servers)
        .with::<SyncServers>(servers)
        .with::<LookAfterLost>(servers)
        .with::<CheckOwners>(servers)
        .with::<TendScan>(servers)
        .with::<SendSubtitle>(servers)
        .with::<ReadDevices>(servers)
        .with::<CountServers>(servers)
        .with::<CountServer>(servers)
        .with::<LookAtStreams>(servers)
        .with::<LookAtServer>(servers)
        .with::<ForgetPlays>(servers)
        .with::<ReadDownloads>(servers)
        .with::<RemoveFormerGuest>(servers)
        .with::<ReleaseExpiredPlaces>(&servers.db)
        .with::<WakeShares>(&servers.db)
}

/// When they come by themselves.
pub fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::new(Span::hours(1), SyncServers),
        Schedule::new(Span::minutes(1), LookAfterLost),
        Schedule::new(Span::hours(1), CheckOwners),
        Schedule::new(Span::hours(1), ReadDevices),
        Schedule::new(Span::days(1), CountServers),
        Schedule::new(crate::viewing::look::EVERY, LookAtStreams),
        Schedule::new(Span::days(1), ForgetPlays),
        Schedule::new(Span::minutes(5), ReadDownloads),
        Schedule::new(Span::minutes(5), ReleaseExpiredPlaces),
    ]
}

/// Reads one server whole and puts right what differs. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncServer {
    pub server: ServerId,
    #[serde(default)]
    pub why: Why,
}

#[async_trait]
impl Job for SyncServer {
    const NAME: &'static str = "media.sync_server";
    const LANE: Lane = Lane::Access;
    const ATTEMPTS: i64 = 3;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        match sync::read_whole(servers, &self.server, self.why).await {
            // A server out of reach is told as an event and a want; the next turn looks again.
            Ok(_)
            | Err(
                MediaError::NotFound
                | MediaError::Refused(_)
                | MediaError::Remote(_)
                | MediaError::Unknown(_),
            ) => Ok(()),
            Err(MediaError::Db(error)) => Err(error.into()),
            Err(error) => Err(JobError::Final(error.text().unwrap_or_else(|| {
                t!(
                    "This server cannot be synced: {words}",
                    words = error.to_string()
                )
            }))),
        }
    }
}

/// Adds a sync of each server: at start, and every hour. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncServers;

#[async_trait]
impl Job for SyncServers {
    const NAME: &'static str = "media.sync_servers";
    const LANE: Lane = Lane::Access;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        let all = server::list(&servers.db).await?;
        let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
        for server in all.iter().filter(|server| !server.left_alone) {
            sync_now(&mut tx, &server.id, Why::Schedule).await?;
        }
        tx.save().await?;
        Ok(())
    }
}

/// Somebody wants a server read at once: the button on its page. What lies in its libraries is counted as well.
pub async fn ask_sync(tx: &mut Tx<'_>, server: &Server) -> Result<(), DbError> {
    let event = SyncAsked {
        server: server.id.clone(),
        name: server.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    crate::counting::ask(tx, server).await?;
    sync_now(tx, &server.id, Why::Person).await
}

/// Has a server synced as soon as this is saved.
pub(crate) async fn sync_now(tx: &mut Tx<'_>, server: &ServerId, why: Why) -> Result<(), DbError> {
    let job = SyncServer {
        server: server.clone(),
        why,
    };
    jobs::add_once(tx, &job, server.as_str()).await
}

/// Looks again at servers that are out of reach, each minute, so that their return is noticed. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LookAfterLost;

#[async_trait]
impl Job for LookAfterLost {
    const NAME: &'static str = "media.look_after_lost";
    const LANE: Lane = Lane::Access;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        for server in server::list(&servers.db).await? {
            if !server.down_since.is_never() && !server.left_alone {
                let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
                sync_now(&mut tx, &server.id, Why::Lost).await?;
                tx.save().await?;
            }
        }
        Ok(())
    }
}

/// Asks the platforms whether the keys of the owner accounts still open them. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckOwners;

#[async_trait]
impl Job for CheckOwners {
    const NAME: &'static str = "media.check_owners";
    const LANE: Lane = Lane::Access;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        crate::signing_in::forget_old(servers).await?;
        for owner in crate::owner::list(&servers.db).await? {
            // What the platform says of it is on the account's own row; a vault that is shut is told by the servers.
            let actor = Actor::schedule(Self::NAME);
            drop(crate::owners::check(servers, actor, &owner).await);
        }
        Ok(())
    }
}

/// Gives back places that nobody paid for in time. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseExpiredPlaces;

#[async_trait]
impl Job for ReleaseExpiredPlaces {
    const NAME: &'static str = "media.release_expired_places";
    const LANE: Lane = Lane::Bulk;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        loop {
            let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
            let released = crate::place::release_expired(&mut tx, 200).await?;
            tx.save().await?;
            if released < 200 {
                return Ok(());
            }
        }
    }
}
