//! All rows of all tables, at one moment, and back: what backups stand on. Neutral between the engines.

use futures::StreamExt;
use futures::stream::BoxStream;
use kit::Value;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::catalogue::{self, Table};
use crate::engine::{Engine, Pools, SqlText, fetch_postgres, fetch_sqlite};
use crate::error::DbError;
use crate::open::Db;
use crate::read::Read;
use crate::row::Row;
use crate::tx::Tx;

/// The database as it was at one moment. Nobody waits for it, and it waits for nobody.
#[derive(Debug)]
pub struct Snapshot(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    pub async fn snapshot(&self) -> Result<Snapshot, DbError> {
        self.alive()?;
        Ok(Snapshot(match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Inner::Postgres(
                pool.begin_with("begin isolation level repeatable read read only")
                    .await?,
            ),
        }))
    }
}

impl Snapshot {
    /// All tables but that of migrations, each after those that it refers to.
    pub async fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        let engine = match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        };
        catalogue::tables(self, engine).await
    }

    pub async fn migrations(&mut self) -> Result<Vec<String>, DbError> {
        let rows: Vec<(String,)> = self
            .all("select name from migrations order by name", Vec::new())
            .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// The rows of a table, one after the other: no more of them are in memory than the engine's client
    /// reads ahead. Values are in the order of the table's columns.
    pub fn rows<'s>(&'s mut self, table: &'s Table) -> BoxStream<'s, Result<Vec<Value>, DbError>> {
        let sql = table.select();
        match &mut self.0 {
            Inner::Sqlite(tx) => sqlx::query(sql)
                .fetch(&mut **tx)
                .map(|row| table.read(&Row::Sqlite(row?)))
                .boxed(),
            Inner::Postgres(tx) => sqlx::query(sql)
                .fetch(&mut **tx)
                .map(|row| table.read(&Row::Postgres(row?)))
                .boxed(),
        }
    }

    pub async fn count(&mut self, table: &Table) -> Result<i64, DbError> {
        let rows = self.fetch(table.count(), Vec::new()).await?;
        let (count,) = rows
            .first()
            .map(crate::FromRow::from_row)
            .ok_or(DbError::Missing)??;
        Ok(count)
    }
}

impl Read for Snapshot {
    async fn fetch(&mut self, sql: SqlText, values: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match &mut self.0 {
            Inner::Sqlite(tx) => fetch_sqlite(tx, sql, values).await,
            Inner::Postgres(tx) => fetch_postgres(tx, sql, values).await,
        }
    }
}

/// SQLite takes 32,766 placeholders in one statement, PostgreSQL 65,535.
const PLACEHOLDERS: usize = 30_000;

impl Tx<'_> {
    /// All tables but that of migrations, each after those that it refers to.
    pub async fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        let engine = self.engine();
        catalogue::tables(self, engine).await
    }

    /// Empties a table. Those that refer to it go first.
    pub async fn clear(&mut self, table: &Table) -> Result<(), DbError> {
        self.run_text(table.clear(), Vec::new()).await?;
        Ok(())
    }

    /// Adds rows whose values are in the order of the table's columns.
    pub async fn fill(&mut self, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), DbError> {
        let at_once = (PLACEHOLDERS / table.columns().len().max(1)).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<Vec<Value>> = rows.by_ref().take(at_once).collect();
            let sql = table.insert(some.len());
            self.run_text(sql, some.into_iter().flatten().collect())
                .await?;
        }
        Ok(())
    }
}
