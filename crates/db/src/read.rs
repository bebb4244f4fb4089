//! Reading: from the database as it stands, or inside a transaction.

use kit::Value;
use sqlx::SqlSafeStr;

use crate::engine::SqlText;
use crate::error::DbError;
use crate::open::Db;
use crate::row::{FromRow, Row};

/// Something that can be read from: `&Db`, or `&mut Tx` to see one's own changes.
pub trait Read: Send {
    #[doc(hidden)]
    fn fetch(
        &mut self,
        sql: SqlText,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, DbError>> + Send;

    /// All rows. An empty list means that there are none.
    fn all<T: FromRow>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<T>, DbError>> + Send {
        async move {
            self.fetch(sql.into_sql_str(), values)
                .await?
                .iter()
                .map(T::from_row)
                .collect()
        }
    }

    /// The first row. `None` if there is none.
    fn maybe<T: FromRow>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, DbError>> + Send {
        async move {
            self.fetch(sql.into_sql_str(), values)
                .await?
                .first()
                .map(T::from_row)
                .transpose()
        }
    }

    /// The one row that must exist; [`DbError::Missing`] if it does not.
    fn one<T: FromRow>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<T, DbError>> + Send {
        async move { self.maybe(sql, values).await?.ok_or(DbError::Missing) }
    }
}

impl Read for &Db {
    async fn fetch(&mut self, sql: SqlText, values: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.alive()?;
        self.pools.fetch(sql, values).await
    }
}

impl<R: Read> Read for &mut R {
    async fn fetch(&mut self, sql: SqlText, values: Vec<Value>) -> Result<Vec<Row>, DbError> {
        (**self).fetch(sql, values).await
    }
}

impl Db {
    /// All rows. An empty list means that there are none.
    pub async fn all<T: FromRow>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        Read::all(&mut &*self, sql, values).await
    }

    /// The first row. `None` if there is none.
    pub async fn maybe<T: FromRow>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        Read::maybe(&mut &*self, sql, values).await
    }

    /// The one row that must exist; [`DbError::Missing`] if it does not.
    pub async fn one<T: FromRow>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<T, DbError> {
        Read::one(&mut &*self, sql, values).await
    }
}

impl Db {
    /// Prepares a statement without running it: for the test of all SQL.
    pub async fn prepare(&self, sql: &str) -> Result<(), DbError> {
        self.pools.prepare(sql).await
    }
}
