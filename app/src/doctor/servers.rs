//! The media servers and the accounts that own them: each is asked, and says what it is, how long it took, or what is
//! wrong and what helps.

use std::path::Path;
use std::sync::Arc;

use db::{Db, DbError};
use drivers::http::Http;
use futures::future::join_all;
use kit::{Timestamp, t};
use media::Server;
use media::owner::{self, OwnerAccount};
use media::servers::Servers;
use settings::Vault;

use super::Finding;
use crate::key_file;

/// All at once: a server that stays silent keeps nobody else waiting.
pub async fn examine(db: &Db, data: &Path, http: &Http) -> Result<Vec<Finding>, DbError> {
    let (all, owners) = (media::server::list(db).await?, owner::list(db).await?);
    let Some(servers) = reach(db, data, http) else {
        // Without the key nobody can be asked; that is said of the key already.
        return Ok(Vec::new());
    };
    let accounts = join_all(owners.iter().map(|owner| account(&servers, owner))).await;
    let found = join_all(all.iter().map(|one| server(&servers, one))).await;
    Ok(accounts.into_iter().chain(found).collect())
}

fn reach(db: &Db, data: &Path, http: &Http) -> Option<Servers> {
    let held = key_file::read(&key_file::path(data)).ok()??;
    let vault = Vault::parse(&held).ok()?;
    Some(Servers {
        db: db.clone(),
        vault: Arc::new(vault),
        makers: drivers::media::makers(http),
    })
}

async fn server(servers: &Servers, server: &Server) -> Finding {
    const TOPIC: &str = "servers";
    let clock = &servers.db.world().clock;
    let began = clock.now();
    let asked = media::sync::ask(servers, server).await;
    let kind = servers.makers.find(&server.kind);
    let kind = kind.map_or(server.kind.as_str(), |maker| maker.card().title);
    match asked {
        Ok(probe) => Finding::ok(
            TOPIC,
            t!(
                "{name} ({kind} {version}) answered in {ms} ms.",
                name = &server.name,
                kind = kind,
                version = probe.version,
                ms = took(began, clock.now())
            ),
        ),
        Err((reason, remedy)) => Finding::bad(
            TOPIC,
            t!(
                "{name} ({kind} {version}, {ms} ms): {reason} What helps: {remedy}, at {path}.",
                name = &server.name,
                kind = kind,
                version = server.version.as_str(),
                ms = took(began, clock.now()),
                reason = reason,
                remedy = remedy.label(),
                path = remedy.href(server)
            ),
        ),
    }
}

async fn account(servers: &Servers, owner: &OwnerAccount) -> Finding {
    const TOPIC: &str = "owner_accounts";
    match media::owners::ask(servers, owner).await {
        Ok(account) => Finding::ok(
            TOPIC,
            t!("The owner account {name} is open.", name = account.name),
        ),
        Err(error) => Finding::bad(
            TOPIC,
            t!(
                "The owner account {name}: {reason} What helps: {remedy}, at {path}.",
                name = &owner.name,
                reason = error
                    .text()
                    .unwrap_or_else(|| t!("The reason is in the log.")),
                remedy = t!("Sign in again"),
                path = format!("/office/owners/{}", owner.id)
            ),
        ),
    }
}

fn took(began: Timestamp, ended: Timestamp) -> i64 {
    ended.since(began).as_ms()
}
