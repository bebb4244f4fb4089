//! Comparing a server's users with its shares in memory, and writing only those that have drifted.
//!
//! What this does and what a hand does at the same moment may cross: after each write the share is read again,
//! and if it was decided anew meanwhile, the hand looks once more. So the later decision always wins.

use std::collections::BTreeMap;

use db::{DbError, Read};
use kit::{Actor, Outcome};

use crate::custom::{Custom, wanted_access};
use crate::error::MediaError;
use crate::events::{LookAsked, ShareCorrected};
use crate::library::{self, Library};
use crate::reads::Report;
use crate::remote::{Access, Level, MediaServer, RemoteRef, RemoteStream, RemoteUser, Standing};
use crate::server::Server;
use crate::servers::Servers;
use crate::share::{self, Share, ShareState, TARGET_KIND, UserStage};
use crate::stopping;
use crate::sync::{by_id, is_done};
use crate::user;

const ACTOR: &str = "media.sync_server";
const PAGE: i64 = 500;
/// Writes in a row that may fail before the rest is left to the hands.
const PATIENCE: usize = 3;

/// What is to be done about one share. Pure, see [`verdict`].
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    Drifted(Access),
    /// The hand knows best.
    Wake,
}

struct Drift {
    share: Share,
    user: RemoteUser,
    access: Access,
}

#[derive(Default)]
struct Plan {
    compared: usize,
    drifts: Vec<Drift>,
    wake: Vec<Share>,
    renamed: Vec<(Share, RemoteRef, String)>,
    withdrawn: BTreeMap<RemoteRef, Share>,
}

pub(crate) async fn reconcile(
    servers: &Servers,
    server: &Server,
    remote: &dyn MediaServer,
    users: &[RemoteUser],
    report: &mut Report,
) -> Result<(), MediaError> {
    let plan = plan(servers, server, users).await?;
    rename(servers, &plan.renamed).await?;
    wake(servers, &plan.wake).await?;
    report.compared = plan.compared;
    report.handed_over = plan.wake.len();
    correct_all(servers, server, remote, plan.drifts, report).await?;
    report.stopped = stop_withdrawn(servers, server, remote, &plan.withdrawn).await;
    Ok(())
}

async fn plan(servers: &Servers, server: &Server, users: &[RemoteUser]) -> Result<Plan, DbError> {
    let libraries = library::list_of_server(&servers.db, &server.id).await?;
    let custom = Custom::of(&servers.makers, server);
    let users = by_id(users);
    let mut plan = Plan::default();
    let mut after = String::new();
    loop {
        let page = share::list_of_server(&servers.db, &server.id, &after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(plan);
        };
        last.id.as_str().clone_into(&mut after);
        for share in page {
            plan.add(share, &libraries, &custom, &users);
        }
    }
}

impl Plan {
    fn add(
        &mut self,
        share: Share,
        libraries: &[Library],
        custom: &Custom,
        users: &BTreeMap<&RemoteRef, &RemoteUser>,
    ) {
        if share.state == ShareState::None {
            return;
        }
        self.compared += 1;
        let user = share
            .remote_id
            .as_ref()
            .and_then(|remote| users.get(remote))
            .copied();
        if let Some(user) = user {
            if share.user_name.as_ref() != Some(&user.name) {
                self.renamed
                    .push((share.clone(), user.id.clone(), user.name.clone()));
            }
            if share.level == Level::Withdrawn {
                self.withdrawn.insert(user.id.clone(), share.clone());
            }
        }
        match verdict(&share, libraries, custom, user) {
            Verdict::Fine => {}
            Verdict::Wake => self.wake.push(share),
            Verdict::Drifted(access) => {
                if let Some(user) = user {
                    self.drifts.push(Drift {
                        share,
                        user: user.clone(),
                        access,
                    });
                }
            }
        }
    }
}

/// Compares one share with its user.
fn verdict(
    share: &Share,
    libraries: &[Library],
    custom: &Custom,
    user: Option<&RemoteUser>,
) -> Verdict {
    let Some(access) = wanted_access(share, libraries, custom) else {
        let is_noted = share.state == ShareState::Removed || share.seen_level == Some(share.level);
        return if is_noted && user.is_none() {
            Verdict::Fine
        } else {
            Verdict::Wake
        };
    };
    let waits = share.state == ShareState::Invited;
    let is_settled = share.seen_level == Some(share.level) && share.stage == UserStage::Ready;
    match user {
        None if share.needs_credentials() || !share.takes_place => Verdict::Fine,
        None if share.stage == UserStage::Gone => Verdict::Fine,
        None => Verdict::Wake,
        Some(user) if waits && user.standing == Standing::Invited => Verdict::Fine,
        Some(_) if !is_settled => Verdict::Wake,
        Some(user) if access.is_same_as(&user.access) && !user.is_administrator => Verdict::Fine,
        Some(user) if user.is_administrator => Verdict::Wake,
        Some(_) => Verdict::Drifted(access),
    }
}

async fn rename(servers: &Servers, renamed: &[(Share, RemoteRef, String)]) -> Result<(), DbError> {
    for page in renamed.chunks(200) {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        for (share, remote, name) in page {
            user::rename(&mut tx, &share.id, remote, name).await?;
        }
        tx.save().await?;
    }
    Ok(())
}

async fn wake(servers: &Servers, shares: &[Share]) -> Result<(), DbError> {
    for page in shares.chunks(200) {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        for share in page {
            look_again(&mut tx, share).await?;
        }
        tx.save().await?;
    }
    Ok(())
}

/// Somebody wants the access looked at and put right at once: the button on their page.
pub async fn ask_look(tx: &mut db::Tx<'_>, share: &Share) -> Result<(), DbError> {
    let event = LookAsked {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: share.server_id.clone(),
    };
    chronicle::tell(tx, &event).await?;
    look_again(tx, share).await
}

/// Also makes the target anew, should it have been lost.
pub(crate) async fn look_again(tx: &mut db::Tx<'_>, share: &Share) -> Result<(), DbError> {
    if !upkeep::look_again(tx, TARGET_KIND, share.id.as_str()).await? {
        upkeep::want(tx, &share.target()).await?;
    }
    Ok(())
}

async fn correct_all(
    servers: &Servers,
    server: &Server,
    remote: &dyn MediaServer,
    drifts: Vec<Drift>,
    report: &mut Report,
) -> Result<(), DbError> {
    let mut failures = 0;
    for drift in drifts {
        // Once the server stops answering, every further write would wait for its time limit.
        let written = failures < PATIENCE && {
            let outcome = remote.set_access(&drift.user, &drift.access).await;
            if let Some(reason) = outcome.reason() {
                report.keep_failure(reason.clone());
            }
            is_done(&outcome)
        };
        failures = if written { 0 } else { failures + 1 };
        if settle(servers, server, &drift, written).await? {
            report.corrected += 1;
        } else {
            report.handed_over += 1;
        }
    }
    Ok(())
}

/// Notes a correction, or has the hand look. Says whether the correction stands.
async fn settle(
    servers: &Servers,
    server: &Server,
    drift: &Drift,
    written: bool,
) -> Result<bool, DbError> {
    let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
    let stands = written && is_undecided(&mut tx, &drift.share).await?;
    if stands {
        let event = ShareCorrected {
            share: drift.share.id.clone(),
            member: drift.share.member_id.clone(),
            server: server.id.clone(),
            server_name: server.name.clone(),
            user_name: drift.user.name.clone(),
        };
        chronicle::tell(&mut tx, &event).await?;
    } else {
        look_again(&mut tx, &drift.share).await?;
    }
    tx.save().await?;
    Ok(stands)
}

/// Whether nobody has decided anew about the share since it was compared.
async fn is_undecided(read: impl Read, share: &Share) -> Result<bool, DbError> {
    let now = share::find(read, &share.id).await?;
    Ok(now.is_some_and(|now| now.edition == share.edition))
}

/// A device that ignored its stop, or began anew with something it had kept, is stopped again.
async fn stop_withdrawn(
    servers: &Servers,
    server: &Server,
    remote: &dyn MediaServer,
    withdrawn: &BTreeMap<RemoteRef, Share>,
) -> usize {
    if withdrawn.is_empty() {
        return 0;
    }
    let Outcome::Done(streams) = remote.streams().await else {
        return 0;
    };
    let mut stopped = 0;
    for (user, share) in withdrawn {
        let theirs: Vec<RemoteStream> = streams
            .iter()
            .filter(|stream| stream.is_of(user))
            .cloned()
            .collect();
        let count = theirs.len();
        let outcome = stopping::stop_these(servers, remote, share, &server.name, theirs).await;
        if is_done(&outcome) {
            stopped += count;
        }
    }
    stopped
}
