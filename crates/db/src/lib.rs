//! The only crate that names the database library: two engines behind one type.
//!
//! Functions that only read take `impl Read` (a `&Db` or a `&mut Tx`); functions that write take `&mut Tx`,
//! which [`Db::begin`] opens with an actor and [`Tx::save`] keeps. Dropped unsaved, it rolls back.
//! One SQL text serves both engines; the portable subset is described in `migrations/README.md`.
//!
//! To add a table, add a migration to `migrations/` and name the table in its capability's `TABLES`.

mod bell;
mod catalogue;
mod dump;
mod engine;
mod error;
mod flush;
mod kept;
mod listing;
mod migrate;
mod open;
mod read;
mod row;
mod tx;

pub use catalogue::{Column, Table};
pub use dump::Snapshot;
pub use engine::Engine;
pub use error::DbError;
pub use listing::{Clause, Listing, ListingAsk};
pub use migrate::MigrateError;
pub use open::{Address, Db, OpenError, Options};
pub use read::Read;
pub use row::{FromRow, Row};
pub use tx::{IsContention, Tx};

#[doc(hidden)]
pub use kit::stored::{Bind, Stored, Value};

/// Values for a statement, in the order of its placeholders: `values![id, amount]`.
#[macro_export]
macro_rules! values {
    () => { ::std::vec::Vec::<$crate::Value>::new() };
    ($($value:expr),+ $(,)?) => {{
        use $crate::Bind as _;
        ::std::vec![$(($value).bind_value()),+] as ::std::vec::Vec<$crate::Value>
    }};
}
