//! For tests only: a world whose clock moves by hand, whose lots repeat and whose plug can be pulled, and
//! empty databases of both engines.
//!
//! PostgreSQL is used if `PLAYHOUSE_TEST_POSTGRES` names a server (`postgres://app@127.0.0.1:5432/postgres`);
//! `PLAYHOUSE_TEST_ENGINE` narrows to `sqlite` or `postgres`.

mod database;
mod world;

pub use database::{TestDb, engines, migrated};
pub use world::{TestWorld, testworld};
