//! The folder of backups in the data folder: names, and what is thrown away.

use std::path::{Path, PathBuf};

use db::Db;
use kit::Timestamp;

use super::error::BackupError;
use super::kept;
use super::write::{Made, write};

/// `data/backups`.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

const NIGHTLY: &str = "nightly-";
const BEFORE: &str = "before-";
const ENDING: &str = ".jsonl.gz";
/// So many backups from before migrations are kept.
const BEFORES: usize = 5;

impl Folder {
    pub fn of(data: &Path) -> Self {
        Self(data.join("backups"))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes a backup and throws away those that are too many by now.
    pub async fn make_nightly(&self, db: &Db) -> Result<Made, BackupError> {
        self.make(NIGHTLY, db).await
    }

    /// The backup before the schema changes.
    pub async fn make_before_migration(&self, db: &Db) -> Result<Made, BackupError> {
        self.make(BEFORE, db).await
    }

    async fn make(&self, kind: &str, db: &Db) -> Result<Made, BackupError> {
        let mut builder = tokio::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder
            .create(&self.0)
            .await
            .map_err(BackupError::file(&self.0))?;
        let now = db.world().now();
        let made = write(db, &self.0.join(name(kind, now)), None).await?;
        self.tidy(now).await?;
        Ok(made)
    }

    /// The newest backup of the night. `None`: there is none yet.
    pub async fn newest(&self) -> Result<Option<(PathBuf, Timestamp)>, BackupError> {
        let made = self.moments(NIGHTLY).await?;
        let newest = made.into_iter().max();
        Ok(newest.map(|at| (self.0.join(name(NIGHTLY, at)), at)))
    }

    async fn tidy(&self, now: Timestamp) -> Result<(), BackupError> {
        for at in kept::superfluous(self.moments(NIGHTLY).await?, now) {
            self.remove(&name(NIGHTLY, at)).await?;
        }
        let mut before = self.moments(BEFORE).await?;
        before.sort();
        for at in before.iter().rev().skip(BEFORES) {
            self.remove(&name(BEFORE, *at)).await?;
        }
        Ok(())
    }

    async fn remove(&self, name: &str) -> Result<(), BackupError> {
        let path = self.0.join(name);
        tokio::fs::remove_file(&path)
            .await
            .map_err(BackupError::file(&path))
    }

    async fn moments(&self, kind: &str) -> Result<Vec<Timestamp>, BackupError> {
        let mut entries = match tokio::fs::read_dir(&self.0).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(BackupError::File(self.0.clone(), error)),
        };
        let mut moments = Vec::new();
        while let Some(entry) = entries
            .next_entry()
            .await
            .map_err(BackupError::file(&self.0))?
        {
            moments.extend(moment(kind, &entry.file_name().to_string_lossy()));
        }
        Ok(moments)
    }
}

/// `nightly-2026-11-22T03-00-00Z.jsonl.gz`: no colons, which some file systems refuse.
fn name(kind: &str, at: Timestamp) -> String {
    let whole = Timestamp::from_s(at.s()).rfc3339().replace(':', "-");
    format!("{kind}{whole}{ENDING}")
}

/// The moment in a file's name. `None`: it is no backup of this kind.
fn moment(kind: &str, name: &str) -> Option<Timestamp> {
    let (day, time) = name
        .strip_prefix(kind)?
        .strip_suffix(ENDING)?
        .split_once('T')?;
    Timestamp::parse_rfc3339(&format!("{day}T{}", time.replace('-', ":")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_moment() {
        let at = Timestamp::parse_rfc3339("2026-11-22T03:00:07Z").expect("a moment");
        assert_eq!(name(NIGHTLY, at), "nightly-2026-11-22T03-00-07Z.jsonl.gz");
        assert_eq!(moment(NIGHTLY, &name(NIGHTLY, at)), Some(at));
        assert_eq!(moment(NIGHTLY, "notes.txt"), None);
    }
}
