//! `playhouse migrate`: brings the database up to date, after a backup.

use db::Db;
use serde_json::json;

use super::say::say_either;
use super::{Outcome, Shared, place};

/// Safe to run twice, and by two processes at once.
pub async fn run(shared: Shared) -> Outcome {
    let config = place::config(&shared)?;
    place::make_folder(&config.server.data).await?;
    let db = Db::open(&place::options(&config)?, app::world::real()).await?;
    let done = app::migrate::bring_up_to_date(&db, &config.server.data).await?;
    let line = match (&done.backup, done.migrations.len()) {
        (_, 0) => "The database is up to date.".to_owned(),
        (None, n) => format!("{n} migrations were applied."),
        (Some(backup), n) => {
            format!(
                "{n} migrations were applied; the backup from before is {}.",
                backup.display()
            )
        }
    };
    say_either(
        shared.json,
        &line,
        &json!({ "applied": done.migrations, "backup": done.backup }),
    )
}
