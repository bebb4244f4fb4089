//! The two engines, and statements run on either.

use futures::TryFutureExt;
use kit::stored::{Kind, Value};
use sqlx::postgres::{PgArguments, PgConnection, PgPool};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool};
use sqlx::{Executor, Postgres, SqlSafeStr, Sqlite};

use crate::error::DbError;
use crate::flush::Flusher;
use crate::row::Row;

/// Which of the two databases is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// SQL that is safe to run: written by us, or joined from what we wrote.
pub(crate) type SqlText = sqlx::SqlStr;

#[derive(Debug, Clone)]
pub(crate) enum Pools {
    /// One writer, so that nobody waits inside SQLite; readers never wait for it.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// `None`: nothing is brought to the disk on purpose.
        flusher: Option<Flusher>,
    },
    Postgres(PgPool),
}

fn sqlite(
    sql: SqlText,
    values: Vec<Value>,
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    values
        .into_iter()
        .fold(sqlx::query(sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(int) => query.bind(int),
            Value::Float(float) => query.bind(float),
            Value::Bool(bool) => query.bind(bool),
            Value::Null(Kind::Text) => query.bind(None::<String>),
            Value::Null(Kind::Int) => query.bind(None::<i64>),
            Value::Null(Kind::Float) => query.bind(None::<f64>),
            Value::Null(Kind::Bool) => query.bind(None::<bool>),
        })
}

fn postgres(
    sql: SqlText,
    values: Vec<Value>,
) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    values
        .into_iter()
        .fold(sqlx::query(sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(int) => query.bind(int),
            Value::Float(float) => query.bind(float),
            Value::Bool(bool) => query.bind(bool),
            Value::Null(Kind::Text) => query.bind(None::<String>),
            Value::Null(Kind::Int) => query.bind(None::<i64>),
            Value::Null(Kind::Float) => query.bind(None::<f64>),
            Value::Null(Kind::Bool) => query.bind(None::<bool>),
        })
}

impl Pools {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Waits until what was committed is on the disk. PostgreSQL's own commits wait for that.
    pub(crate) async fn flush(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite {
                flusher: Some(flusher),
                ..
            } => flusher.flush().await,
            Self::Sqlite { flusher: None, .. } | Self::Postgres(_) => Ok(()),
        }
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&self, sql: &str) -> Result<(), DbError> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned()).into_sql_str();
        match self {
            Self::Sqlite { writer, .. } => drop(writer.acquire().await?.prepare(sql).await?),
            Self::Postgres(pool) => drop(pool.acquire().await?.prepare(sql).await?),
        }
        Ok(())
    }

    pub(crate) async fn fetch(
        &self,
        sql: SqlText,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        match self {
            Self::Sqlite { readers, .. } => {
                let rows = sqlite(sql, values)
                    .fetch_all(readers)
                    .map_err(DbError::from)
                    .await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(pool) => {
                let rows = postgres(sql, values)
                    .fetch_all(pool)
                    .map_err(DbError::from)
                    .await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }
}

pub(crate) async fn fetch_sqlite(
    on: &mut SqliteConnection,
    sql: SqlText,
    values: Vec<Value>,
) -> Result<Vec<Row>, DbError> {
    let rows = sqlite(sql, values).fetch_all(on).await?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

pub(crate) async fn fetch_postgres(
    on: &mut PgConnection,
    sql: SqlText,
    values: Vec<Value>,
) -> Result<Vec<Row>, DbError> {
    let rows = postgres(sql, values).fetch_all(on).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}

pub(crate) async fn run_sqlite(
    on: &mut SqliteConnection,
    sql: SqlText,
    values: Vec<Value>,
) -> Result<u64, DbError> {
    Ok(sqlite(sql, values).execute(on).await?.rows_affected())
}

pub(crate) async fn run_postgres(
    on: &mut PgConnection,
    sql: SqlText,
    values: Vec<Value>,
) -> Result<u64, DbError> {
    Ok(postgres(sql, values).execute(on).await?.rows_affected())
}
