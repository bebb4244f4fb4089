//! Bringing the schema up to date, with a backup first if there is anything to lose.

use std::path::{Path, PathBuf};

use db::Db;

use crate::backup::{BackupError, Folder};

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct BroughtUp {
    /// Names of the migrations that were applied.
    pub migrations: Vec<String>,
    /// The backup from before. `None`: nothing was pending, or the database was empty.
    pub backup: Option<PathBuf>,
}

/// Safe to run twice, and by two processes at once.
pub async fn bring_up_to_date(db: &Db, data: &Path) -> Result<BroughtUp, BackupError> {
    let pending = db.pending_migrations().await?;
    if pending.is_empty() {
        return Ok(BroughtUp::default());
    }
    let applied = db.applied_migrations().await?;
    let backup = if applied.is_empty() {
        None
    } else {
        Some(Folder::of(data).make_before_migration(db).await?.path)
    };
    let migrations = db.migrate().await?;
    Ok(BroughtUp { migrations, backup })
}
