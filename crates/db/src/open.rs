//! Opening a database of either engine.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kit::World;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Notify;

use crate::bell::Bells;
use crate::engine::{Engine, Pools};
use crate::error::DbError;
use crate::flush::Flusher;
use crate::kept::Shelf;

/// Where a database is, as `--database` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Address {
    /// Reads `sqlite://PATH` or `postgres://…`. `None` if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return (!path.is_empty()).then(|| Self::Sqlite(PathBuf::from(path)));
        }
        let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        is_postgres.then(|| Self::Postgres(text.to_owned()))
    }
}

/// How to open.
#[derive(Debug, Clone)]
pub struct Options {
    pub address: Address,
    /// Connections to PostgreSQL, or readers of SQLite.
    pub connections: u32,
    /// Off only in tests: an acknowledged webhook must survive a power cut.
    pub durable: bool,
}

impl Options {
    pub fn new(address: Address) -> Self {
        // On PostgreSQL those who write need one each, too: most hands of the jobs, and pages beside them.
        let connections = match address {
            Address::Sqlite(_) => 8,
            Address::Postgres(_) => 16,
        };
        Self {
            address,
            connections,
            durable: true,
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database address cannot be read: {0}")]
    Address(String),
    #[error("the database cannot be opened: {0}")]
    Connect(sqlx::Error),
}

/// A database of either engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pub(crate) pools: Pools,
    pub(crate) world: World,
    pub(crate) saved: Arc<Notify>,
    pub(crate) bells: Bells,
    /// Counts this process's saves.
    pub(crate) generation: Arc<AtomicU64>,
    pub(crate) shelf: Shelf,
}

impl Db {
    pub async fn open(options: &Options, world: World) -> Result<Self, OpenError> {
        let pools = match &options.address {
            Address::Sqlite(path) => open_sqlite(path, options).await?,
            Address::Postgres(url) => open_postgres(url, options).await?,
        };
        Ok(Self {
            pools,
            world,
            saved: Arc::default(),
            bells: Bells::default(),
            generation: Arc::default(),
            shelf: Shelf::default(),
        })
    }

    pub fn engine(&self) -> Engine {
        self.pools.engine()
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// Completes at the next save of this process, whatever it was about.
    pub fn next_save(&self) -> tokio::sync::futures::Notified<'_> {
        self.saved.notified()
    }

    /// Rings at each save of this process that was to [wake](crate::Tx::wake) these. Listen before looking for
    /// work.
    pub fn bell(&self, topic: &'static str) -> Arc<Notify> {
        self.bells.of(topic)
    }

    /// How often this process has saved: what was read at the same count is still what it wrote.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// How far the database's clock is ahead of this process's, in milliseconds. An embedded database has no
    /// clock of its own: `None`.
    pub async fn clock_ahead_ms(&self) -> Result<Option<i64>, DbError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let before = self.world.now().ms();
        let theirs = self.one::<(i64,)>(CLOCK, Vec::new()).await?.0;
        let ours = i64::midpoint(before, self.world.now().ms());
        Ok(Some(theirs - ours))
    }

    /// Closes all connections; transactions under way end first.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite {
                writer, readers, ..
            } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Refuses work once a test has stopped the process.
    pub(crate) fn alive(&self) -> Result<(), DbError> {
        Ok(self.world.steps.pass("")?)
    }
}

const CLOCK: &str = "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";

/// In KiB, hence negative. Pages that a connection does not hold are in the kernel's cache, a copy away; so the
/// eight readers, which come and go, hold little.
const WRITER_CACHE: &str = "-8192";
const READER_CACHE: &str = "-1024";

async fn open_sqlite(path: &std::path::Path, options: &Options) -> Result<Pools, OpenError> {
    // Not `Full`: SQLite would flush inside each commit, one after the other. The flusher does it for many.
    let synchronous = if options.durable {
        SqliteSynchronous::Normal
    } else {
        SqliteSynchronous::Off
    };
    let base = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // First of all: switching to WAL is itself a write, and without a timeout a second process that
        // starts at the same moment fails instead of waiting.
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        // Four times SQLite's own: at a checkpoint the one writer waits for the disk twice.
        .pragma("wal_autocheckpoint", "4000")
        .statement_cache_capacity(256);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect_with(base.clone().pragma("cache_size", WRITER_CACHE))
        .await
        .map_err(OpenError::Connect)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect_with(base.read_only(true).pragma("cache_size", READER_CACHE))
        .await
        .map_err(OpenError::Connect)?;
    Ok(Pools::Sqlite {
        writer,
        readers,
        flusher: options.durable.then(|| Flusher::of(path)),
    })
}

async fn open_postgres(url: &str, options: &Options) -> Result<Pools, OpenError> {
    let connect = PgConnectOptions::from_str(url)
        .map_err(|error| OpenError::Address(error.to_string()))?
        .application_name("playhouse")
        .statement_cache_capacity(256);
    let connect = if options.durable {
        connect
    } else {
        connect.options([("synchronous_commit", "off")])
    };
    let pool = PgPoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect_with(connect)
        .await
        .map_err(OpenError::Connect)?;
    Ok(Pools::Postgres(pool))
}
