//! Sign-ins of the demo's people, and the links that are printed.

use kit::id::AccountId;
use kit::{Actor, Email, Subject};
use people::account::{self, Account, NewAccount};
use people::token::{self, Purpose};

use super::Demo;
use super::cast::{CUSTOMER, MEMBER, Person};
use super::error::DemoError;
use super::print::Links;

const OPERATOR: &str = "robin@lights.example";

/// Whoever runs the demo house.
pub async fn operator(demo: &Demo) -> Result<Account, DemoError> {
    let new = NewAccount::administrator(address(OPERATOR)?, "Robin Aske".to_owned());
    create(demo, &new).await
}

/// A visitor who registers. No password: the demo's people sign in by links.
pub async fn register(demo: &Demo, person: &Person) -> Result<Account, DemoError> {
    let new = NewAccount {
        confirmed: true,
        ..NewAccount::customer(address(person.email)?, person.name.to_owned())
    };
    create(demo, &new).await
}

async fn create(demo: &Demo, new: &NewAccount) -> Result<Account, DemoError> {
    let mut tx = demo.house.db.begin(Actor::visitor()).await?;
    let account = account::create(&mut tx, new, None).await?;
    tx.save().await?;
    Ok(account)
}

/// Fresh one-time links for the operator, a member, and somebody who has not bought yet.
pub async fn links(demo: &Demo) -> Result<Links, DemoError> {
    Ok(Links {
        site: demo.site.clone(),
        operator_link: link(demo, OPERATOR).await?,
        member_link: link(demo, MEMBER).await?,
        customer_link: link(demo, CUSTOMER).await?,
        plex: demo.outside.plex_tv.clone(),
        emby: demo.outside.emby.clone(),
        jellyfin: demo.outside.aurora.clone(),
        stripe: demo.outside.stripe.clone(),
    })
}

async fn link(demo: &Demo, email: &str) -> Result<String, DemoError> {
    let mut tx = demo.house.db.begin(Actor::console()).await?;
    let account = account::find_by_email(&mut tx, &address(email)?).await?;
    let id: AccountId = account
        .ok_or(DemoError::Script("somebody never registered"))?
        .id;
    let secret = token::issue(&mut tx, Purpose::SignInLink, &Subject::of(&id), None).await?;
    tx.save().await?;
    Ok(format!("{}/sign-in/link/{}", demo.site, secret.reveal()))
}

fn address(email: &str) -> Result<Email, DemoError> {
    Email::parse(email).map_err(|_| DemoError::Script("an address is none"))
}
