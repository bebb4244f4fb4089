//! A host that runs stations: their engines, the edge that listeners come to, and the answers that engines ask for.
//!
//! [`Node::open`] starts one Icecast and one Liquidsoap for all stations and keeps them running. [`Node::allow`] hands
//! it what may play ([`broadcast::Allowances`]); the node keeps the last of it on disk and goes on by itself. Engines
//! are set up once: a station comes, changes and goes by words over a socket, and each join and each source is decided
//! in memory. No text of a tenant stands in a configuration, a script or a command line.

mod answers;
mod control;
mod cue;
mod desk;
mod edge;
mod engines;
mod hold;
mod home;
mod icecast;
mod keeper;
mod sessions;
mod talk;
mod titles;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use broadcast::Allowances;
use kit::World;
use tokio::sync::Mutex;

pub use desk::NowPlaying;
pub use engines::Trouble;
pub use keeper::{Condition, Health};
pub use sessions::{Departure, Session};
pub use talk::{EngineStatus, Host, Plays, Status};

use desk::Desk;
use engines::Engines;
use home::Home;

/// Where a node lives and listens.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// A folder of its own.
    pub home: PathBuf,
    /// Where listeners come to. Port 0: one that is free.
    pub listen: SocketAddr,
    /// Icecast's own port, on loopback.
    pub icecast_port: u16,
    /// The most listeners of the whole host.
    pub listeners: u32,
}

/// A running host. Dropped, its engines end with it.
pub struct Node {
    running: Arc<Running>,
    address: SocketAddr,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Node {
    /// Starts the engines with what the node was last allowed, and listens.
    pub async fn open(config: NodeConfig, world: World) -> Result<Self, Trouble> {
        let home = Home::at(&config.home).await?;
        let desk = Arc::new(Desk::new(world, home.sessions()));
        let icecast = SocketAddr::from((Ipv4Addr::LOCALHOST, config.icecast_port));
        let answers = answers::listen(Arc::clone(&desk), icecast).await?;
        let engines = Engines::start(&home, &config, answers.address, Arc::clone(&desk)).await?;
        let edge = edge::listen(Arc::clone(&desk), config.listen, icecast).await?;
        let running = Arc::new(Running {
            desk,
            engines,
            home,
            writing: Mutex::default(),
        });
        if let Some(last) = running.home.last_allowances().await? {
            running.take(&last);
        }
        let talk = talk::listen(&config.home, Arc::clone(&running)).await?;
        Ok(Self {
            running,
            address: edge.address,
            tasks: vec![answers.task, edge.task, talk],
        })
    }

    /// Where listeners come to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Keeps what may play from now on, on disk first. Older than what is here: nothing happens. Safe to repeat.
    pub async fn allow(&self, allowances: &Allowances) -> Result<(), Trouble> {
        self.running.allow(allowances).await
    }

    /// Who listens now.
    pub fn sessions(&self) -> Vec<Session> {
        self.running.sessions()
    }

    /// What each station plays, as its engine has told.
    pub fn now_playing(&self) -> Vec<NowPlaying> {
        self.running.now_playing()
    }

    /// How the engines are.
    pub fn health(&self) -> Vec<Health> {
        self.running.health()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What all who speak to a host share.
struct Running {
    desk: Arc<Desk>,
    engines: Engines,
    home: Home,
    /// One at a time, so that what is on disk is never older than what is in memory.
    writing: Mutex<()>,
}

impl Running {
    async fn allow(&self, allowances: &Allowances) -> Result<(), Trouble> {
        let _turn = self.writing.lock().await;
        if allowances.version < self.desk.version() {
            return Ok(());
        }
        self.home.keep_allowances(allowances).await?;
        self.take(allowances);
        Ok(())
    }

    fn take(&self, allowances: &Allowances) {
        self.desk.allow(allowances);
        self.engines.follow();
    }

    fn version(&self) -> u64 {
        self.desk.version()
    }

    fn sessions(&self) -> Vec<Session> {
        self.desk.sessions()
    }

    fn now_playing(&self) -> Vec<NowPlaying> {
        self.desk.now_playing()
    }

    fn health(&self) -> Vec<Health> {
        self.engines.health()
    }
}
