//! Rows of either engine, and types that are read from them.

use kit::stored::{Kind, Stored, Value};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::error::DbError;

/// A row of either engine.
#[derive(Debug)]
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that is read from a row by column names. Written by [`crate::row!`].
pub trait FromRow: Sized + Send {
    fn from_row(row: &Row) -> Result<Self, DbError>;
}

macro_rules! cell {
    ($row:expr, $column:expr, $kind:expr) => {
        match $kind {
            Kind::Text => $row
                .try_get::<Option<String>, _>($column)
                .map(|cell| cell.map(Value::Text)),
            Kind::Int => $row
                .try_get::<Option<i64>, _>($column)
                .map(|cell| cell.map(Value::Int)),
            Kind::Float => $row
                .try_get::<Option<f64>, _>($column)
                .map(|cell| cell.map(Value::Float)),
            Kind::Bool => $row
                .try_get::<Option<bool>, _>($column)
                .map(|cell| cell.map(Value::Bool)),
        }
    };
}

impl Row {
    /// The value in a column, by the column's name.
    pub fn get<T: Stored>(&self, column: &str) -> Result<T, DbError> {
        let cell = match self {
            Self::Sqlite(row) => cell!(row, column, T::KIND),
            Self::Postgres(row) => cell!(row, column, T::KIND),
        }?;
        T::read(cell.unwrap_or(Value::Null(T::KIND)))
            .map_err(|reason| DbError::unreadable(column, reason))
    }

    /// The value at a position, for tables whose columns are known only at run time.
    pub(crate) fn value_at(&self, at: usize, kind: Kind) -> Result<Value, DbError> {
        let cell = match self {
            Self::Sqlite(row) => cell!(row, at, kind),
            Self::Postgres(row) => cell!(row, at, kind),
        }?;
        Ok(cell.unwrap_or(Value::Null(kind)))
    }

    fn first<T: Stored>(&self) -> Result<T, DbError> {
        let cell = match self {
            Self::Sqlite(row) => cell!(row, 0_usize, T::KIND),
            Self::Postgres(row) => cell!(row, 0_usize, T::KIND),
        }?;
        T::read(cell.unwrap_or(Value::Null(T::KIND)))
            .map_err(|reason| DbError::unreadable("1", reason))
    }
}

/// A statement with a single column gives its values themselves, as `(T,)`.
impl<T: Stored + Send> FromRow for (T,) {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        row.first().map(|value| (value,))
    }
}

/// Declares a struct that is read from rows whose columns have its fields' names.
///
/// ```ignore
/// db::row! { pub struct Wallet { pub id: WalletId, pub balance_minor: i64 } }
/// ```
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$inner:meta])* $field_vis:vis $field:ident : $type:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$inner])* $field_vis $field: $type),+ }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row) -> ::std::result::Result<Self, $crate::DbError> {
                ::std::result::Result::Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
        }
    };
}
