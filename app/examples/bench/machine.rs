//! What the bench needs of the machine: folders of its own, and the real binary at work.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kit::World;
use tokio::process::{Child, Command};

use crate::Fallible;
use crate::wire::Wire;

/// A folder that goes when it is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(world: &World) -> Fallible<Self> {
        let path = std::env::temp_dir().join(format!("playhouse-bench-{}", world.token()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn database(&self) -> db::Address {
        db::Address::Sqlite(self.0.join("playhouse.db"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on its going.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// `playhouse serve` on a folder, ended when dropped.
#[derive(Debug)]
pub struct Served {
    child: Child,
    pub address: String,
}

impl Served {
    /// Starts it, on one core if asked, and waits until it is ready.
    pub async fn start(folder: &Folder, core: Option<u32>) -> Fallible<Self> {
        let address = free_address()?;
        let binary = binary()?;
        let mut command = match core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &core.to_string()]).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        let child = command
            .arg("--data")
            .arg(folder.path())
            .args(["serve", "--allow-standins", "--listen", &address])
            .env("RUST_LOG", "warn")
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let served = Self { child, address };
        served.wait_until_ready().await?;
        Ok(served)
    }

    async fn wait_until_ready(&self) -> Fallible<()> {
        for _ in 0..600 {
            if let Ok(mut wire) = Wire::open(&self.address).await
                && matches!(wire.get("/readyz", "").await, Ok(answer) if answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("`playhouse serve` was not ready within 30 s".into())
    }

    /// The memory that it holds now, in MB.
    pub fn resident_mb(&self) -> Fallible<f64> {
        self.memory_mb("VmRSS:")
    }

    /// The most memory that it ever held, in MB.
    pub fn most_resident_mb(&self) -> Fallible<f64> {
        self.memory_mb("VmHWM:")
    }

    fn memory_mb(&self, name: &str) -> Fallible<f64> {
        let id = self.child.id().ok_or("`playhouse serve` has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib: f64 = line
            .and_then(|rest| rest.split_whitespace().next())
            .ok_or("no such line of memory")?
            .parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    pub async fn stop(mut self) -> Fallible<()> {
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }
}

/// A port that was free a moment ago.
pub fn free_address() -> std::io::Result<String> {
    let held = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(held.local_addr()?.to_string())
}

/// The release binary, which `scripts/bench` builds first: two folders above the bench itself.
fn binary() -> Fallible<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent).ok_or("no folder")?;
    let binary = folder.join("playhouse");
    if binary.exists() {
        Ok(binary)
    } else {
        Err(format!("{} is missing: build it first", binary.display()).into())
    }
}
