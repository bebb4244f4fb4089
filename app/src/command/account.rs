//! `playhouse account`: the way in for whoever has the machine, and back in for whoever lost it.

use app::Config;
use clap::{Subcommand, ValueEnum};
use db::{Db, Tx};
use kit::{Actor, Email, Secret, Subject};
use people::account::{Account, NewAccount};
use people::token::{self, Purpose};
use serde_json::json;

use super::say::say_either;
use super::{Failure, Outcome, Shared, place};

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make a sign-in and print a one-time link into it
    Create {
        #[arg(long)]
        email: String,
        #[arg(long, value_enum, default_value_t = Level::Customer)]
        level: Level,
        /// As shown to people; the e-mail address if absent
        #[arg(long)]
        name: Option<String>,
    },
    /// Print a one-time link into a sign-in; earlier links end
    Reset {
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Level {
    Customer,
    Administrator,
}

pub async fn run(shared: Shared, command: AccountCommand) -> Outcome {
    let config = place::config(&shared)?;
    let db = place::open(&config).await?;
    let mut tx = db.begin(Actor::console()).await?;
    let account = match command {
        AccountCommand::Create { email, level, name } => {
            let new = asked_for(&email, level, name)?;
            people::account::create(&mut tx, &new, None).await?
        }
        AccountCommand::Reset { email } => find(&mut tx, &email).await?,
    };
    let secret = way_in(&mut tx, &account).await?;
    tx.save().await?;
    tell(&shared, &config, &db, (&account, &secret)).await
}

fn asked_for(email: &str, level: Level, name: Option<String>) -> Result<NewAccount, Failure> {
    let email = parse_email(email)?;
    let name = name.unwrap_or_else(|| email.as_str().to_owned());
    Ok(match level {
        Level::Administrator => NewAccount::administrator(email, name),
        Level::Customer => NewAccount {
            confirmed: true,
            ..NewAccount::customer(email, name)
        },
    })
}

pub fn parse_email(text: &str) -> Result<Email, Failure> {
    Email::parse(text).map_err(|error| Failure::new(error.text().in_english()))
}

/// The account with this address, which must exist.
pub async fn find(tx: &mut Tx<'_>, email: &str) -> Result<Account, Failure> {
    let parsed = parse_email(email)?;
    people::account::find_by_email(&mut *tx, &parsed).await?.ok_or_else(|| {
        Failure::new(format!(
            "nobody signs in with {email}; make a sign-in with `playhouse account create --email {email}`"
        ))
    })
}

async fn way_in(tx: &mut Tx<'_>, account: &Account) -> Result<Secret, Failure> {
    let subject = Subject::of(&account.id);
    token::revoke(tx, Purpose::SignInLink, &subject).await?;
    Ok(token::issue(tx, Purpose::SignInLink, &subject, None).await?)
}

async fn tell(
    shared: &Shared,
    config: &Config,
    db: &Db,
    (account, secret): (&Account, &Secret),
) -> Outcome {
    let path = format!("/sign-in/link/{}", secret.reveal());
    let link = place::link(config, db, &path).await?;
    let line = format!(
        "{link}\nThis link signs in as {} once, within a day.",
        account.email.as_str()
    );
    say_either(
        shared.json,
        &line,
        &json!({ "account": account.id, "link": link }),
    )
}
