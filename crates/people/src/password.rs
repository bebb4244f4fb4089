//! Passwords: argon2id, two at a time, never inside a transaction.
//!
//! Hash first with [`hash`], then begin and [`set`]. What a password must be is in [`crate::password_rule`].

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use db::{DbError, Read, Tx, values};
use kit::id::{AccountId, SessionId};
use kit::{Secret, Subject, World, t};
use tokio::sync::Semaphore;

use crate::account::Account;
use crate::error::PeopleError;
use crate::events::PasswordChanged;
use crate::rate::{self, Rate};
use crate::session::Visit;
use crate::token::Purpose;
use crate::{password_rule, session, token};

/// OWASP Password Storage Cheat Sheet (checked 2026-11): argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The way through which all hashing goes: two at a time, so that sign-ins never take all memory.
#[derive(Debug, Clone)]
pub struct Lane(Arc<Semaphore>);

impl Lane {
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _turn = self.0.acquire().await.expect("the lane is never closed");
        tokio::task::spawn_blocking(work)
            .await
            .expect("hashing does not panic, and is not cancelled")
    }
}

impl Default for Lane {
    fn default() -> Self {
        Self::new()
    }
}

/// A password's hash with its parameters and salt (PHC string format).
#[derive(Clone)]
pub struct Hash(String);

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hash(…)")
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("parameters within their bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes with a fresh salt.
pub async fn hash(lane: &Lane, world: &World, password: &Secret) -> Hash {
    let (salt, password) = (world.bytes::<16>(), password.clone());
    lane.run(move || {
        let hash = argon2()
            .hash_password_with_salt(password.reveal().as_bytes(), &salt)
            .expect("a password and a salt within their bounds");
        Hash(hash.to_string())
    })
    .await
}

/// Whether the password is the one that was hashed. `None` (no such account, or no password) takes as long
/// and is never right.
pub async fn verify(lane: &Lane, password: &Secret, hash: Option<Hash>) -> bool {
    let password = password.clone();
    lane.run(move || {
        let password = password.reveal().as_bytes();
        let Some(hash) = hash else {
            // Only the time counts; what comes out is nobody's.
            let _ = argon2().hash_password_into(password, b"nobody has this.", &mut [0; 32]);
            return false;
        };
        argon2().verify_password(password, hash.0.as_str()).is_ok()
    })
    .await
}

const FIND: &str = "select hash from passwords where account_id = $1";

/// `None`: the account has no password; it signs in by link or passkey.
pub async fn find(mut read: impl Read, account: &AccountId) -> Result<Option<Hash>, DbError> {
    let row: Option<(String,)> = read.maybe(FIND, values![account]).await?;
    Ok(row.map(|row| Hash(row.0)))
}

const PUT: &str = "
    insert into passwords (account_id, hash, changed_at) values ($1, $2, $3)
    on conflict (account_id) do update set hash = excluded.hash, changed_at = excluded.changed_at";

/// Keeps the hash and tells nobody: for new accounts.
pub(crate) async fn keep(tx: &mut Tx<'_>, account: &AccountId, hash: &Hash) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(PUT, values![account, hash.0, now]).await?;
    Ok(())
}

/// Sets a password. All other sessions end, and so do links that could set or bypass it.
pub async fn set(
    tx: &mut Tx<'_>,
    account: &Account,
    hash: &Hash,
    except: Option<&SessionId>,
) -> Result<(), PeopleError> {
    keep(tx, &account.id, hash).await?;
    session::end_others(tx, &account.id, except).await?;
    let subject = Subject::of(&account.id);
    for purpose in [
        Purpose::ResetPassword,
        Purpose::SignInLink,
        Purpose::SecondStep,
    ] {
        token::revoke(tx, purpose, &subject).await?;
    }
    let event = PasswordChanged {
        account: account.id.clone(),
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// What the owner types to change the password.
#[derive(Debug, Clone)]
pub struct PasswordForm {
    /// The one in use; not asked of an account that has none.
    pub current: Secret,
    pub new: Secret,
}

/// Changes the visitor's own password. Their other sessions end.
pub async fn change(
    db: &db::Db,
    lane: &Lane,
    visit: &Visit,
    form: &PasswordForm,
    site: &str,
) -> Result<(), PeopleError> {
    let account = &visit.account;
    rate::pass(db, &[(Rate::CodeByAccount, account.id.as_str())]).await?;
    let held = find(db, &account.id).await?;
    if held.is_some() && !verify(lane, &form.current, held).await {
        return Err(PeopleError::field(
            "current",
            t!("This is not your present password. Please type it again."),
        ));
    }
    let known = [
        site,
        account.email.as_str(),
        &account.username,
        &account.name,
    ];
    password_rule::check(&form.new, &known)
        .map_err(|error| PeopleError::field("new", error.text()))?;
    let hash = hash(lane, db.world(), &form.new).await;
    let mut tx = db.begin(visit.actor()).await?;
    set(&mut tx, account, &hash, Some(&visit.session)).await?;
    Ok(tx.save().await?)
}
