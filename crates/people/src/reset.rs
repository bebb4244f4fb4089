//! A new password for those who forgot theirs. It never signs in by itself: a second factor stays due.

use db::Db;
use kit::{Actor, Email, Secret};

use crate::account;
use crate::error::PeopleError;
use crate::events::PasswordResetAsked;
use crate::password::{self, Lane};
use crate::password_rule;
use crate::rate::{self, Rate};
use crate::session::Browser;
use crate::token::{self, Purpose};

/// Asks for the letter. The answer is the same whether the address is known or not.
pub async fn ask(db: &Db, email: &str, browser: &Browser) -> Result<(), PeopleError> {
    let email = Email::parse(email).map_err(|error| PeopleError::field("email", error.text()))?;
    let key = email.key();
    let buckets = [
        (Rate::ResetByAddress, browser.address.as_str()),
        (Rate::ResetByAccount, &key),
    ];
    // Counted and told in one save, so that known and unknown addresses take as long.
    let mut tx = db.begin(Actor::visitor()).await?;
    if let Some(wait) = rate::count_all(&mut tx, &buckets).await? {
        tx.save().await?;
        return Err(PeopleError::TooMany(wait));
    }
    let found = account::find_by_email(&mut tx, &email).await?;
    if let Some(account) = found.filter(|account| account.enabled) {
        let event = PasswordResetAsked {
            account: account.id,
            name: account.name,
        };
        chronicle::tell(&mut tx, &event).await?;
    }
    Ok(tx.save().await?)
}

/// Sets the new password by the letter's link, which also proves the address. All sessions end.
pub async fn finish(
    db: &Db,
    lane: &Lane,
    secret: &Secret,
    new: &Secret,
    site: &str,
    browser: &Browser,
) -> Result<(), PeopleError> {
    rate::pass(db, &[(Rate::TokenByAddress, &browser.address)]).await?;
    let now = db.world().now();
    let found = token::find(db, Purpose::ResetPassword, secret, now).await?;
    let id = found
        .and_then(|found| found.subject.as_id())
        .ok_or(PeopleError::Stale)?;
    let account = account::find(db, &id).await?.ok_or(PeopleError::Stale)?;
    let known = [
        site,
        account.email.as_str(),
        &account.username,
        &account.name,
    ];
    password_rule::check(new, &known)
        .map_err(|error| PeopleError::field("password", error.text()))?;
    let hash = password::hash(lane, db.world(), new).await;

    let mut tx = db.begin(Actor::visitor()).await?;
    let used = token::consume(&mut tx, Purpose::ResetPassword, secret).await?;
    used.ok_or(PeopleError::Stale)?;
    account::confirm_email(&mut tx, &account).await?;
    password::set(&mut tx, &account, &hash, None).await?;
    Ok(tx.save().await?)
}
