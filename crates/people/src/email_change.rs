//! Changing the address: the new one counts once its own letter was followed.

use db::{Db, Tx};
use kit::{Actor, Email, Secret, Subject};

use crate::account::{self, Account};
use crate::error::PeopleError;
use crate::events::EmailChangeAsked;
use crate::rate::{self, Rate};
use crate::session::Browser;
use crate::token::{self, Purpose};

/// Asks for the letter to the new address. Whether somebody else has that address shows only to whoever
/// reads its mail. The page asks for a fresh proof first.
pub async fn ask(tx: &mut Tx<'_>, account: &Account, email: &str) -> Result<(), PeopleError> {
    let email = Email::parse(email).map_err(|error| PeopleError::field("email", error.text()))?;
    let event = EmailChangeAsked {
        account: account.id.clone(),
        name: account.name.clone(),
        email,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// Makes the link for the letter; earlier ones end.
pub async fn issue(
    tx: &mut Tx<'_>,
    account: &Account,
    email: &Email,
) -> Result<Secret, PeopleError> {
    let subject = Subject::of(&account.id);
    token::revoke(tx, Purpose::ChangeEmail, &subject).await?;
    Ok(token::issue(tx, Purpose::ChangeEmail, &subject, Some(email.as_str())).await?)
}

/// Uses up the link: the new address is the account's.
pub async fn finish(db: &Db, secret: &Secret, browser: &Browser) -> Result<(), PeopleError> {
    rate::pass(db, &[(Rate::TokenByAddress, &browser.address)]).await?;
    let mut tx = db.begin(Actor::visitor()).await?;
    let used = token::consume(&mut tx, Purpose::ChangeEmail, secret).await?;
    let used = used.ok_or(PeopleError::Stale)?;
    let id = used.subject.as_id().ok_or(PeopleError::Stale)?;
    let account = account::find(&mut tx, &id)
        .await?
        .ok_or(PeopleError::Stale)?;
    let email = used.detail.as_deref().map(Email::parse);
    let Some(Ok(email)) = email else {
        return Err(PeopleError::Stale);
    };
    account::set_email(&mut tx, &account, &email).await?;
    Ok(tx.save().await?)
}
