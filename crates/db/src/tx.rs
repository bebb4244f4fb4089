//! Transactions: the only way to write.

use kit::id::Id;
use kit::{Actor, Timestamp, Value, World};
use sqlx::{Postgres, SqlSafeStr, Sqlite, Transaction};

use crate::engine::{
    Engine, Pools, SqlText, fetch_postgres, fetch_sqlite, run_postgres, run_sqlite,
};
use crate::error::DbError;
use crate::open::Db;
use crate::read::Read;
use crate::row::Row;

/// An open transaction. It knows who acts, and its own moment, which is the same from begin to save.
///
/// Dropped without [`Tx::save`], it rolls back. A function takes a `Tx` or a driver, never both: no call to
/// the outside happens inside.
#[derive(Debug)]
pub struct Tx<'db> {
    db: &'db Db,
    inner: Inner,
    actor: Actor,
    now: Timestamp,
    wakes: Vec<&'static str>,
    /// Whether a row may have been changed: nobody is woken for what was only looked at.
    changed: bool,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens a transaction that writes. On SQLite it waits for its turn.
    pub async fn begin(&self, actor: Actor) -> Result<Tx<'_>, DbError> {
        self.alive()?;
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Inner::Sqlite(writer.begin_with("begin immediate").await?)
            }
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx {
            db: self,
            inner,
            actor,
            now: self.world.now(),
            wakes: Vec::new(),
            changed: false,
        })
    }

    /// Does the work up to three times while others are in the way.
    ///
    /// The closure opens, uses and saves its own transaction and makes no call to the outside.
    pub async fn attempt<T, E, F>(&self, mut work: impl FnMut() -> F) -> Result<T, E>
    where
        E: From<DbError> + IsContention,
        F: Future<Output = Result<T, E>>,
    {
        for _ in 0..2 {
            match work().await {
                Err(error) if error.is_contention() => {}
                settled => return settled,
            }
        }
        work().await
    }
}

/// Whether an error means that the same work may succeed when begun anew.
pub trait IsContention {
    fn is_contention(&self) -> bool;
}

impl IsContention for DbError {
    fn is_contention(&self) -> bool {
        matches!(self, Self::TryAgain)
    }
}

impl Tx<'_> {
    /// Runs a statement; says how many rows it changed.
    pub async fn run(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, DbError> {
        self.run_text(sql.into_sql_str(), values).await
    }

    pub(crate) async fn run_text(
        &mut self,
        sql: SqlText,
        values: Vec<Value>,
    ) -> Result<u64, DbError> {
        let rows = match &mut self.inner {
            Inner::Sqlite(tx) => run_sqlite(tx, sql, values).await,
            Inner::Postgres(tx) => run_postgres(tx, sql, values).await,
        }?;
        self.changed |= rows > 0;
        Ok(rows)
    }

    /// When this is saved, those who wait for this topic look for work.
    pub fn wake(&mut self, topic: &'static str) {
        if !self.wakes.contains(&topic) {
            self.wakes.push(topic);
        }
    }

    /// Keeps what was done, and wakes those who wait for work. A step: tests stop before and after it.
    ///
    /// Once it returns, a power cut does not take it back.
    pub async fn save(self) -> Result<(), DbError> {
        let db = self.db;
        self.commit().await?;
        db.pools.flush().await?;
        Ok(db.world.steps.pass("save: after")?)
    }

    /// Like [`Tx::save`], without waiting for the disk: for what would only be done once more if a power cut
    /// took it back. A crash of the process alone takes nothing back.
    pub async fn save_unhurried(self) -> Result<(), DbError> {
        let db = self.db;
        self.commit().await?;
        Ok(db.world.steps.pass("save: after")?)
    }

    async fn commit(self) -> Result<(), DbError> {
        self.db.world.steps.pass("save: before")?;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        if !self.changed {
            return Ok(());
        }
        self.db
            .generation
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.db.saved.notify_waiters();
        self.db.bells.ring(&self.wakes);
        Ok(())
    }

    pub(crate) fn engine(&self) -> Engine {
        self.db.engine()
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The moment of this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn world(&self) -> &World {
        &self.db.world
    }

    /// A new id.
    pub fn id<T: Id>(&self) -> T {
        self.db.world.id()
    }
}

impl Read for Tx<'_> {
    async fn fetch(&mut self, sql: SqlText, values: Vec<Value>) -> Result<Vec<Row>, DbError> {
        // What is not a plain question (`update … returning`) may change rows.
        self.changed |= !sql.as_str().trim_ascii_start().starts_with("select");
        match &mut self.inner {
            Inner::Sqlite(tx) => fetch_sqlite(tx, sql, values).await,
            Inner::Postgres(tx) => fetch_postgres(tx, sql, values).await,
        }
    }
}
