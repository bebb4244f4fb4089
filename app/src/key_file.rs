//! The key file: made once, for an empty database only, readable by its owner alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use db::Db;
use kit::{Actor, World};
use settings::{Vault, VaultError, vault};

/// Why the secrets of this house cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{0} cannot be read or written: {1}")]
    File(PathBuf, std::io::Error),
    #[error(
        "this database's secrets were sealed with the key {needed}, and there is no key file at {path}; put the key file of this installation there"
    )]
    Missing { needed: String, path: PathBuf },
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Where the key file is.
pub fn path(data: &Path) -> PathBuf {
    data.join("playhouse.key")
}

/// Opens the vault: the key that is there, or a fresh one for an empty database. A key that is not this
/// database's is refused by its name.
pub async fn open(db: &Db, world: &World, data: &Path) -> Result<Vault, KeyError> {
    let path = path(data);
    let needed = vault::needed_key(db).await.map_err(VaultError::from)?;
    let vault = match (read(&path)?, needed) {
        (Some(text), _) => Vault::parse(&text)?,
        (None, None) => {
            let vault = Vault::fresh(world);
            write(&path, &vault)?;
            vault
        }
        (None, Some(needed)) => return Err(KeyError::Missing { needed, path }),
    };
    let mut tx = db.begin(Actor::console()).await.map_err(VaultError::from)?;
    vault::check(&mut tx, &vault).await?;
    tx.save().await.map_err(VaultError::from)?;
    Ok(vault)
}

/// The file's text. `None`: there is no such file.
#[expect(
    clippy::disallowed_methods,
    reason = "before the house starts nobody waits"
)]
pub fn read(path: &Path) -> Result<Option<String>, KeyError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyError::File(path.to_owned(), error)),
    }
}

/// Writes the keys beside the old file and swaps the two, so that a crash leaves one whole file.
#[expect(
    clippy::disallowed_methods,
    reason = "before the house starts nobody waits"
)]
pub fn write(path: &Path, vault: &Vault) -> Result<(), KeyError> {
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |error| KeyError::File(path.to_owned(), error);
    let beside = path.with_extension("key.new");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(failed)?;
    file.write_all(vault.print().reveal().as_bytes())
        .map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
