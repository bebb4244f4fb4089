//! Empty databases of both engines, one for each test, gone when it ends.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read their own environment and may block: no server waits for them"
)]

use std::path::PathBuf;

use db::{Address, Db, Engine, Options};
use kit::World;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A database of a test's own. Its file goes when it is dropped; PostgreSQL's go with the throwaway cluster.
#[derive(Debug, Clone)]
pub struct TestDb {
    pub engine: Engine,
    pub address: Address,
    _folder: Option<std::sync::Arc<Folder>>,
}

#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on its going.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A fresh database of each engine that the environment offers.
pub async fn engines() -> Vec<TestDb> {
    let only = std::env::var("PLAYHOUSE_TEST_ENGINE").unwrap_or_default();
    let mut all = Vec::new();
    if only != "postgres" {
        all.push(sqlite());
    }
    if only != "sqlite"
        && let Ok(server) = std::env::var("PLAYHOUSE_TEST_POSTGRES")
    {
        all.push(postgres(&server).await);
    }
    assert!(
        !all.is_empty(),
        "no engine to test on: set PLAYHOUSE_TEST_POSTGRES"
    );
    all
}

impl TestDb {
    /// Another empty database of the same engine.
    pub async fn fresh(&self) -> Self {
        match self.engine {
            Engine::Sqlite => sqlite(),
            Engine::Postgres => {
                let server = std::env::var("PLAYHOUSE_TEST_POSTGRES").expect("it was there before");
                postgres(&server).await
            }
        }
    }
}

/// Opens a test's database with the schema in place.
pub async fn migrated(on: &TestDb, world: World) -> Db {
    let options = Options {
        address: on.address.clone(),
        connections: 4,
        durable: false,
    };
    let db = Db::open(&options, world)
        .await
        .expect("a test's database opens");
    db.migrate().await.expect("the schema is in order");
    db
}

/// Unlike any other, also of an earlier run on the same server: process ids come again.
fn own_name() -> String {
    use std::hash::{BuildHasher, Hasher};
    let lot = std::hash::RandomState::new().build_hasher().finish();
    format!("playhouse_test_{}_{lot:016x}", std::process::id())
}

fn sqlite() -> TestDb {
    let folder = std::env::temp_dir().join(own_name());
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let address = Address::Sqlite(folder.join("playhouse.db"));
    TestDb {
        engine: Engine::Sqlite,
        address,
        _folder: Some(std::sync::Arc::new(Folder(folder))),
    }
}

async fn postgres(server: &str) -> TestDb {
    let name = own_name();
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the test's PostgreSQL answers");
    let create = AssertSqlSafe(format!("create database {name}"));
    connection
        .execute(sqlx::raw_sql(create))
        .await
        .expect("a database can be made");
    let (base, _) = server
        .rsplit_once('/')
        .expect("the server's address ends in a database");
    TestDb {
        engine: Engine::Postgres,
        address: Address::Postgres(format!("{base}/{name}")),
        _folder: None,
    }
}
