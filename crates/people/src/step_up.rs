//! Proving again who sits there, before refunds, keys, roles and the account's own protection.
//!
//! An account with a second factor proves itself by that; others by their password.

use db::Db;
use kit::{Secret, t};
use settings::Vault;

use crate::error::PeopleError;
use crate::password::{self, Lane};
use crate::rate::{self, Rate};
use crate::session::{self, Proof, Visit};
use crate::sign_in::{self, Second, Ways};

/// What the visitor proves it by.
#[derive(Debug, Clone)]
pub enum Evidence<'a> {
    Password(&'a Secret),
    /// A passkey's ceremony was begun by [`crate::ceremony::Webauthn::begin_proving`].
    Second(Second<'a>),
}

/// What the page asks for: the second factor if there is one, else the password.
pub async fn ways_of(db: &Db, visit: &Visit) -> Result<Ways, PeopleError> {
    Ok(sign_in::ways_of(db, &visit.account).await?)
}

/// Accepts the proof: the session is fresh. Returns its new secret for the cookie; the old one is dead.
pub async fn prove(
    db: &Db,
    lane: &Lane,
    vault: &Vault,
    visit: &Visit,
    evidence: &Evidence<'_>,
) -> Result<Secret, PeopleError> {
    if visit.entered_by.is_some() {
        return Err(PeopleError::Forbidden(t!(
            "You are looking at the site as somebody else. Go back to your own sign-in to do this."
        )));
    }
    let account = &visit.account;
    rate::pass(db, &[(Rate::CodeByAccount, account.id.as_str())]).await?;
    if let Evidence::Password(typed) = evidence {
        check_password(db, lane, visit, typed).await?;
    }
    let mut tx = db.begin(visit.actor()).await?;
    let proof = match evidence {
        Evidence::Password(_) => Proof::Password,
        Evidence::Second(second) => sign_in::prove(&mut tx, vault, account, second).await?,
    };
    rate::clear(&mut tx, Rate::CodeByAccount, account.id.as_str()).await?;
    let secret = session::prove(&mut tx, visit, proof).await?;
    tx.save().await?;
    Ok(secret)
}

async fn check_password(
    db: &Db,
    lane: &Lane,
    visit: &Visit,
    typed: &Secret,
) -> Result<(), PeopleError> {
    if sign_in::ways_of(db, &visit.account).await?.any() {
        return Err(PeopleError::NotProven(t!(
            "Your sign-in is protected by a second step. Please use your authenticator or passkey here."
        )));
    }
    let held = password::find(db, &visit.account.id).await?;
    if password::verify(lane, typed, held).await {
        Ok(())
    } else {
        Err(PeopleError::NotProven(t!(
            "This is not your password. Please type it again."
        )))
    }
}
