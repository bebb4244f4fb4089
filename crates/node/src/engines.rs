//! The engines of a host: one Icecast, one Liquidsoap. Both are kept running; stations are started and stopped in the
//! running Liquidsoap, so that nothing a station does is felt by another.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use broadcast::StreamFormat;
use kit::id::StationId;
use tokio::process::Command;
use tokio::sync::Notify;

use crate::desk::Desk;
use crate::home::Home;
use crate::keeper::{Health, Kept};
use crate::{NodeConfig, control, hold, icecast};

const SCRIPT: &[u8] = include_bytes!("engine.liq");

/// Why a host cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{0} is not installed; on Debian: apt-get install icecast2 liquidsoap ffmpeg")]
    Missing(&'static str),
    #[error("{0} says: {1}")]
    Engine(&'static str, String),
    #[error("the host says: {0}")]
    Host(String),
    #[error(transparent)]
    Disk(#[from] std::io::Error),
    #[error("what this host was last allowed cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

pub struct Engines {
    icecast: Kept,
    liquidsoap: Kept,
    wish: Arc<Notify>,
    follower: tokio::task::JoinHandle<()>,
}

impl Engines {
    pub async fn start(
        home: &Home,
        config: &NodeConfig,
        answers: SocketAddr,
        desk: Arc<Desk>,
    ) -> Result<Self, Trouble> {
        let loop_file = hold::render(home).await?;
        let icecast = start_icecast(home, config, answers, &desk).await?;
        let wish = Arc::new(Notify::new());
        let fresh = Arc::new(Notify::new());
        let begun = Arc::clone(&fresh);
        let engine = serde_json::json!({ "icecast_port": config.icecast_port, "hold": loop_file });
        home.write("engine/engine.json", engine.to_string().as_bytes())
            .await?;
        let script = home.write("engine/engine.liq", SCRIPT).await?;
        let make = liquidsoap(home, &script, answers, desk.password.reveal());
        let liquidsoap = Kept::start("liquidsoap", make, move || begun.notify_one());
        let socket = home.path("engine/control.sock");
        let follower = tokio::spawn(follow(desk, socket, Arc::clone(&wish), fresh));
        Ok(Self {
            icecast,
            liquidsoap,
            wish,
            follower,
        })
    }

    /// Has the engines follow what the desk allows now.
    pub fn follow(&self) {
        self.wish.notify_one();
    }

    pub fn health(&self) -> Vec<Health> {
        vec![self.icecast.health(), self.liquidsoap.health()]
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

async fn start_icecast(
    home: &Home,
    config: &NodeConfig,
    answers: SocketAddr,
    desk: &Desk,
) -> Result<Kept, Trouble> {
    let xml = icecast::render(&icecast::Layout {
        home,
        port: config.icecast_port,
        answers,
        password: desk.password.reveal(),
        listeners: config.listeners,
    });
    let file = home.write("icecast.xml", xml.as_bytes()).await?;
    let user = home.engines_run_as;
    let make = move || {
        let mut command = Command::new("icecast2");
        command.arg("-c").arg(&file);
        as_user(&mut command, user);
        command
    };
    Ok(Kept::start("icecast", make, || {}))
}

fn liquidsoap(
    home: &Home,
    script: &Path,
    answers: SocketAddr,
    password: &str,
) -> impl Fn() -> Command + Send + Sync + 'static {
    let (folder, script, user) = (home.path("engine"), script.to_owned(), home.engines_run_as);
    let password = password.to_owned();
    move || {
        let mut command = Command::new("liquidsoap");
        command
            .arg(&script)
            .current_dir(&folder)
            .env("ENGINE_HOME", &folder)
            .env("ENGINE_NODE", format!("http://{answers}"))
            .env("ENGINE_PASSWORD", &password)
            .env("HOME", &folder);
        as_user(&mut command, user);
        command
    }
}

fn as_user(command: &mut Command, user: Option<u32>) {
    if let Some(id) = user {
        command.uid(id).gid(id);
    }
}

/// Brings Liquidsoap's stations to what they should be, after each change and each start of the engine.
async fn follow(desk: Arc<Desk>, socket: PathBuf, wish: Arc<Notify>, fresh: Arc<Notify>) {
    let mut running: BTreeMap<StationId, Vec<StreamFormat>> = BTreeMap::new();
    loop {
        tokio::select! {
            () = fresh.notified() => running.clear(),
            () = wish.notified() => {}
        }
        while let Err(error) = catch_up(&desk, &socket, &mut running).await {
            tracing::debug!(%error, "the engine does not listen yet");
            tokio::select! {
                () = fresh.notified() => running.clear(),
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
            }
        }
    }
}

async fn catch_up(
    desk: &Desk,
    socket: &Path,
    running: &mut BTreeMap<StationId, Vec<StreamFormat>>,
) -> std::io::Result<()> {
    let wanted = desk.on_air();
    let over: Vec<StationId> = running
        .keys()
        .filter(|id| !wanted.contains_key(*id))
        .cloned()
        .collect();
    for id in over {
        control::say(socket, &format!("stations.stop {id}")).await?;
        running.remove(&id);
    }
    for (id, formats) in wanted {
        if running.get(&id) != Some(&formats) {
            let words: Vec<&str> = formats.iter().map(|format| format.word()).collect();
            control::say(socket, &format!("stations.start {id} {}", words.join(","))).await?;
            running.insert(id, formats);
        }
    }
    Ok(())
}
