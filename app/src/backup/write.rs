//! Making a backup: one snapshot, streamed into a file beside its place, which it takes when it is whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use db::{Db, Snapshot, Table};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt;
use kit::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::error::BackupError;
use super::format::{Counts, FORMAT, Header, Line, to_json};
use super::key::PassphraseKey;

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub path: PathBuf,
    pub bytes: u64,
    pub rows: i64,
    pub at: Timestamp,
}

/// So many lines wait for the disk at most.
const AHEAD: usize = 256;

/// Writes a backup of the database as it is now. Whoever uses the house meanwhile waits for nothing.
pub async fn write(db: &Db, path: &Path, key: Option<PassphraseKey>) -> Result<Made, BackupError> {
    let (lines, taken) = mpsc::channel(AHEAD);
    let place = path.to_owned();
    let writer = tokio::task::spawn_blocking(move || write_lines(&place, taken));
    let sent = send_all(db, key, &lines).await;
    // The writer takes the file's place only if all of it was sent.
    if sent.is_ok() {
        drop(lines.send(Piece::Whole).await);
    }
    drop(lines);
    let bytes = writer.await.expect("writing a file does not panic");
    // What the disk said comes first: after that, sending only says that nobody takes lines any more.
    let bytes = bytes.map_err(BackupError::file(path))?;
    Ok(Made {
        path: path.to_owned(),
        bytes,
        rows: sent?,
        at: db.world().now(),
    })
}

enum Piece {
    Line(String),
    End(Counts),
    Whole,
}

async fn send_all(
    db: &Db,
    key: Option<PassphraseKey>,
    lines: &mpsc::Sender<Piece>,
) -> Result<i64, BackupError> {
    let mut snapshot = db.snapshot().await?;
    let header = Header {
        playhouse_backup: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: db.world().now().rfc3339(),
        migrations: snapshot.migrations().await?,
        key,
    };
    send(lines, &header).await?;
    let mut counts = Counts::new();
    for table in snapshot.tables().await? {
        let rows = send_table(&mut snapshot, &table, lines).await?;
        counts.insert(table.name().to_owned(), rows);
    }
    let rows = counts.values().sum();
    hand_over(lines, Piece::End(counts)).await?;
    Ok(rows)
}

async fn send_table(
    snapshot: &mut Snapshot,
    table: &Table,
    lines: &mpsc::Sender<Piece>,
) -> Result<i64, BackupError> {
    let columns = table
        .columns()
        .iter()
        .map(|column| column.name.clone())
        .collect();
    send(
        lines,
        &Line::Table {
            table: table.name().to_owned(),
            columns,
        },
    )
    .await?;
    let mut rows = snapshot.rows(table);
    let mut count = 0;
    while let Some(row) = rows.next().await {
        let row = row?;
        send(lines, &Line::Row(row.iter().map(to_json).collect())).await?;
        count += 1;
    }
    Ok(count)
}

async fn send(lines: &mpsc::Sender<Piece>, line: &impl Serialize) -> Result<(), BackupError> {
    let text = serde_json::to_string(line).expect("lines have string keys and print as JSON");
    hand_over(lines, Piece::Line(text)).await
}

async fn hand_over(lines: &mpsc::Sender<Piece>, piece: Piece) -> Result<(), BackupError> {
    lines.send(piece).await.map_err(|_| {
        BackupError::File(
            PathBuf::new(),
            std::io::Error::from(std::io::ErrorKind::BrokenPipe),
        )
    })
}

/// Runs on a thread that may wait for the disk. Says how large the file is.
#[expect(
    clippy::disallowed_methods,
    reason = "runs on a thread of its own that may wait"
)]
fn write_lines(path: &Path, mut lines: mpsc::Receiver<Piece>) -> std::io::Result<u64> {
    use std::os::unix::fs::OpenOptionsExt;
    let beside = beside(path);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = std::io::BufWriter::new(options.open(&beside)?);
    let mut out = GzEncoder::new(file, Compression::fast());
    let mut sum = Sha256::new();
    let mut is_whole = false;
    while let Some(piece) = lines.blocking_recv() {
        let line = match piece {
            Piece::Line(line) => line,
            Piece::End(rows) => end_line(rows, &sum),
            Piece::Whole => {
                is_whole = true;
                break;
            }
        };
        sum.update(line.as_bytes());
        out.write_all(line.as_bytes())?;
        out.write_all(b"\n")?;
    }
    let file = out
        .finish()?
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    if is_whole {
        std::fs::rename(&beside, path)?;
    } else {
        std::fs::remove_file(&beside)?;
    }
    Ok(bytes)
}

fn end_line(rows: Counts, sum: &Sha256) -> String {
    let end = Line::End {
        rows,
        sha256: print_sum(sum),
    };
    serde_json::to_string(&end).expect("lines have string keys and print as JSON")
}

/// The sum of all lines so far, in hexadecimal.
pub fn print_sum(sum: &Sha256) -> String {
    let sum = sum.clone().finalize();
    let digits = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
