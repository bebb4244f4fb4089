//! What can go wrong with a backup.

use std::path::{Path, PathBuf};

/// What can go wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} cannot be read or written: {1}")]
    File(PathBuf, std::io::Error),
    /// Not a backup, cut short, or changed since it was made.
    #[error("{0} is not a whole backup: {1}")]
    Damaged(PathBuf, String),
    #[error(
        "this backup was made by a newer Playhouse (it knows {0}); restore it with that version"
    )]
    Newer(String),
    /// Restoring writes into an empty database only.
    #[error(
        "this database is in use already; a backup is restored into an empty database only, so give another one with --database or --data"
    )]
    NotEmpty,
    #[error("this database has migrations that the backup has not ({0}); give an empty one")]
    TooNew(String),
    #[error(
        "the passphrase does not open the key in this backup; type the one that it was made with"
    )]
    WrongPassphrase,
    #[error(transparent)]
    Db(#[from] db::DbError),
    #[error(transparent)]
    Migrate(#[from] db::MigrateError),
    #[error(transparent)]
    Open(#[from] db::OpenError),
}

impl BackupError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::File(path, error)
    }

    pub(crate) fn damaged(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Damaged(path.to_owned(), why.to_string())
    }
}
