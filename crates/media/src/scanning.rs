//! Passing a scan on to its server, and watching until the server is through with it.

use async_trait::async_trait;
use jobs::{Job, JobError, Lane};
use kit::id::ScanId;
use kit::{Actor, Outcome, Span, Text, t};
use serde::{Deserialize, Serialize};

use crate::library;
use crate::remote::MediaServer;
use crate::scan::{self, Scan, ScanState};
use crate::servers::Servers;

/// How often a server that does not answer is asked.
const TRIES: i64 = 5;
const BETWEEN_TRIES: Span = Span::minutes(2);
/// A scan of one item takes seconds, that of a large folder a while.
const FIRST_LOOK: Span = Span::seconds(15);
const BETWEEN_LOOKS: Span = Span::minutes(1);
/// After so long nobody looks any more.
const LONGEST: Span = Span::hours(2);

/// Brings a scan on by one step. Safe to run twice: a server that is asked twice looks once more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TendScan {
    pub scan: ScanId,
}

#[async_trait]
impl Job for TendScan {
    const NAME: &'static str = "media.tend_scan";
    const LANE: Lane = Lane::Access;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        let Some(mut scan) = scan::find(&servers.db, &self.scan).await? else {
            return Ok(());
        };
        let again = match scan.state {
            ScanState::Asked => send(servers, &mut scan).await?,
            ScanState::Scanning => look(servers, &mut scan).await?,
            ScanState::Done | ScanState::Failed => return Ok(()),
        };
        let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
        scan::note(&mut tx, &scan).await?;
        if let Some(pause) = again {
            let at = tx.now() + pause;
            jobs::add_at(&mut tx, self, at).await?;
        }
        tx.save().await?;
        Ok(())
    }
}

/// When to go on. `None`: it is over.
type Again = Option<Span>;

async fn send(servers: &Servers, scan: &mut Scan) -> Result<Again, JobError> {
    let now = servers.db.world().now();
    let outcome = match reach(servers, scan).await? {
        Ok((remote, library)) => order(remote.as_ref(), &library, scan).await,
        Err(reason) => return Ok(end(servers, scan, ScanState::Failed, Some(reason))),
    };
    scan.tries += 1;
    match outcome {
        Outcome::Done(()) => {
            scan.state = ScanState::Scanning;
            scan.reason = None;
            scan.sent_at = now;
            Ok(Some(FIRST_LOOK))
        }
        Outcome::Refused(refusal) if !refusal.may_pass || scan.tries >= TRIES => {
            Ok(end(servers, scan, ScanState::Failed, Some(refusal.reason)))
        }
        Outcome::Unknown(unknown) if scan.tries >= TRIES => {
            Ok(end(servers, scan, ScanState::Failed, Some(unknown.reason)))
        }
        Outcome::Refused(refusal) => Ok(Some(wait(scan, refusal.reason))),
        // Asking again does no harm: at worst the server looks twice.
        Outcome::Unknown(unknown) => Ok(Some(wait(scan, unknown.reason))),
    }
}

async fn order(remote: &dyn MediaServer, library: &str, scan: &Scan) -> Outcome<()> {
    match (&scan.item, &scan.path) {
        (Some(item), _) => remote.scan_item(library, item).await,
        (None, Some(path)) => remote.scan_folder(library, path).await,
        (None, None) => Outcome::Done(()),
    }
}

fn wait(scan: &mut Scan, reason: Text) -> Span {
    scan.reason = Some(reason);
    BETWEEN_TRIES
}

fn end(servers: &Servers, scan: &mut Scan, state: ScanState, reason: Option<Text>) -> Again {
    scan.state = state;
    scan.reason = reason;
    scan.ended_at = servers.db.world().now();
    None
}

async fn look(servers: &Servers, scan: &mut Scan) -> Result<Again, JobError> {
    let is_late = servers.db.world().now() > scan.sent_at + LONGEST;
    let outcome = match reach(servers, scan).await? {
        Ok((remote, library)) => remote.is_scanning(&library).await,
        Err(reason) => return Ok(end(servers, scan, ScanState::Failed, Some(reason))),
    };
    match outcome {
        Outcome::Done(false) => Ok(end(servers, scan, ScanState::Done, None)),
        _ if is_late => {
            let reason = t!(
                "The server took it two hours ago and has not said that it is through. Nobody waits for it any longer; it may still go on by itself."
            );
            Ok(end(servers, scan, ScanState::Failed, Some(reason)))
        }
        Outcome::Done(true) | Outcome::Refused(_) | Outcome::Unknown(_) => Ok(Some(BETWEEN_LOOKS)),
    }
}

type Reached = (std::sync::Arc<dyn MediaServer>, String);

/// The server, and its own id of the library. The text: why it cannot even be asked.
async fn reach(servers: &Servers, scan: &Scan) -> Result<Result<Reached, Text>, JobError> {
    let gone = || t!("The server or the library is not here any more.");
    let libraries = library::list_of_server(&servers.db, &scan.server_id).await?;
    let library = libraries.into_iter().find(|one| one.id == scan.library_id);
    let Some(library) = library else {
        return Ok(Err(gone()));
    };
    Ok(match servers.open(&scan.server_id).await {
        Ok((_, remote)) => Ok((remote, library.remote_id)),
        Err(error) => Err(error.text().unwrap_or_else(gone)),
    })
}
