//! What happened to backups.

use chronicle::{Event, Tone};
use kit::{Subject, Text, t};
use serde::{Deserialize, Serialize};

/// A backup was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupMade {
    pub file: String,
    pub bytes: u64,
    pub rows: i64,
}

impl Event for BackupMade {
    const NAME: &'static str = "house.backup_made";
    const TONE: Tone = Tone::Good;

    fn subjects(&self) -> Vec<Subject> {
        vec![Subject::named("house")]
    }

    fn sentence(&self) -> Text {
        t!(
            "A backup of {rows} rows was made: {file}",
            rows = self.rows,
            file = self.file.clone()
        )
    }
}

/// A backup could not be made, or did not restore.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupFailed {
    pub reason: Text,
}

impl Event for BackupFailed {
    const NAME: &'static str = "house.backup_failed";
    const TONE: Tone = Tone::Bad;

    fn subjects(&self) -> Vec<Subject> {
        vec![Subject::named("house")]
    }

    fn sentence(&self) -> Text {
        self.reason.clone()
    }
}

/// The newest backup was restored into a scratch folder and found whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupChecked {
    pub file: String,
    pub rows: i64,
}

impl Event for BackupChecked {
    const NAME: &'static str = "house.backup_checked";
    const TONE: Tone = Tone::Good;

    fn subjects(&self) -> Vec<Subject> {
        vec![Subject::named("house")]
    }

    fn sentence(&self) -> Text {
        t!(
            "The backup {file} was restored for a trial; all {rows} rows are there",
            file = self.file.clone(),
            rows = self.rows
        )
    }
}

/// What people alone read; without it the house would wait for a newer version of itself to hear them.
pub const NAMES: &[&str] = &[BackupMade::NAME, BackupFailed::NAME, BackupChecked::NAME];
