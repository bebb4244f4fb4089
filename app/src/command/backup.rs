//! `playhouse backup`: everything in one file, while the house runs.

use std::path::{Path, PathBuf};

use app::Config;
use app::backup::{self, PassphraseKey};
use app::key_file;
use clap::Args;
use db::Db;
use serde_json::json;

use super::say::say_either;
use super::{Failure, Outcome, Shared, passphrase, place};

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not be there yet
    file: PathBuf,
    /// Put the key that opens the secrets in too, sealed with a passphrase that is asked for
    #[arg(long)]
    with_key: bool,
}

pub async fn run(shared: Shared, args: BackupArgs) -> Outcome {
    let config = place::config(&shared)?;
    refuse_taken(&args.file)?;
    let db = open_as_it_is(&config).await?;
    let key = if args.with_key {
        Some(sealed_key(&config, &db)?)
    } else {
        None
    };
    let made = backup::write(&db, &args.file, key).await?;
    let hint = if args.with_key {
        ""
    } else {
        " The key file is not in it; keep a copy of that elsewhere."
    };
    let line = format!(
        "{} rows were written to {} ({} bytes).{hint}",
        made.rows,
        made.path.display(),
        made.bytes
    );
    let json = json!({ "file": made.path, "rows": made.rows, "bytes": made.bytes, "with_key": args.with_key });
    say_either(shared.json, &line, &json)
}

fn refuse_taken(file: &Path) -> Outcome {
    if file.exists() {
        return Err(Failure::new(format!(
            "{} is there already; name another file",
            file.display()
        )));
    }
    Ok(())
}

/// Even a database that waits for migrations is backed up; one that is not there is not made.
async fn open_as_it_is(config: &Config) -> Result<Db, Failure> {
    let options = place::options(config)?;
    if let db::Address::Sqlite(path) = &options.address
        && !path.exists()
    {
        return Err(Failure::new(format!(
            "there is no database at {}; name the data folder with --data",
            path.display()
        )));
    }
    Ok(Db::open(&options, app::world::real()).await?)
}

fn sealed_key(config: &Config, db: &Db) -> Result<PassphraseKey, Failure> {
    let path = key_file::path(&config.server.data);
    let text = key_file::read(&path)?.ok_or_else(|| {
        Failure::new(format!(
            "there is no key file at {}; name the data folder with --data",
            path.display()
        ))
    })?;
    let passphrase = passphrase::choose()?;
    Ok(PassphraseKey::seal(
        db.world(),
        &passphrase,
        &kit::Secret::new(text),
    ))
}
