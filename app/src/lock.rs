//! One process runs a house of an embedded database; a lock on a file beside it says so.

use std::fs::TryLockError;
use std::path::PathBuf;

use db::Address;

/// Why the lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another playhouse runs on {0}; stop it first, or use PostgreSQL to run several")]
    Taken(PathBuf),
    #[error("{0} cannot be made or locked: {1}")]
    File(PathBuf, std::io::Error),
}

/// Held while the house runs. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(Option<std::fs::File>);

impl Lock {
    /// PostgreSQL needs none: any number of processes share it.
    #[expect(
        clippy::disallowed_methods,
        reason = "before the house starts nobody waits"
    )]
    pub fn take(address: &Address) -> Result<Self, LockError> {
        let Address::Sqlite(database) = address else {
            return Ok(Self(None));
        };
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| LockError::File(path.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken(database.clone())),
            Err(TryLockError::Error(error)) => Err(LockError::File(path, error)),
        }
    }

    /// Whether there is anything to hold: an embedded database.
    pub fn is_needed(&self) -> bool {
        self.0.is_some()
    }
}
