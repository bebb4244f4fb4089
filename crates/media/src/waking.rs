//! Waking every share of a server after something that concerns them all: one job, in pages, never one long write.

use async_trait::async_trait;
use db::{Db, DbError, Tx};
use jobs::{Job, JobError, Lane};
use kit::Actor;
use kit::id::ServerId;
use serde::{Deserialize, Serialize};

use crate::share::{self, ShareState};

/// How many shares one transaction wakes.
const PAGE: i64 = 200;

/// Has every share of a server looked at again. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WakeShares {
    pub server: ServerId,
}

#[async_trait]
impl Job for WakeShares {
    const NAME: &'static str = "media.wake_shares";
    const LANE: Lane = Lane::Access;
    type Needs = Db;

    async fn run(&self, db: &Db) -> Result<(), JobError> {
        let mut after = String::new();
        loop {
            let page = share::list_of_server(db, &self.server, &after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            last.id.as_str().clone_into(&mut after);
            let mut tx = db.begin(Actor::schedule(Self::NAME)).await?;
            for share in page.iter().filter(|share| share.state != ShareState::None) {
                upkeep::want(&mut tx, &share.target()).await?;
            }
            tx.save().await?;
        }
    }
}

/// Has every share of the server looked at as soon as this is saved.
pub(crate) async fn wake_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    jobs::add_once(
        tx,
        &WakeShares {
            server: server.clone(),
        },
        server.as_str(),
    )
    .await
}
