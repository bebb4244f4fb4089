//! `playhouse restore`: an empty database of either engine is filled from a backup.

use std::path::{Path, PathBuf};

use app::backup::{self, Header};
use app::lock::Lock;
use app::{key_file, migrate};
use clap::Args;
use db::Db;
use serde_json::json;
use settings::Vault;

use super::say::say_either;
use super::{Failure, Outcome, Shared, passphrase, place};

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// A file that `playhouse backup` or a night's job wrote
    file: PathBuf,
}

pub async fn run(shared: Shared, args: RestoreArgs) -> Outcome {
    let config = place::config(&shared)?;
    let data = &config.server.data;
    place::make_folder(data).await?;
    let options = place::options(&config)?;
    let _lock = Lock::take(&options.address)?;
    let db = Db::open(&options, app::world::real()).await?;
    let restored = backup::restore(&db, &args.file).await?;
    migrate::bring_up_to_date(&db, data).await?;
    let hint = keep_key(&restored.header, data, &db).await?;
    let rows: i64 = restored.rows.values().sum();
    let line = format!(
        "{rows} rows of {} were restored. {hint}",
        restored.header.created_at
    );
    let json =
        json!({ "rows": rows, "created_at": restored.header.created_at, "tables": restored.rows });
    say_either(shared.json, &line, &json)
}

/// Puts the backup's key in place, if it has one and none is there; says how the key stands.
async fn keep_key(header: &Header, data: &Path, db: &Db) -> Result<String, Failure> {
    let path = key_file::path(data);
    let needed = settings::vault::needed_key(db).await?.unwrap_or_default();
    if let Some(held) = key_file::read(&path)? {
        let vault = Vault::parse(&held)?;
        return Ok(if vault.has_key(&needed) {
            "The key file fits.".to_owned()
        } else {
            format!(
                "The key file at {} is another installation's; put the one with the key {needed} there before you start.",
                path.display()
            )
        });
    }
    let Some(sealed) = &header.key else {
        return Ok(format!(
            "Put the key file with the key {needed} at {} before you start; the backup does not hold it.",
            path.display()
        ));
    };
    let text = sealed.open(&passphrase::recall()?)?;
    key_file::write(&path, &Vault::parse(text.reveal())?)?;
    Ok("The key file is in place.".to_owned())
}
