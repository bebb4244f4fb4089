//! The backup of each night, and the trial of each week.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use chronicle::want::{self, NewWant};
use chronicle::{Tone, tell};
use db::{Db, DbError};
use jobs::{Job, JobError, Lane, Schedule};
use kit::{Actor, Span, Subject, Text, t};
use serde::{Deserialize, Serialize};
use settings::SettingsError;

use super::error::BackupError;
use super::events::{BackupChecked, BackupFailed, BackupMade};
use super::folder::Folder;
use super::scratch::try_out;
use super::standing::note;
use super::write::Made;

/// What the jobs work with.
#[derive(Debug, Clone)]
pub struct Backups {
    pub db: Db,
    /// The data folder.
    pub data: PathBuf,
}

pub fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::new(Span::days(1), BackUp),
        Schedule::new(Span::days(7), TryBackup),
    ]
}

/// Makes the backup of the night. Safe to run twice: there are two then.
#[derive(Debug, Serialize, Deserialize)]
pub struct BackUp;

#[async_trait]
impl Job for BackUp {
    const NAME: &'static str = "app.backup_nightly";
    const LANE: Lane = Lane::Bulk;
    const ATTEMPTS: i64 = 4;
    type Needs = Backups;

    async fn run(&self, needs: &Backups) -> Result<(), JobError> {
        match Folder::of(&needs.data).make_nightly(&needs.db).await {
            Ok(made) => Ok(tell_made(needs, &made).await.map_err(stored)?),
            Err(error) => {
                let reason = t!(
                    "The backup could not be made: {words}",
                    words = error.to_string()
                );
                Err(failed(needs, Self::NAME, "backup_failed", reason).await)
            }
        }
    }
}

/// Restores the newest backup into a scratch folder and counts. Safe to run twice.
#[derive(Debug, Serialize, Deserialize)]
pub struct TryBackup;

#[async_trait]
impl Job for TryBackup {
    const NAME: &'static str = "app.backup_weekly_trial";
    const LANE: Lane = Lane::Bulk;
    const ATTEMPTS: i64 = 4;
    type Needs = Backups;

    async fn run(&self, needs: &Backups) -> Result<(), JobError> {
        let folder = Folder::of(&needs.data);
        let newest = folder
            .newest()
            .await
            .map_err(|error| JobError::Again(unreadable(&error)))?;
        let Some((backup, _)) = newest else {
            // The first night's turn is still to come, or another host's was first.
            return BackUp.run(needs).await;
        };
        let scratch = folder.path().join("trial");
        match try_out(needs.db.world(), &backup, &scratch).await {
            Ok(restored) => {
                let rows = restored.rows.values().sum();
                tell_checked(needs, &backup, rows).await.map_err(stored)
            }
            Err(error) => Err(failed(needs, Self::NAME, "backup_trial", unreadable(&error)).await),
        }
    }
}

fn unreadable(error: &BackupError) -> Text {
    t!(
        "The newest backup did not restore: {words}",
        words = error.to_string()
    )
}

fn stored(error: SettingsError) -> JobError {
    match error {
        SettingsError::Db(error) => error.into(),
        SettingsError::ChangedMeanwhile => DbError::TryAgain.into(),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

async fn tell_made(needs: &Backups, made: &Made) -> Result<(), SettingsError> {
    let mut tx = needs.db.begin(Actor::schedule(BackUp::NAME)).await?;
    let event = BackupMade {
        file: file_name(&made.path),
        bytes: made.bytes,
        rows: made.rows,
    };
    tell(&mut tx, &event).await?;
    note(&mut tx, |standing| {
        standing.last_good_at = Some(made.at);
        standing.last_bytes = made.bytes;
        standing.last_error = None;
    })
    .await?;
    want::done(&mut tx, "backup_failed").await?;
    Ok(tx.save().await?)
}

async fn tell_checked(needs: &Backups, backup: &Path, rows: i64) -> Result<(), SettingsError> {
    let mut tx = needs.db.begin(Actor::schedule(TryBackup::NAME)).await?;
    tell(
        &mut tx,
        &BackupChecked {
            file: file_name(backup),
            rows,
        },
    )
    .await?;
    let now = tx.now();
    note(&mut tx, |standing| standing.last_checked_at = Some(now)).await?;
    want::done(&mut tx, "backup_trial").await?;
    Ok(tx.save().await?)
}

/// Says in three places that it failed, and lets the queue try again.
async fn failed(needs: &Backups, job: &str, key: &str, reason: Text) -> JobError {
    match tell_failed(needs, job, key, &reason).await {
        Ok(()) => JobError::After(Span::hours(1), reason),
        Err(error) => stored(error),
    }
}

async fn tell_failed(
    needs: &Backups,
    job: &str,
    key: &str,
    reason: &Text,
) -> Result<(), SettingsError> {
    let mut tx = needs.db.begin(Actor::schedule(job)).await?;
    tell(
        &mut tx,
        &BackupFailed {
            reason: reason.clone(),
        },
    )
    .await?;
    note(&mut tx, |standing| {
        standing.last_error = Some(reason.clone());
    })
    .await?;
    let line = NewWant {
        key: key.to_owned(),
        kind: "backup_failed",
        sentence: reason.clone(),
        detail: Some(t!(
            "It is tried again each hour, four times. `playhouse check` on the host says what is wrong."
        )),
        action_label: t!("See jobs"),
        action_href: "/office/jobs".to_owned(),
        tone: Tone::Bad,
        subject: Subject::named("house"),
    };
    want::open(&mut tx, &line).await?;
    Ok(tx.save().await?)
}
