//! Signing in: the whole decision, from what was typed to a session.
//!
//! What is wrong with name or password is never told apart, in words or in time. Whether an account is
//! disabled or unconfirmed is told only to whoever knows its password.

use db::{Db, Tx};
use kit::{Actor, Secret, Subject, Text, t};
use settings::Vault;

use crate::account::{self, Account};
use crate::ceremony::{Ceremony, Webauthn};
use crate::error::PeopleError;
use crate::events::{RecoveryCodeUsed, SignInRefused};
use crate::password::{self, Lane};
use crate::rate::{self, Rate};
use crate::session::{self, Browser, Proof, Started, Stay};
use crate::token::{self, Purpose};
use crate::{passkey, second_factor};

/// What a visitor typed.
#[derive(Debug, Clone)]
pub struct SignInForm {
    /// Address or user name.
    pub login: String,
    pub password: Secret,
    pub stay: Stay,
}

/// What came of it.
#[derive(Debug)]
pub enum SignIn {
    SignedIn(Box<Started>),
    /// The password was right; a second step is due.
    NeedsSecondStep(SecondStep),
    /// Name and password do not go together; the sentence says no more.
    Refused(Text),
    /// The password was right; the address still wants confirming, and the letter can be sent again.
    NotConfirmed(Box<Account>),
    /// The password was right; staff have disabled the account.
    Disabled(Text),
}

/// The second step, for its page.
#[derive(Debug, Clone)]
pub struct SecondStep {
    /// Carried by the page and shown with the code; good for ten minutes.
    pub pending: Secret,
    pub ways: Ways,
}

/// By what an account can prove itself besides its password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    pub authenticator: bool,
    pub passkey: bool,
}

impl Ways {
    pub const fn any(self) -> bool {
        self.authenticator || self.passkey
    }
}

/// By what the account can prove itself besides its password.
pub async fn ways_of(mut read: impl db::Read, account: &Account) -> Result<Ways, db::DbError> {
    Ok(Ways {
        authenticator: second_factor::find(&mut read, &account.id).await?.is_some(),
        passkey: !passkey::list_of(&mut read, &account.id).await?.is_empty(),
    })
}

/// Signs in by name and password, as far as that goes.
pub async fn with_password(
    db: &Db,
    lane: &Lane,
    form: &SignInForm,
    browser: &Browser,
) -> Result<SignIn, PeopleError> {
    // Counted by what was typed: counting by account would show that two names have the same one.
    let buckets = [
        (Rate::SignInByAddress, browser.address.as_str()),
        (Rate::SignInByName, form.login.trim()),
    ];
    rate::pass(db, &buckets).await?;
    let found = account::find_by_login(db, &form.login).await?;
    let held = match &found {
        Some(account) => password::find(db, &account.id).await?,
        None => None,
    };
    let is_right = password::verify(lane, &form.password, held).await;
    match found {
        Some(account) if is_right => after_password(db, &account, form.stay, browser).await,
        found => refuse(db, found, browser).await,
    }
}

async fn refuse(db: &Db, found: Option<Account>, browser: &Browser) -> Result<SignIn, PeopleError> {
    // Told for unknown names too: a save that only known names cost would show in the time.
    let (id, name) = found.map(|account| (account.id, account.name)).unzip();
    let event = SignInRefused {
        account: id,
        name: name.unwrap_or_default(),
        address: browser.address.clone(),
    };
    let mut tx = db.begin(Actor::visitor()).await?;
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    Ok(SignIn::Refused(t!(
        "Name and password do not go together. Please check both; you can also ask for a new password."
    )))
}

async fn after_password(
    db: &Db,
    account: &Account,
    stay: Stay,
    browser: &Browser,
) -> Result<SignIn, PeopleError> {
    if !account.enabled {
        return Ok(SignIn::Disabled(disabled()));
    }
    if !account.is_confirmed() {
        return Ok(SignIn::NotConfirmed(Box::new(account.clone())));
    }
    let mut tx = db.begin(account.actor()).await?;
    for name in [&account.email.key(), &account.username] {
        rate::clear(&mut tx, Rate::SignInByName, name).await?;
    }
    let came_of_it = start_or_ask(&mut tx, account, Proof::Password, stay, browser).await?;
    tx.save().await?;
    Ok(came_of_it)
}

/// Signs in whoever has shown on a platform's own page that the account is theirs. A second step stays due.
pub async fn with_platform(
    db: &Db,
    account: &Account,
    browser: &Browser,
) -> Result<SignIn, PeopleError> {
    if !account.enabled {
        return Ok(SignIn::Disabled(disabled()));
    }
    if !account.is_confirmed() {
        return Ok(SignIn::NotConfirmed(Box::new(account.clone())));
    }
    let mut tx = db.begin(account.actor()).await?;
    let came_of_it = start_or_ask(&mut tx, account, Proof::Link, Stay::No, browser).await?;
    tx.save().await?;
    Ok(came_of_it)
}

/// Begins a session, or asks for the second step of an account that has one.
async fn start_or_ask(
    tx: &mut Tx<'_>,
    account: &Account,
    proof: Proof,
    stay: Stay,
    browser: &Browser,
) -> Result<SignIn, PeopleError> {
    let ways = ways_of(&mut *tx, account).await?;
    if ways.any() {
        let subject = Subject::of(&account.id);
        let detail = (stay == Stay::Yes).then_some("stay");
        let pending = token::issue(tx, Purpose::SecondStep, &subject, detail).await?;
        return Ok(SignIn::NeedsSecondStep(SecondStep { pending, ways }));
    }
    let started = session::start(tx, account, proof, stay, browser).await?;
    Ok(SignIn::SignedIn(Box::new(started)))
}

/// Signs in by a one-time link (the console's, or a mailed one), which proves the address. A second step
/// stays due: losing the mailbox must not be losing the account.
pub async fn with_link(db: &Db, secret: &Secret, browser: &Browser) -> Result<SignIn, PeopleError> {
    rate::pass(db, &[(Rate::TokenByAddress, &browser.address)]).await?;
    let mut tx = db.begin(Actor::visitor()).await?;
    let used = token::consume(&mut tx, Purpose::SignInLink, secret).await?;
    let id = used
        .and_then(|used| used.subject.as_id())
        .ok_or(PeopleError::Stale)?;
    let account = account::find(&mut tx, &id)
        .await?
        .ok_or(PeopleError::Stale)?;
    if !account.enabled {
        return Ok(SignIn::Disabled(disabled()));
    }
    account::confirm_email(&mut tx, &account).await?;
    let came_of_it = start_or_ask(&mut tx, &account, Proof::Link, Stay::No, browser).await?;
    tx.save().await?;
    Ok(came_of_it)
}

/// What a second step is proven by.
#[derive(Debug, Clone)]
pub enum Second<'a> {
    /// Six digits of the authenticator.
    Code(&'a str),
    RecoveryCode(&'a str),
    /// The browser's answer in a ceremony that [`begin_passkey`] began.
    Passkey {
        webauthn: &'a Webauthn,
        ceremony: &'a Secret,
        answer: &'a str,
    },
}

/// Begins the passkey's part of a second step.
pub async fn begin_passkey(
    db: &Db,
    webauthn: &Webauthn,
    pending: &Secret,
) -> Result<Ceremony, PeopleError> {
    let (account, _) = find_pending(db, pending).await?;
    let mut tx = db.begin(account.actor()).await?;
    let ceremony = webauthn.begin_proving(&mut tx, &account.id).await?;
    tx.save().await?;
    ceremony.ok_or(PeopleError::NotFound)
}

/// Whose second step it is: for its page.
pub async fn find_pending(db: &Db, pending: &Secret) -> Result<(Account, Ways), PeopleError> {
    let now = db.world().now();
    let found = token::find(db, Purpose::SecondStep, pending, now).await?;
    let id = found
        .and_then(|found| found.subject.as_id())
        .ok_or(PeopleError::Stale)?;
    let account = account::find(db, &id).await?.ok_or(PeopleError::Stale)?;
    let ways = ways_of(db, &account).await?;
    Ok((account, ways))
}

/// Ends the second step with a session. A wrong code can be corrected, ten times a quarter of an hour.
pub async fn with_second_step(
    db: &Db,
    vault: &Vault,
    pending: &Secret,
    second: &Second<'_>,
    browser: &Browser,
) -> Result<Started, PeopleError> {
    let (account, _) = find_pending(db, pending).await?;
    rate::pass(db, &[(Rate::CodeByAccount, account.id.as_str())]).await?;
    let mut tx = db.begin(account.actor()).await?;
    let proof = prove(&mut tx, vault, &account, second).await?;
    let used = token::consume(&mut tx, Purpose::SecondStep, pending).await?;
    let used = used.ok_or(PeopleError::Stale)?;
    let account = account::find(&mut tx, &account.id)
        .await?
        .ok_or(PeopleError::Stale)?;
    if !account.enabled {
        return Err(PeopleError::Forbidden(disabled()));
    }
    let stay = if used.detail.is_some() {
        Stay::Yes
    } else {
        Stay::No
    };
    rate::clear(&mut tx, Rate::CodeByAccount, account.id.as_str()).await?;
    let started = session::start(&mut tx, &account, proof, stay, browser).await?;
    tx.save().await?;
    Ok(started)
}

/// Checks a second factor and uses it up: for the second step, and before something grave.
pub async fn prove(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &Account,
    second: &Second<'_>,
) -> Result<Proof, PeopleError> {
    match second {
        Second::Code(code) => {
            if !second_factor::spend_code(tx, vault, &account.id, code).await? {
                return Err(second_factor::wrong_code());
            }
            Ok(Proof::SecondFactor)
        }
        Second::RecoveryCode(code) => {
            if !second_factor::spend_recovery_code(tx, &account.id, code).await? {
                return Err(PeopleError::NotProven(t!(
                    "This is no unused recovery code of yours. Each can be used once; please try another one."
                )));
            }
            tell_code_used(tx, account).await?;
            Ok(Proof::SecondFactor)
        }
        Second::Passkey {
            webauthn,
            ceremony,
            answer,
        } => {
            webauthn
                .finish_proving(tx, &account.id, ceremony, answer)
                .await?;
            Ok(Proof::Passkey)
        }
    }
}

async fn tell_code_used(tx: &mut Tx<'_>, account: &Account) -> Result<(), PeopleError> {
    let factor = second_factor::find(&mut *tx, &account.id).await?;
    let event = RecoveryCodeUsed {
        account: account.id.clone(),
        name: account.name.clone(),
        left: factor.map_or(0, |factor| factor.codes_left),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// Signs in by a passkey alone, in a ceremony that [`Webauthn::begin_signing_in`] began.
pub async fn with_passkey(
    db: &Db,
    webauthn: &Webauthn,
    ceremony: &Secret,
    answer: &str,
    stay: Stay,
    browser: &Browser,
) -> Result<Started, PeopleError> {
    rate::pass(db, &[(Rate::PasskeyByAddress, &browser.address)]).await?;
    let mut tx = db.begin(Actor::visitor()).await?;
    let account = webauthn
        .finish_signing_in(&mut tx, ceremony, answer)
        .await?;
    if !account.enabled {
        return Err(PeopleError::Forbidden(disabled()));
    }
    if !account.is_confirmed() {
        return Err(PeopleError::Forbidden(t!(
            "Please confirm your e-mail address first: follow the link in the letter that we sent you."
        )));
    }
    let started = session::start(&mut tx, &account, Proof::Passkey, stay, browser).await?;
    tx.save().await?;
    Ok(started)
}

fn disabled() -> Text {
    t!("This sign-in has been disabled. Please write to the operator of this site.")
}
