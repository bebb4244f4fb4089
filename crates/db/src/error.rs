//! What can go wrong with the database, told apart as far as callers act on it.

use kit::Dead;
use kit::stored::Unreadable;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Somebody else was faster; the same work may succeed when begun anew.
    #[error("somebody else was changing the same rows; try again")]
    TryAgain,
    /// A row with this unique key exists already; holds the name of the key or its columns.
    #[error("this exists already: {0}")]
    Duplicate(String),
    /// Exactly one row was expected and there is none.
    #[error("a row that must exist is not there")]
    Missing,
    /// A column holds what this version cannot read.
    #[error("column {column}: {reason}")]
    Unreadable { column: String, reason: String },
    /// A test stopped the process at a step.
    #[error("the process has stopped")]
    Dead,
    #[error("database: {0}")]
    Broken(sqlx::Error),
}

impl DbError {
    pub(crate) fn unreadable(column: &str, reason: Unreadable) -> Self {
        Self::Unreadable {
            column: column.to_owned(),
            reason: reason.0,
        }
    }
}

impl From<Dead> for DbError {
    fn from(Dead: Dead) -> Self {
        Self::Dead
    }
}

/// `SQLSTATE` classes of serialisation failure and deadlock (PostgreSQL 15, appendix A), and SQLite's
/// result codes for a busy or locked database (sqlite.org, "Result and Error Codes").
const TRY_AGAIN: &[&str] = &["40001", "40P01", "55P03", "5", "6", "261", "517"];

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                let key = inner
                    .constraint()
                    .map_or_else(|| inner.message().to_owned(), str::to_owned);
                Self::Duplicate(key)
            }
            sqlx::Error::Database(inner)
                if inner
                    .code()
                    .is_some_and(|code| TRY_AGAIN.contains(&code.as_ref())) =>
            {
                Self::TryAgain
            }
            sqlx::Error::RowNotFound => Self::Missing,
            sqlx::Error::PoolTimedOut => Self::TryAgain,
            _ => Self::Broken(error),
        }
    }
}
