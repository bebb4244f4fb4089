//! Group commit for SQLite: those who save at the same time share one wait for the disk.
//!
//! SQLite itself would hold its one writer for each flush. Here a commit is written to the write-ahead log and
//! the writer goes on; whoever saved waits until a flush that began after its commit has ended. See
//! `docs/decisions/006-saves-share-a-flush.md`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::error::DbError;

/// Brings what was committed to the disk. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Flusher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    log: PathBuf,
    /// Commits so far.
    committed: AtomicU64,
    /// How many of them are on the disk.
    flushed: Mutex<Flushed>,
}

#[derive(Debug, Default)]
struct Flushed {
    upto: u64,
    times: u64,
    /// After a failed flush the kernel may call the next one a success although the pages are lost.
    failed: bool,
}

impl Flusher {
    /// For the database in this file.
    pub(crate) fn of(database: &Path) -> Self {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        Self(Arc::new(Inner {
            log: log.into(),
            committed: AtomicU64::new(0),
            flushed: Mutex::default(),
        }))
    }

    /// Waits until what this process has committed before the call is on the disk.
    pub(crate) async fn flush(&self) -> Result<(), DbError> {
        let mine = self.0.committed.fetch_add(1, Ordering::SeqCst) + 1;
        // In the order of asking: the first one in flushes for all who wait behind it.
        let mut flushed = self.0.flushed.lock().await;
        if flushed.upto >= mine {
            return Ok(());
        }
        if flushed.failed {
            return Err(broken(std::io::Error::other(
                "an earlier flush failed; stop, and look at the disk",
            )));
        }
        let upto = self.0.committed.load(Ordering::SeqCst);
        let log = self.0.log.clone();
        let ended = tokio::task::spawn_blocking(move || sync(&log)).await;
        match ended.unwrap_or_else(|panic| Err(std::io::Error::other(panic))) {
            Ok(()) => {
                flushed.upto = upto;
                flushed.times += 1;
                Ok(())
            }
            Err(error) => {
                flushed.failed = true;
                Err(broken(error))
            }
        }
    }
}

/// Opened anew each time: the log is another file after all connections were closed, and costs little to open.
#[expect(
    clippy::disallowed_methods,
    reason = "runs on a thread of its own, which may wait for the disk"
)]
fn sync(log: &Path) -> std::io::Result<()> {
    match std::fs::File::open(log) {
        Ok(file) => file.sync_data(),
        // The last connection was closed and took the log into the database, which it flushed.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn broken(error: std::io::Error) -> DbError {
    DbError::Broken(sqlx::Error::Io(error))
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    /// A flusher whose log is a file that is there, and the folder it is in.
    fn flusher(name: &str) -> (Flusher, PathBuf) {
        let folder = std::env::temp_dir().join(format!("flush-{}-{name}", std::process::id()));
        make(&folder);
        (Flusher::of(&folder.join("house.db")), folder)
    }

    #[expect(clippy::disallowed_methods, reason = "a test may block")]
    fn make(folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("house.db-wal"), "frames").unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "a test may block")]
    fn remove(path: &Path) {
        std::fs::remove_dir_all(path).unwrap();
    }

    #[tokio::test]
    async fn those_who_save_while_one_flush_goes_on_share_the_next() {
        let (flusher, folder) = flusher("shared");
        let all = join_all((0..50).map(|_| flusher.flush())).await;
        assert!(all.iter().all(Result::is_ok));
        let flushed = flusher.0.flushed.lock().await;
        assert_eq!((flushed.upto, flushed.times), (50, 2));
        remove(&folder);
    }

    #[tokio::test]
    async fn one_who_saves_alone_waits_for_a_flush_of_its_own() {
        let (flusher, folder) = flusher("alone");
        for _ in 0..3 {
            flusher.flush().await.unwrap();
        }
        assert_eq!(flusher.0.flushed.lock().await.times, 3);
        remove(&folder);
    }

    #[tokio::test]
    async fn a_log_that_is_gone_was_taken_into_the_database() {
        let (flusher, folder) = flusher("gone");
        remove(&folder);
        assert!(flusher.flush().await.is_ok());
    }

    #[tokio::test]
    async fn after_a_failed_flush_nothing_more_is_called_saved() {
        let (flusher, folder) = flusher("failed");
        let log = folder.join("house.db-wal");
        // What stands below a file cannot be opened, and is not merely missing.
        let broken = Flusher::of(&log.join("house.db"));
        assert!(broken.flush().await.is_err());
        remove(&folder);
        assert!(
            broken.flush().await.is_err(),
            "although nothing is in the way now"
        );
        assert!(flusher.flush().await.is_ok(), "another database's");
    }
}
