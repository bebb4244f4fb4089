//! Listener sessions: who is here, and the book of those who left.

use std::net::IpAddr;
use std::path::PathBuf;

use broadcast::StreamFormat;
use kit::Timestamp;
use kit::id::{ListenerId, StationId};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

/// One listener from joining on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: ListenerId,
    pub station: StationId,
    pub format: StreamFormat,
    pub address: IpAddr,
    /// What their player calls itself, cut to 200 signs.
    pub player: String,
    /// Milliseconds UTC.
    pub joined_at: i64,
}

/// A session that is over: one line of the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Departure {
    #[serde(flatten)]
    pub session: Session,
    /// Milliseconds UTC.
    pub left_at: i64,
    /// Of sound, as handed to the listener's connection.
    pub bytes: u64,
}

impl Departure {
    pub fn of(session: Session, left_at: Timestamp, bytes: u64) -> Self {
        Self {
            session,
            left_at: left_at.ms(),
            bytes,
        }
    }
}

/// Where departures are written down; cheap to clone, never waits.
#[derive(Debug, Clone)]
pub struct Book(mpsc::UnboundedSender<Departure>);

impl Book {
    pub fn open(path: PathBuf) -> Self {
        let (sender, departures) = mpsc::unbounded_channel();
        tokio::spawn(write_down(path, departures));
        Self(sender)
    }

    pub fn note(&self, departure: Departure) {
        // The writer ends only with the process.
        let _ = self.0.send(departure);
    }
}

/// Several at once where many leave together. A line that cannot be written is told in the log, with its contents.
async fn write_down(path: PathBuf, mut departures: mpsc::UnboundedReceiver<Departure>) {
    let mut some = Vec::new();
    while departures.recv_many(&mut some, 500).await > 0 {
        let mut lines = Vec::new();
        for departure in some.drain(..) {
            serde_json::to_writer(&mut lines, &departure).expect("plain values are JSON");
            lines.push(b'\n');
        }
        if let Err(error) = append(&path, &lines).await {
            let lost = String::from_utf8_lossy(&lines);
            tracing::error!(%error, book.lost = %lost, "departures could not be written down");
        }
    }
}

async fn append(path: &PathBuf, lines: &[u8]) -> std::io::Result<()> {
    let mut file = tokio::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .await?;
    file.write_all(lines).await?;
    file.flush().await
}
