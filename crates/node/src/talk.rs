//! How the house speaks to a host: over a socket in the host's own folder, which only its user may open.
//!
//! `PUT /allowances` says what may play, `GET /status` asks how it is. Both are safe to repeat.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, put};
use axum::{Json, Router};
use broadcast::Allowances;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use kit::id::StationId;
use serde::{Deserialize, Serialize};
use tokio::net::{UnixListener, UnixStream};

use crate::Running;
use crate::engines::Trouble;
use crate::keeper::{Condition, Health};
use crate::sessions::Session;

const SOCKET: &str = "node.sock";
/// A house with a thousand stations of three hundred tracks each says some eighty megabytes.
const LONGEST: usize = 256 * 1024 * 1024;

/// How a host is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Of the allowances that it follows.
    pub version: u64,
    pub engines: Vec<EngineStatus>,
    pub plays: Vec<Plays>,
    pub sessions: Vec<Session>,
}

/// How one engine is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineStatus {
    pub engine: String,
    /// `None`: it runs.
    pub trouble: Option<String>,
    /// How often it ended in a row.
    pub ended: u32,
}

impl From<Health> for EngineStatus {
    fn from(health: Health) -> Self {
        let (trouble, ended) = match health.condition {
            Condition::Running => (None, 0),
            Condition::Restarting { times, words } => (Some(words), times),
        };
        Self {
            engine: health.engine.to_owned(),
            trouble,
            ended,
        }
    }
}

/// What a station plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plays {
    pub station: StationId,
    pub artist: String,
    pub title: String,
}

/// Answers the house as long as the host runs. A socket that a dead process left behind is taken over.
pub(crate) async fn listen(
    home: &Path,
    running: Arc<Running>,
) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let socket = home.join(SOCKET);
    match tokio::fs::remove_file(&socket).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&socket)?;
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    tokio::fs::set_permissions(&socket, private).await?;
    let router = Router::new()
        .route("/allowances", put(allow))
        .route("/status", get(status))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(running);
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the house cannot speak to this host any more");
        }
    }))
}

async fn allow(
    State(running): State<Arc<Running>>,
    Json(allowances): Json<Allowances>,
) -> Result<StatusCode, (StatusCode, String)> {
    let kept = running.allow(&allowances).await;
    kept.map(|()| StatusCode::NO_CONTENT)
        .map_err(|trouble| (StatusCode::INSUFFICIENT_STORAGE, trouble.to_string()))
}

async fn status(State(running): State<Arc<Running>>) -> Json<Status> {
    let plays = running.now_playing().into_iter().map(|now| Plays {
        station: now.station,
        artist: now.cue.artist,
        title: now.cue.title,
    });
    Json(Status {
        version: running.version(),
        engines: running
            .health()
            .into_iter()
            .map(EngineStatus::from)
            .collect(),
        plays: plays.collect(),
        sessions: running.sessions(),
    })
}

/// A host, seen from the house.
#[derive(Debug, Clone)]
pub struct Host {
    socket: PathBuf,
}

impl Host {
    /// The host whose folder this is.
    pub fn at(home: &Path) -> Self {
        Self {
            socket: home.join(SOCKET),
        }
    }

    /// Says what may play from now on. Safe to repeat.
    pub async fn allow(&self, allowances: &Allowances) -> Result<(), Trouble> {
        let body = serde_json::to_vec(allowances)?;
        self.call("PUT", "/allowances", body).await?;
        Ok(())
    }

    pub async fn status(&self) -> Result<Status, Trouble> {
        let answer = self.call("GET", "/status", Vec::new()).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    async fn call(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Bytes, Trouble> {
        let broken = |error: hyper::Error| Trouble::Disk(std::io::Error::other(error));
        let stream = UnixStream::connect(&self.socket).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "node")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .expect("a request of ours");
        let answer = sender.send_request(request).await.map_err(broken)?;
        let status = answer.status();
        let bytes = answer
            .into_body()
            .collect()
            .await
            .map_err(broken)?
            .to_bytes();
        if status.is_success() {
            return Ok(bytes);
        }
        let words = String::from_utf8_lossy(&bytes).into_owned();
        Err(Trouble::Host(words))
    }
}
