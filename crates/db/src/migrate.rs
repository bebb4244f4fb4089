//! Migrations: one folder of SQL for both engines, forward only.
//!
//! `0042_invoices_get_a_currency.sql` serves both; where they differ there is a pair `….sqlite.sql` and
//! `….postgres.sql`. Each runs once, in a transaction of its own. A database that knows a migration which
//! this binary does not was written by a newer one, and is refused.

use rust_embed::RustEmbed;
use sqlx::{AssertSqlSafe, Executor};

use crate::engine::{Engine, Pools};
use crate::error::DbError;
use crate::open::Db;

#[derive(RustEmbed)]
#[folder = "../../migrations"]
#[include = "*.sql"]
struct Files;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(
        "this database was written by a newer Playhouse (it knows {0}); start that version, or restore a backup from before"
    )]
    Newer(String),
    #[error("migration {name} failed: {error}")]
    Failed { name: String, error: sqlx::Error },
    #[error(transparent)]
    Db(#[from] DbError),
}

struct Migration {
    name: String,
    sql: String,
}

const TABLE: &str =
    "create table if not exists migrations (name text primary key, applied_at bigint not null)";

impl Db {
    /// Names of the migrations that this binary knows and this database has not had.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, MigrateError> {
        self.execute_raw(TABLE).await?;
        let applied = self.applied().await?;
        let known = known(self.engine());
        if let Some(foreign) = applied
            .iter()
            .find(|name| known.iter().all(|m| m.name != **name))
        {
            return Err(MigrateError::Newer(foreign.clone()));
        }
        Ok(known
            .into_iter()
            .map(|m| m.name)
            .filter(|name| !applied.contains(name))
            .collect())
    }

    /// Names of the migrations that this database has had. Empty: it is a fresh one.
    pub async fn applied_migrations(&self) -> Result<Vec<String>, DbError> {
        self.execute_raw(TABLE).await?;
        self.applied().await
    }

    /// Brings the schema up to date. Safe to run twice, and by two processes at once.
    pub async fn migrate(&self) -> Result<Vec<String>, MigrateError> {
        let pending = self.pending_migrations().await?;
        self.migrate_by(&pending).await?;
        Ok(pending)
    }

    /// Applies only the migrations of these names: so that a database becomes as old as a backup.
    pub async fn migrate_by(&self, names: &[String]) -> Result<(), MigrateError> {
        let pending = self.pending_migrations().await?;
        for migration in known(self.engine()) {
            if names.contains(&migration.name) && pending.contains(&migration.name) {
                self.apply(&migration)
                    .await
                    .map_err(|error| MigrateError::Failed {
                        name: migration.name.clone(),
                        error,
                    })?;
            }
        }
        Ok(self.pools.flush().await?)
    }

    async fn applied(&self) -> Result<Vec<String>, DbError> {
        let rows: Vec<(String,)> = self
            .all("select name from migrations order by name", vec![])
            .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    async fn apply(&self, migration: &Migration) -> Result<(), sqlx::Error> {
        let mark = format!(
            "insert into migrations (name, applied_at) values ('{}', {});",
            migration.name,
            self.world.now().ms()
        );
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("begin immediate").await?;
                if !is_applied_sqlite(&mut tx, &migration.name).await? {
                    tx.execute(sqlx::raw_sql(AssertSqlSafe(migration.sql.clone())))
                        .await?;
                    tx.execute(sqlx::raw_sql(AssertSqlSafe(mark))).await?;
                }
                tx.commit().await
            }
            Pools::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                // Another process may be at it: whoever comes second waits here and then finds it done.
                tx.execute("lock table migrations in exclusive mode")
                    .await?;
                if !is_applied_postgres(&mut tx, &migration.name).await? {
                    tx.execute(sqlx::raw_sql(AssertSqlSafe(migration.sql.clone())))
                        .await?;
                    tx.execute(sqlx::raw_sql(AssertSqlSafe(mark))).await?;
                }
                tx.commit().await
            }
        }
    }

    async fn execute_raw(&self, sql: &'static str) -> Result<(), DbError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                writer.execute(sql).await?;
            }
            // `if not exists` still races on PostgreSQL; the loser finds the table there and goes on.
            Pools::Postgres(pool) => match pool.execute(sql).await {
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
                Err(error) => return Err(error.into()),
                Ok(_) => {}
            },
        }
        Ok(())
    }
}

const IS_APPLIED: &str = "select count(*) from migrations where name = $1";

async fn is_applied_sqlite(
    on: &mut sqlx::SqliteConnection,
    name: &str,
) -> Result<bool, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(IS_APPLIED)
        .bind(name)
        .fetch_one(on)
        .await?;
    Ok(count > 0)
}

async fn is_applied_postgres(on: &mut sqlx::PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(IS_APPLIED)
        .bind(name)
        .fetch_one(on)
        .await?;
    Ok(count > 0)
}

fn known(engine: Engine) -> Vec<Migration> {
    let (own, foreign) = match engine {
        Engine::Sqlite => (".sqlite.sql", ".postgres.sql"),
        Engine::Postgres => (".postgres.sql", ".sqlite.sql"),
    };
    let mut migrations: Vec<Migration> = Files::iter()
        .filter(|file| !file.ends_with(foreign))
        .filter_map(|file| {
            let content = Files::get(&file)?;
            let sql = String::from_utf8_lossy(&content.data).into_owned();
            let stem = file
                .strip_suffix(own)
                .or_else(|| file.strip_suffix(".sql"))?;
            Some(Migration {
                name: stem.to_owned(),
                sql: for_engine(&sql, engine),
            })
        })
        .collect();
    migrations.sort_by(|a, b| a.name.cmp(&b.name));
    migrations
}

/// On PostgreSQL every text column sorts by bytes, as on SQLite, whatever the database's own collation.
fn for_engine(sql: &str, engine: Engine) -> String {
    if engine == Engine::Sqlite {
        return sql.to_owned();
    }
    sql.lines()
        .map(with_collation)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A column line of our migrations starts with the column's name and then its type.
fn with_collation(line: &str) -> String {
    let trimmed = line.trim_start();
    let words: Vec<&str> = trimmed.splitn(3, ' ').collect();
    let is_column =
        line.starts_with("    ") && words.len() >= 2 && words[1].trim_end_matches(',') == "text";
    let added = trimmed.starts_with("alter table") && trimmed.contains(" add column ");
    if is_column || (added && trimmed.contains(" text")) {
        line.replacen(" text", " text collate \"C\"", 1)
    } else {
        line.to_owned()
    }
}
