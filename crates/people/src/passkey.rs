//! Passkeys (WebAuthn): as second step and, where the device keeps them, as sign-in without a password.
//!
//! How one is added and used is in [`crate::ceremony`]; here they are kept, listed, named and removed.

use db::{DbError, Read, Tx, values};
use kit::id::{AccountId, PasskeyId, SessionId};
use kit::{Json, Timestamp, field, t};
use webauthn_rs::prelude::{AuthenticationResult, CredentialID};

use crate::account::Account;
use crate::error::PeopleError;
use crate::events::{PasskeyAdded, PasskeyRemoved};
use crate::session;

/// Nobody needs more, and each is named in every request of the second step.
const MOST: usize = 20;

db::row! {
    #[derive(Debug, Clone)]
    pub struct Passkey {
        pub id: PasskeyId,
        pub account_id: AccountId,
        /// The owner's own words: "Phone", "Key on the key ring".
        pub name: String,
        pub created_at: Timestamp,
        pub used_at: Option<Timestamp>,
        pub(crate) kept: Json<webauthn_rs::prelude::Passkey>,
    }
}

const LIST: &str = "
    select id, account_id, name, created_at, used_at, passkey as kept
      from passkeys where account_id = $1 order by created_at, id limit 100";

/// The account's passkeys, oldest first.
pub async fn list_of(mut read: impl Read, account: &AccountId) -> Result<Vec<Passkey>, DbError> {
    read.all(LIST, values![account]).await
}

const FIND: &str = "
    select id, account_id, name, created_at, used_at, passkey as kept
      from passkeys where credential_id = $1";

/// By the id that the device gave it.
pub(crate) async fn find_by_credential(
    mut read: impl Read,
    credential: &CredentialID,
) -> Result<Option<Passkey>, DbError> {
    read.maybe(FIND, values![credential_key(credential)]).await
}

fn credential_key(credential: &CredentialID) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(credential.as_slice())
}

const INSERT: &str = "
    insert into passkeys (id, account_id, credential_id, name, passkey, created_at, used_at)
    values ($1, $2, $3, $4, $5, $6, null)
    on conflict (credential_id) do nothing";

/// Keeps what a ceremony brought. All other sessions end.
pub(crate) async fn add(
    tx: &mut Tx<'_>,
    account: &Account,
    name: &str,
    passkey: webauthn_rs::prelude::Passkey,
    keep: Option<&SessionId>,
) -> Result<PasskeyId, PeopleError> {
    let name = parse_name(name)?;
    if list_of(&mut *tx, &account.id).await?.len() >= MOST {
        return Err(PeopleError::Forbidden(t!(
            "You have as many passkeys as there can be. Remove one that you no longer use first."
        )));
    }
    let (id, now): (PasskeyId, _) = (tx.id(), tx.now());
    let credential = credential_key(passkey.cred_id());
    let row = values![id, account.id, credential, name, Json(passkey), now];
    if tx.run(INSERT, row).await? == 0 {
        return Err(PeopleError::Forbidden(t!(
            "This passkey is known already. Use another device, or sign in with it."
        )));
    }
    session::end_others(tx, &account.id, keep).await?;
    let event = PasskeyAdded {
        account: account.id.clone(),
        passkey: id.clone(),
        name: account.name.clone(),
        label: name,
    };
    chronicle::tell(tx, &event).await?;
    Ok(id)
}

fn parse_name(name: &str) -> Result<String, PeopleError> {
    field::required(name, 60).map_err(|error| PeopleError::field("name", error.text()))
}

const USED: &str = "update passkeys set passkey = $2, used_at = $3 where id = $1";

/// Notes a use, and what the device's counter says now.
pub(crate) async fn used(
    tx: &mut Tx<'_>,
    mut passkey: Passkey,
    result: &AuthenticationResult,
) -> Result<(), DbError> {
    passkey.kept.0.update_credential(result);
    let now = tx.now();
    tx.run(USED, values![passkey.id, passkey.kept, now]).await?;
    Ok(())
}

const RENAME: &str = "update passkeys set name = $3 where id = $1 and account_id = $2";

pub async fn rename(
    tx: &mut Tx<'_>,
    account: &AccountId,
    id: &PasskeyId,
    name: &str,
) -> Result<(), PeopleError> {
    let name = parse_name(name)?;
    if tx.run(RENAME, values![id, account, name]).await? == 0 {
        return Err(PeopleError::NotFound);
    }
    Ok(())
}

const REMOVE: &str = "
    delete from passkeys where id = $1 and account_id = $2
 returning id, account_id, name, created_at, used_at, passkey as kept";

/// Removes one of the account's passkeys. All other sessions end. Safe to repeat.
pub async fn remove(
    tx: &mut Tx<'_>,
    account: &Account,
    id: &PasskeyId,
    keep: Option<&SessionId>,
) -> Result<(), PeopleError> {
    let removed: Option<Passkey> = tx.maybe(REMOVE, values![id, account.id]).await?;
    if let Some(passkey) = removed {
        session::end_others(tx, &account.id, keep).await?;
        let event = PasskeyRemoved {
            account: account.id.clone(),
            passkey: passkey.id,
            name: account.name.clone(),
            label: passkey.name,
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}
