//! `backups`: how the backups stand, for Overview and the doctor.

use db::Tx;
use kit::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use settings::{Section, SettingsError};

/// How the backups stand. Written by the jobs, never by people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BackupStanding {
    /// When the last good one was made. `None`: never.
    pub last_good_at: Option<Timestamp>,
    pub last_bytes: u64,
    /// When one was last restored into a scratch folder and found whole.
    pub last_checked_at: Option<Timestamp>,
    /// Why the last one failed, or did not restore. `None`: all is well.
    pub last_error: Option<Text>,
}

impl Section for BackupStanding {
    const NAME: &'static str = "backups";
}

/// Changes the section in the transaction of what happened.
pub async fn note(
    tx: &mut Tx<'_>,
    change: impl FnOnce(&mut BackupStanding) + Send,
) -> Result<(), SettingsError> {
    let (mut standing, version) = settings::load::<BackupStanding>(&mut *tx).await?;
    change(&mut standing);
    settings::save(tx, &standing, version).await
}
