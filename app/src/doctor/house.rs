//! The house: database, key, clock, backups, mail, servers.

use std::path::Path;

use db::{Db, DbError, OpenError};
use kit::{Span, t};
use outreach::MailSettings;
use settings::{Vault, vault};

use super::Finding;
use crate::backup::BackupStanding;
use crate::{key_file, timekeeper};

const DATABASE: &str = "database";

pub fn unreachable(error: &OpenError) -> Finding {
    let says = t!(
        "{words}. Check --database or [database] url, and that the database runs.",
        words = error.to_string()
    );
    Finding::bad(DATABASE, says)
}

pub fn unreadable(error: &DbError) -> Finding {
    Finding::bad(
        DATABASE,
        t!(
            "The database cannot be read: {words}",
            words = error.to_string()
        ),
    )
}

/// Also says whether the rest of the database can be looked at by this version.
pub async fn schema(db: &Db) -> (Vec<Finding>, bool) {
    let kind = format!("{:?}", db.engine());
    match db.pending_migrations().await {
        Err(error) => (
            vec![Finding::bad(
                DATABASE,
                t!("{words}.", words = error.to_string()),
            )],
            false,
        ),
        Ok(pending) if pending.is_empty() => (
            vec![Finding::ok(
                DATABASE,
                t!("The database ({kind}) is up to date.", kind = kind),
            )],
            true,
        ),
        Ok(pending) => {
            let n = i64::try_from(pending.len()).unwrap_or(i64::MAX);
            let says = t!(
                "{n} migrations wait. `playhouse migrate` applies them, after a backup; so does the next start.",
                n = n
            );
            (vec![Finding::warn(DATABASE, says)], false)
        }
    }
}

pub async fn clock(db: &Db) -> Option<Finding> {
    let ahead = db.clock_ahead_ms().await.ok()??;
    Some(if timekeeper::agrees(Some(ahead)) {
        Finding::ok(
            "clock",
            t!("This machine's clock agrees with the database's."),
        )
    } else {
        let says = t!(
            "The database's clock differs from this machine's by {ms} ms, so no jobs run here. Set this machine's clock, by NTP.",
            ms = ahead
        );
        Finding::bad("clock", says)
    })
}

pub async fn key(db: &Db, data: &Path) -> Result<Finding, DbError> {
    let needed = vault::needed_key(db).await?;
    let path = key_file::path(data).display().to_string();
    let held = match key_file::read(&key_file::path(data)) {
        Err(error) => {
            return Ok(Finding::bad(
                "key",
                t!("{words}.", words = error.to_string()),
            ));
        }
        Ok(held) => held,
    };
    let fits = |needed: &str| match held.as_deref().map(Vault::parse) {
        Some(Ok(vault)) => vault.has_key(needed),
        _ => false,
    };
    Ok(match needed {
        None => Finding::ok(
            "key",
            t!("Nothing is sealed yet; the first start makes the key file."),
        ),
        Some(needed) if fits(&needed) => Finding::ok(
            "key",
            t!("The key file {path} fits this database.", path = path),
        ),
        Some(needed) => Finding::bad(
            "key",
            t!(
                "The database's secrets need the key {needed}, which is not in {path}. Put this installation's key file there.",
                needed = needed,
                path = path
            ),
        ),
    })
}

pub async fn backups(db: &Db) -> Result<Finding, DbError> {
    let (standing, _) = settings::load::<BackupStanding>(db).await?;
    let now = db.world().now();
    let Some(last) = standing.last_good_at else {
        return Ok(Finding::warn(
            "backups",
            t!(
                "No backup was made yet. The site makes one each night while it runs; `playhouse backup FILE` makes one now."
            ),
        ));
    };
    Ok(if let Some(reason) = standing.last_error {
        Finding::bad("backups", reason)
    } else if now.since(last) > Span::hours(36) {
        Finding::bad(
            "backups",
            t!(
                "The last good backup was made {at}. See Jobs for what keeps the next one from being made.",
                at = last.rfc3339()
            ),
        )
    } else {
        Finding::ok(
            "backups",
            t!("The last good backup was made {at}.", at = last.rfc3339()),
        )
    })
}

pub async fn mail(db: &Db) -> Result<Finding, DbError> {
    let (mail, _) = settings::load::<MailSettings>(db).await?;
    if !mail.is_set() {
        return Ok(Finding::warn(
            "mail",
            t!("No mail server is chosen, so letters wait. Choose one under Settings, Mail."),
        ));
    }
    let at = format!("{}:{}", mail.host, mail.port);
    let patience = std::time::Duration::from_secs(5);
    let reached = tokio::time::timeout(patience, tokio::net::TcpStream::connect(&at)).await;
    Ok(if matches!(reached, Ok(Ok(_))) {
        Finding::ok("mail", t!("The mail server {at} answers.", at = at))
    } else {
        Finding::bad(
            "mail",
            t!(
                "The mail server {at} does not answer. Check its name and port under Settings, Mail, and this machine's firewall.",
                at = at
            ),
        )
    })
}
