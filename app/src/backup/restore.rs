//! Filling an empty database from a backup, in one transaction: all of it, or nothing.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use db::{Db, Table, Tx};
use flate2::read::GzDecoder;
use kit::{Actor, Timestamp, Value};
use settings::vault;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::error::BackupError;
use super::format::{Counts, FORMAT, Header, Line, from_json};
use super::write::print_sum;

/// What was restored. The schema is as old as the backup's: migrate afterwards.
#[derive(Debug, Clone)]
pub struct Restored {
    pub header: Header,
    pub rows: Counts,
}

/// So many rows go into one statement.
const AT_ONCE: usize = 500;

/// Fills the database, which must be empty. The file's checksum and counts are proven before anything stays.
pub async fn restore(db: &Db, path: &Path) -> Result<Restored, BackupError> {
    let mut lines = Lines::open(path);
    let header: Header = lines.header().await?;
    prepare(db, &header).await?;
    let mut tx = db.begin(Actor::console()).await?;
    let tables = tx.tables().await?;
    for table in tables.iter().rev() {
        tx.clear(table).await?;
    }
    let rows = fill(&mut tx, &tables, &mut lines).await?;
    tx.save().await?;
    Ok(Restored { header, rows })
}

/// Gives an empty database the schema that the backup was made of.
async fn prepare(db: &Db, header: &Header) -> Result<(), BackupError> {
    let applied = db.applied_migrations().await?;
    if let Some(later) = applied
        .iter()
        .find(|name| !header.migrations.contains(name))
    {
        return Err(if is_empty(db).await? {
            BackupError::TooNew(later.clone())
        } else {
            BackupError::NotEmpty
        });
    }
    db.migrate_by(&header.migrations).await?;
    let applied = db.applied_migrations().await?;
    if let Some(unknown) = header
        .migrations
        .iter()
        .find(|name| !applied.contains(name))
    {
        return Err(BackupError::Newer(unknown.clone()));
    }
    if is_empty(db).await? {
        Ok(())
    } else {
        Err(BackupError::NotEmpty)
    }
}

/// A database is empty until a house opens it or anything happens in it.
async fn is_empty(db: &Db) -> Result<bool, BackupError> {
    let is_sealed = vault::needed_key(db).await?.is_some();
    let happened = chronicle::since(db, Timestamp::EPOCH, 1).await?;
    Ok(!is_sealed && happened.is_empty())
}

async fn fill(tx: &mut Tx<'_>, tables: &[Table], lines: &mut Lines) -> Result<Counts, BackupError> {
    let mut counts = Counts::new();
    let mut filling: Option<Filling<'_>> = None;
    loop {
        match lines.next().await? {
            Line::Row(row) => {
                let filling = filling
                    .as_mut()
                    .ok_or_else(|| lines.wrong("a row has no table"))?;
                filling
                    .take(row)
                    .ok_or_else(|| lines.wrong("a row does not fit its table"))?;
                if filling.rows.len() == AT_ONCE {
                    filling.put(tx).await?;
                }
            }
            Line::Table { table, columns } => {
                end(tx, filling.take(), &mut counts).await?;
                let next = Filling::new(tables, &table, &columns);
                filling =
                    Some(next.ok_or_else(|| lines.wrong(&format!("table {table} is unknown")))?);
            }
            Line::End { rows, sha256 } => {
                end(tx, filling.take(), &mut counts).await?;
                let is_whole = rows == counts && Some(sha256) == lines.sum_before;
                return if is_whole {
                    Ok(counts)
                } else {
                    Err(lines.wrong("its checksum differs"))
                };
            }
        }
    }
}

async fn end(
    tx: &mut Tx<'_>,
    filling: Option<Filling<'_>>,
    counts: &mut Counts,
) -> Result<(), BackupError> {
    if let Some(mut filling) = filling {
        filling.put(tx).await?;
        counts.insert(filling.table.name().to_owned(), filling.count);
    }
    Ok(())
}

/// The table that is being filled.
struct Filling<'t> {
    table: &'t Table,
    /// For each of the table's columns, where the backup has it.
    places: Vec<usize>,
    rows: Vec<Vec<Value>>,
    count: i64,
}

impl<'t> Filling<'t> {
    /// `None`: the table or one of its columns is not the same here and there.
    fn new(tables: &'t [Table], name: &str, columns: &[String]) -> Option<Self> {
        let table = tables.iter().find(|table| table.name() == name)?;
        let place = |column: &db::Column| columns.iter().position(|name| *name == column.name);
        let places: Vec<usize> = table.columns().iter().map(place).collect::<Option<_>>()?;
        let is_same = places.len() == columns.len();
        is_same.then_some(Self {
            table,
            places,
            rows: Vec::new(),
            count: 0,
        })
    }

    fn take(&mut self, mut row: Vec<serde_json::Value>) -> Option<()> {
        let columns = self.places.iter().zip(self.table.columns());
        let values = columns.map(|(at, column)| from_json(row.get_mut(*at)?.take(), column.kind));
        let values: Vec<Value> = values.collect::<Option<_>>()?;
        self.rows.push(values);
        self.count += 1;
        Some(())
    }

    async fn put(&mut self, tx: &mut Tx<'_>) -> Result<(), BackupError> {
        Ok(tx.fill(self.table, std::mem::take(&mut self.rows)).await?)
    }
}

/// The lines of a file, read on a thread that may wait for the disk, no more than a few ahead.
struct Lines {
    path: PathBuf,
    read: mpsc::Receiver<std::io::Result<String>>,
    sum: Sha256,
    /// The sum of all lines before the one that was read last.
    sum_before: Option<String>,
}

impl Lines {
    fn open(path: &Path) -> Self {
        let (send, read) = mpsc::channel(AT_ONCE);
        let place = path.to_owned();
        tokio::task::spawn_blocking(move || read_lines(&place, &send));
        Self {
            path: path.to_owned(),
            read,
            sum: Sha256::new(),
            sum_before: None,
        }
    }

    fn wrong(&self, why: &str) -> BackupError {
        BackupError::damaged(&self.path, why)
    }

    async fn line(&mut self) -> Result<String, BackupError> {
        let line = match self.read.recv().await {
            None => return Err(self.wrong("it ends too early")),
            Some(Ok(line)) => line,
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(BackupError::File(self.path.clone(), error));
            }
            Some(Err(error)) => return Err(BackupError::damaged(&self.path, error)),
        };
        // Only the last line needs the sum of those before it.
        self.sum_before = line.starts_with("{\"rows\":").then(|| print_sum(&self.sum));
        self.sum.update(line.as_bytes());
        Ok(line)
    }

    async fn next(&mut self) -> Result<Line, BackupError> {
        let line = self.line().await?;
        serde_json::from_str(&line).map_err(|error| BackupError::damaged(&self.path, error))
    }

    async fn header(&mut self) -> Result<Header, BackupError> {
        let line = self.line().await?;
        let header: Header = serde_json::from_str(&line)
            .map_err(|_| self.wrong("it does not begin as a backup does"))?;
        if header.playhouse_backup > FORMAT {
            return Err(BackupError::Newer(header.version));
        }
        Ok(header)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "runs on a thread of its own that may wait"
)]
fn read_lines(path: &Path, send: &mpsc::Sender<std::io::Result<String>>) {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) => return drop(send.blocking_send(Err(error))),
    };
    for line in BufReader::new(GzDecoder::new(BufReader::new(file))).lines() {
        let failed = line.is_err();
        // Nobody takes lines any more: the other side found a fault and has said so.
        if send.blocking_send(line).is_err() || failed {
            return;
        }
    }
}
