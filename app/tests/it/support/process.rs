//! The same house in a process of its own: the real binary, which can be killed.

use std::process::Stdio;
use std::sync::Arc;

use db::Address;
use testkit::{TestDb, TestWorld};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::site::Folder;
use super::{Outside, TestSite};

/// A house that nobody runs: its database, its folder, its address, and what is outside.
pub struct Vacant {
    pub outside: Arc<Outside>,
    world: TestWorld,
    on: TestDb,
    folder: Arc<Folder>,
    listen: String,
}

impl TestSite {
    /// Leaves the house, so that a process of its own can run it at the same address.
    pub async fn vacate(mut self) -> Vacant {
        self.server.abort();
        drop((&mut self.server).await);
        self.house.db.close().await;
        Vacant {
            outside: self.outside.clone(),
            world: self.world.clone(),
            on: self.on.clone(),
            folder: self.folder.clone(),
            listen: self.address().replace("http://", ""),
        }
    }
}

impl Vacant {
    /// Starts the real binary; it is not open yet. Each buyer may name an address of their own.
    pub fn serve(&self) -> Process {
        let config = self.folder.0.join("playhouse.toml");
        std::fs::write(&config, "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_playhouse"));
        command
            .args(["serve", "--json", "--allow-standins", "--listen"])
            .arg(&self.listen)
            .args(["--database", &self.database(), "--data"])
            .arg(&self.folder.0)
            .arg("--config")
            .arg(&config)
            .env_clear()
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        Process(command.spawn().unwrap())
    }

    fn database(&self) -> String {
        match &self.on.address {
            Address::Sqlite(path) => format!("sqlite://{}", path.display()),
            Address::Postgres(url) => url.clone(),
        }
    }

    /// Runs the house in this process again, at another address.
    pub async fn taken_up(self) -> TestSite {
        self.world.set(app::world::real().now());
        TestSite::open(self.world, self.outside, self.on, self.folder).await
    }
}

/// A running house. Dropped, it is killed.
pub struct Process(Child);

impl Process {
    /// Waits until visitors are let in.
    pub async fn is_open(&mut self) {
        let mut line = String::new();
        let said = self.0.stdout.as_mut().unwrap();
        BufReader::new(said).read_line(&mut line).await.unwrap();
        assert!(line.contains("\"url\""), "the house did not open: {line}");
    }

    /// `kill -9`: no warning, no last words.
    pub async fn kill(mut self) {
        self.0.kill().await.unwrap();
    }
}
