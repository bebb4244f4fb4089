//! `playhouse key`: a fresh key seals all secrets anew; the old one opens nothing afterwards.

use app::key_file;
use app::lock::Lock;
use clap::Subcommand;
use db::Db;
use kit::Actor;
use serde_json::json;
use settings::{Vault, vault};

use super::say::say_either;
use super::{Failure, Outcome, Shared, place};

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Seal all secrets with a fresh key. Stop the site first
    Rotate,
}

pub async fn run(shared: Shared, command: KeyCommand) -> Outcome {
    let KeyCommand::Rotate = command;
    let config = place::config(&shared)?;
    let _lock = Lock::take(&place::options(&config)?.address)?;
    let db = place::open(&config).await?;
    let path = key_file::path(&config.server.data);
    let text = key_file::read(&path)?
        .ok_or_else(|| Failure::new(format!("there is no key file at {}", path.display())))?;
    let mut keys = Vault::parse(&text)?;
    let id = keys.add_key(db.world());
    // Both keys are in the file while secrets change hands, so that a crash leaves none that cannot be opened.
    key_file::write(&path, &keys)?;
    let resealed = reseal(&db, &keys).await?;
    keys.forget_older();
    key_file::write(&path, &keys)?;
    let line = format!(
        "{resealed} secrets were sealed with the new key {id}. Keep a copy of {} elsewhere; older backups still need the old one.",
        path.display()
    );
    say_either(
        shared.json,
        &line,
        &json!({ "key": id, "resealed": resealed }),
    )
}

async fn reseal(db: &Db, keys: &Vault) -> Result<usize, Failure> {
    let mut tx = db.begin(Actor::console()).await?;
    vault::check(&mut tx, keys).await?;
    let resealed = vault::reseal_all(&mut tx, keys).await?;
    tx.save().await?;
    Ok(resealed)
}
