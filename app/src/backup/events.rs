//! What happened to backups.

use chronicle::{Event as _, events};
use kit::{Subject, Text, t};

events! {
    /// A backup was made.
    BackupMade = "house.backup_made", Good {
        file: String,
        bytes: u64,
        rows: i64,
    }
    about(it) [Subject::named("house")]
    says t!(
        "A backup of {rows} rows was made: {file}",
        rows = it.rows,
        file = it.file.clone()
    );

    /// A backup could not be made, or did not restore.
    BackupFailed = "house.backup_failed", Bad {
        reason: Text,
    }
    about(it) [Subject::named("house")]
    says it.reason.clone();

    /// The newest backup was restored into a scratch folder and found whole.
    BackupChecked = "house.backup_checked", Good {
        file: String,
        rows: i64,
    }
    about(it) [Subject::named("house")]
    says t!(
        "The backup {file} was restored for a trial; all {rows} rows are there",
        file = it.file.clone(),
        rows = it.rows
    );
}

/// What people alone read; without it the house would wait for a newer version of itself to hear them.
pub const NAMES: &[&str] = &[BackupMade::NAME, BackupFailed::NAME, BackupChecked::NAME];
