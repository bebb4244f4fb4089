//! The ceremonies of WebAuthn: adding a passkey, proving one, and signing in with one alone.
//!
//! Each is two requests. What the first must remember for the second lies in `ceremonies` for five minutes,
//! under a secret that the page carries, and is used once.

use db::{DbError, Read as _, Tx, values};
use kit::id::{AccountId, PasskeyId, SessionId};
use kit::stored::stored_words;
use kit::{Secret, Span, t};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, WebauthnBuilder, WebauthnError,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::account::{self, Account};
use crate::digest;
use crate::error::PeopleError;
use crate::passkey::{self, Passkey};

const LASTS: Span = Span::minutes(5);

stored_words! {
    /// Which of the ceremonies it is.
    pub enum CeremonyKind {
        Add = "add",
        Prove = "prove",
        SignIn = "sign_in",
    }
}

/// The first half of a ceremony, for the page.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// Comes back with the browser's answer.
    pub secret: Secret,
    /// JSON for `navigator.credentials.create` or `.get`; binary values are base64url.
    pub options: String,
}

/// The site as passkeys know it: they are bound to its domain for ever.
#[derive(Debug, Clone)]
pub struct Webauthn(webauthn_rs::Webauthn);

impl Webauthn {
    /// `None`: the site's address is a bare IP address, for which browsers make no passkeys.
    pub fn new(public_url: &Url, site: &str) -> Option<Self> {
        let builder = WebauthnBuilder::new(public_url.domain()?, public_url).ok()?;
        builder.rp_name(site).build().ok().map(Self)
    }

    /// Begins adding a passkey to an account.
    pub async fn begin_adding(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
    ) -> Result<Ceremony, PeopleError> {
        let known = passkey::list_of(&mut *tx, &account.id).await?;
        let known: Vec<CredentialID> = known
            .iter()
            .map(|held| held.kept.0.cred_id().clone())
            .collect();
        let (mut options, state) = self
            .0
            .start_passkey_registration(
                handle(&account.id),
                account.email.as_str(),
                &account.name,
                Some(known),
            )
            .map_err(|error| not_proven(&error))?;
        // The library discourages keys that the device lists by itself, to spare the room of small ones;
        // signing in without a user name needs them, so they are asked for where there is room.
        if let Some(wish) = &mut options.public_key.authenticator_selection {
            wish.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        keep(tx, CeremonyKind::Add, Some(&account.id), &state, &options).await
    }

    /// Adds the passkey that the browser made. All sessions but `current` end.
    pub async fn finish_adding(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        secret: &Secret,
        answer: &str,
        name: &str,
        current: Option<&SessionId>,
    ) -> Result<PasskeyId, PeopleError> {
        let (state, owner): (PasskeyRegistration, _) = take(tx, CeremonyKind::Add, secret).await?;
        if owner.as_ref() != Some(&account.id) {
            return Err(PeopleError::Stale);
        }
        let answer: RegisterPublicKeyCredential = read_answer(answer)?;
        let made = self
            .0
            .finish_passkey_registration(&answer, &state)
            .map_err(|error| not_proven(&error))?;
        passkey::add(tx, account, name, made, current).await
    }

    /// Begins proving one of an account's passkeys, as second step or before something grave. `None`: it
    /// has none.
    pub async fn begin_proving(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountId,
    ) -> Result<Option<Ceremony>, PeopleError> {
        let held = passkey::list_of(&mut *tx, account).await?;
        if held.is_empty() {
            return Ok(None);
        }
        let keys: Vec<_> = held.into_iter().map(|held| held.kept.0).collect();
        let (options, state) = self
            .0
            .start_passkey_authentication(&keys)
            .map_err(|error| not_proven(&error))?;
        let ceremony = keep(tx, CeremonyKind::Prove, Some(account), &state, &options).await?;
        Ok(Some(ceremony))
    }

    /// Accepts the proof, or says why not.
    pub async fn finish_proving(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountId,
        secret: &Secret,
        answer: &str,
    ) -> Result<(), PeopleError> {
        let (state, owner): (PasskeyAuthentication, _) =
            take(tx, CeremonyKind::Prove, secret).await?;
        let answer: PublicKeyCredential = read_answer(answer)?;
        let held = find_used(tx, &answer).await?;
        if owner.as_ref() != Some(account) || held.account_id != *account {
            return Err(PeopleError::Stale);
        }
        let result = self
            .0
            .finish_passkey_authentication(&answer, &state)
            .map_err(|error| not_proven(&error))?;
        Ok(passkey::used(tx, held, &result).await?)
    }

    /// Begins a sign-in by a passkey alone: the device says whose it is.
    pub async fn begin_signing_in(&self, tx: &mut Tx<'_>) -> Result<Ceremony, PeopleError> {
        let (mut options, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(|error| not_proven(&error))?;
        // The page asks by a button, or while a field is filled in; which of them is the page's choice.
        options.mediation = None;
        keep(tx, CeremonyKind::SignIn, None, &state, &options).await
    }

    /// Whose passkey signed in. Whether that account may is the caller's to check.
    pub async fn finish_signing_in(
        &self,
        tx: &mut Tx<'_>,
        secret: &Secret,
        answer: &str,
    ) -> Result<Account, PeopleError> {
        let (state, _): (DiscoverableAuthentication, _) =
            take(tx, CeremonyKind::SignIn, secret).await?;
        let answer: PublicKeyCredential = read_answer(answer)?;
        let held = find_used(tx, &answer).await?;
        let (user, _) = self
            .0
            .identify_discoverable_authentication(&answer)
            .map_err(|error| not_proven(&error))?;
        if user != handle(&held.account_id) {
            return Err(unknown_passkey());
        }
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer, state, &held.kept.0)
            .map_err(|error| not_proven(&error))?;
        let owner = account::find(&mut *tx, &held.account_id).await?;
        passkey::used(tx, held, &result).await?;
        owner.ok_or_else(unknown_passkey)
    }
}

/// What a device keeps in place of our id: the same for ever, and saying nothing.
fn handle(account: &AccountId) -> Uuid {
    let hash = Sha256::digest(format!("passkey of {account}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

async fn find_used(tx: &mut Tx<'_>, answer: &PublicKeyCredential) -> Result<Passkey, PeopleError> {
    let credential = CredentialID::from(answer.get_credential_id().to_vec());
    let held = passkey::find_by_credential(&mut *tx, &credential).await?;
    held.ok_or_else(unknown_passkey)
}

fn read_answer<T: DeserializeOwned>(answer: &str) -> Result<T, PeopleError> {
    serde_json::from_str(answer).map_err(|_| {
        PeopleError::NotProven(t!(
            "Your browser's answer could not be read. Please try again, or sign in another way."
        ))
    })
}

const INSERT: &str = "
    insert into ceremonies (token_hash, kind, account_id, state, expires_at)
    values ($1, $2, $3, $4, $5)";

async fn keep<S: Serialize, O: Serialize>(
    tx: &mut Tx<'_>,
    kind: CeremonyKind,
    account: Option<&AccountId>,
    state: &S,
    options: &O,
) -> Result<Ceremony, PeopleError> {
    let json = "the library's types have string keys and print as JSON";
    let secret = Secret::new(tx.world().token());
    let state = serde_json::to_string(state).expect(json);
    let options = serde_json::to_string(options).expect(json);
    let until = tx.now() + LASTS;
    let row = values![digest::of(&secret), kind, account.cloned(), state, until];
    tx.run(INSERT, row).await?;
    Ok(Ceremony { secret, options })
}

db::row! {
    struct Kept { account_id: Option<AccountId>, state: String }
}

const TAKE: &str = "
    delete from ceremonies where token_hash = $1 and kind = $2 and expires_at > $3
 returning account_id, state";

/// What was kept; it is gone after this.
async fn take<S: DeserializeOwned>(
    tx: &mut Tx<'_>,
    kind: CeremonyKind,
    secret: &Secret,
) -> Result<(S, Option<AccountId>), PeopleError> {
    let now = tx.now();
    let kept: Option<Kept> = tx
        .maybe(TAKE, values![digest::of(secret), kind, now])
        .await?;
    let kept = kept.ok_or(PeopleError::Stale)?;
    let state = serde_json::from_str(&kept.state).map_err(|error| DbError::Unreadable {
        column: "state".to_owned(),
        reason: error.to_string(),
    })?;
    Ok((state, kept.account_id))
}

fn unknown_passkey() -> PeopleError {
    PeopleError::NotProven(t!(
        "This passkey is not known here. Sign in another way, then add it in My account."
    ))
}

/// The library's reason is for the log: it tells a stranger nothing that helps an honest person.
fn not_proven(error: &WebauthnError) -> PeopleError {
    tracing::info!(error = %error, "a passkey was refused");
    PeopleError::NotProven(t!(
        "The passkey was not accepted. Please try again, or sign in another way."
    ))
}
