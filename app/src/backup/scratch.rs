//! A backup that was never restored is a hope: restoring the newest into a scratch folder, and counting.

use std::path::Path;

use db::{Address, Db, Options};
use kit::World;

use super::error::BackupError;
use super::restore::{Restored, restore};

/// Restores into a database of its own, counts what is in it, brings it up to date, and throws it away.
pub async fn try_out(
    world: &World,
    backup: &Path,
    scratch: &Path,
) -> Result<Restored, BackupError> {
    // What an interrupted check left behind.
    forget(scratch).await?;
    tokio::fs::create_dir_all(scratch)
        .await
        .map_err(BackupError::file(scratch))?;
    let tried = in_scratch(world, backup, scratch).await;
    forget(scratch).await?;
    tried
}

async fn in_scratch(world: &World, backup: &Path, scratch: &Path) -> Result<Restored, BackupError> {
    let mut options = Options::new(Address::Sqlite(scratch.join("playhouse.db")));
    // It lives for a minute; a power cut may take it.
    options.durable = false;
    let db = Db::open(&options, world.clone()).await?;
    let restored = restore(&db, backup).await;
    let proven = match restored {
        Ok(restored) => prove(&db, backup, restored).await,
        Err(error) => Err(error),
    };
    db.close().await;
    proven
}

async fn prove(db: &Db, backup: &Path, restored: Restored) -> Result<Restored, BackupError> {
    let mut snapshot = db.snapshot().await?;
    for table in snapshot.tables().await? {
        let found = snapshot.count(&table).await?;
        let promised = restored.rows.get(table.name()).copied().unwrap_or_default();
        if found != promised {
            let why = format!(
                "{} has {found} rows after restoring, not {promised}",
                table.name()
            );
            return Err(BackupError::damaged(backup, why));
        }
    }
    drop(snapshot);
    db.migrate().await?;
    Ok(restored)
}

async fn forget(scratch: &Path) -> Result<(), BackupError> {
    match tokio::fs::remove_dir_all(scratch).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(BackupError::File(scratch.to_owned(), error))
        }
        _ => Ok(()),
    }
}
