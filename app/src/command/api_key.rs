//! `playhouse api-key`: keys for programs, shown once.

use clap::Subcommand;
use db::Tx;
use kit::Actor;
use people::account::Account;
use people::role::{self, Permission, Permissions};
use people::standing::Standing;
use serde_json::json;

use super::say::say_either;
use super::{Failure, Outcome, Shared, account, place};

#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Make a key and print it, this once
    Create {
        /// E-mail address of the sign-in that the key acts for
        #[arg(long, value_name = "EMAIL")]
        account: String,
        /// What it is for, as shown in lists
        #[arg(long)]
        name: String,
        /// What it may do, e.g. members.see; may be repeated. All that the sign-in may do if absent
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Permission>,
    },
}

fn scope(word: &str) -> Result<Permission, String> {
    Permission::parse(word).ok_or_else(|| {
        let known: Vec<&str> = Permission::ALL.iter().map(|known| known.word()).collect();
        format!("the scopes are {}", known.join(", "))
    })
}

pub async fn run(shared: Shared, command: ApiKeyCommand) -> Outcome {
    let ApiKeyCommand::Create {
        account: email,
        name,
        scopes,
    } = command;
    let config = place::config(&shared)?;
    let db = place::open(&config).await?;
    let mut tx = db.begin(Actor::console()).await?;
    let account = account::find(&mut tx, &email).await?;
    open_api(&mut tx, &account).await?;
    let own = permissions(&mut tx, &account).await?;
    let scopes = if scopes.is_empty() {
        own.clone()
    } else {
        scopes.into_iter().collect()
    };
    let (id, key) = people::api_key::create(&mut tx, &account, &own, &name, &scopes).await?;
    tx.save().await?;
    let line = format!("{}\nThis key is not shown again.", key.reveal());
    say_either(
        shared.json,
        &line,
        &json!({ "id": id, "key": key.reveal() }),
    )
}

/// Who makes a key at the machine wants it to work: API access is switched on for its sign-in.
async fn open_api(tx: &mut Tx<'_>, account: &Account) -> Outcome {
    if account.api_access {
        return Ok(());
    }
    let standing = Standing {
        level: account.level,
        role_id: account.role_id.clone(),
        enabled: account.enabled,
        api_access: true,
    };
    Ok(people::standing::change(tx, account, &standing).await?)
}

async fn permissions(tx: &mut Tx<'_>, account: &Account) -> Result<Permissions, Failure> {
    let role = role::find(&mut *tx, &account.role_id).await?;
    let granted = role.map(|role| role.grants()).unwrap_or_default();
    Ok(Permissions::of(account.level, &account.role_id, &granted))
}
