//! The node's folder: what it was last allowed, what its engines are set up with, and the book of its listeners.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use broadcast::Allowances;
use tokio::fs;

use crate::engines::Trouble;

/// Who engines run as where this process is root: they refuse to be.
const NOBODY: u32 = 65_534;

#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
    /// `None`: as who we are.
    pub engines_run_as: Option<u32>,
}

impl Home {
    pub async fn at(folder: &Path) -> Result<Self, Trouble> {
        fs::create_dir_all(folder.join("engine")).await?;
        fs::create_dir_all(folder.join("web")).await?;
        fs::create_dir_all(folder.join("log")).await?;
        let is_root = fs::metadata("/proc/self").await?.uid() == 0;
        let home = Self {
            folder: fs::canonicalize(folder).await?,
            engines_run_as: is_root.then_some(NOBODY),
        };
        home.hand_over(&home.folder.join("engine"))?;
        home.hand_over(&home.folder.join("log"))?;
        Ok(home)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn sessions(&self) -> PathBuf {
        self.path("sessions.jsonl")
    }

    /// Gives a file or folder to whom the engines run as.
    pub fn hand_over(&self, path: &Path) -> Result<(), Trouble> {
        if let Some(id) = self.engines_run_as {
            let (user, group) = (
                rustix::process::Uid::from_raw(id),
                rustix::process::Gid::from_raw(id),
            );
            rustix::fs::chown(path, Some(user), Some(group)).map_err(std::io::Error::from)?;
        }
        Ok(())
    }

    /// Writes a file whole or not at all, for the engines alone to read.
    pub async fn write(&self, name: &str, contents: &[u8]) -> Result<PathBuf, Trouble> {
        let (path, fresh) = (self.path(name), self.path(&format!("{name}.new")));
        fs::write(&fresh, contents).await?;
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&fresh, private).await?;
        self.hand_over(&fresh)?;
        fs::rename(&fresh, &path).await?;
        Ok(path)
    }

    /// `None`: nothing was ever allowed here.
    pub async fn last_allowances(&self) -> Result<Option<Allowances>, Trouble> {
        match fs::read(self.path("allowances.json")).await {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub async fn keep_allowances(&self, allowances: &Allowances) -> Result<(), Trouble> {
        let bytes = serde_json::to_vec(allowances)?;
        self.write("allowances.json", &bytes).await?;
        Ok(())
    }
}
