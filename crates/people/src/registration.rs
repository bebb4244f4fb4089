//! Registering: the answer is the same whether the address is known or not; only its owner's letter differs.

use db::{Db, Tx};
use kit::{Actor, Email, FormErrors, Secret, field, t};
use serde::{Deserialize, Serialize};
use settings::Section;

use crate::account::{self, Account, NewAccount};
use crate::error::PeopleError;
use crate::events::{AccountRegistered, ConfirmationAsked, RegistrationRepeated};
use crate::password::{self, Lane};
use crate::password_rule;
use crate::rate::{self, Rate};
use crate::session::Browser;
use crate::token::{self, Purpose};

/// Who may register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationSettings {
    /// Off: nobody can register; staff make accounts.
    pub open: bool,
    /// On: addresses count as confirmed at once. For houses without mail.
    pub skip_confirmation: bool,
    /// On: only who signs in with an account of a media platform can register.
    pub platform_only: bool,
}

impl Default for RegistrationSettings {
    fn default() -> Self {
        Self {
            open: true,
            skip_confirmation: false,
            platform_only: false,
        }
    }
}

impl Section for RegistrationSettings {
    const NAME: &'static str = "registration";
}

/// The form as a visitor sends it.
#[derive(Debug, Clone)]
pub struct RegistrationForm {
    pub name: String,
    pub email: String,
    pub password: Secret,
    /// The language of the page.
    pub locale: Option<String>,
}

impl RegistrationForm {
    fn parse(&self, site: &str) -> Result<NewAccount, PeopleError> {
        let mut errors = FormErrors::default();
        let name = errors.keep("name", field::required(&self.name, 120));
        let email = errors.keep("email", Email::parse(&self.email));
        let known = [site, &self.email, &self.name];
        let fine = errors.keep("password", password_rule::check(&self.password, &known));
        match (name, email, fine) {
            (Some(name), Some(email), Some(())) => Ok(NewAccount {
                locale: self.locale.clone(),
                ..NewAccount::customer(email, name)
            }),
            _ => Err(PeopleError::Form(errors)),
        }
    }
}

/// What the page says next, whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// A letter is on its way.
    LookAtYourMail,
    /// The person can sign in with what they typed.
    SignInNow,
}

/// Registers a visitor. `site` is the site's name, which is no good password.
pub async fn register(
    db: &Db,
    lane: &Lane,
    form: &RegistrationForm,
    site: &str,
    browser: &Browser,
) -> Result<Registered, PeopleError> {
    let (settings, _): (RegistrationSettings, _) = settings::load(db).await?;
    if !settings.open {
        return Err(PeopleError::Forbidden(t!(
            "Registration is closed. Please ask the operator of this site for an invitation."
        )));
    }
    if settings.platform_only {
        return Err(PeopleError::Forbidden(t!(
            "Only people with a Plex account can register here. Please register with Plex."
        )));
    }
    let new = NewAccount {
        confirmed: settings.skip_confirmation,
        ..form.parse(site)?
    };
    rate::pass(db, &[(Rate::RegisterByAddress, &browser.address)]).await?;
    // Hashed before anybody looks whether the address is known: both ways take as long.
    let hash = password::hash(lane, db.world(), &form.password).await;
    save(db, &new, &hash).await?;
    Ok(if settings.skip_confirmation {
        Registered::SignInNow
    } else {
        Registered::LookAtYourMail
    })
}

async fn save(db: &Db, new: &NewAccount, hash: &password::Hash) -> Result<(), PeopleError> {
    let mut tx = db.begin(Actor::visitor()).await?;
    insert(&mut tx, new, Some(hash)).await?;
    Ok(tx.save().await?)
}

/// Registers somebody whose name and address another service has proven. `None`: the address has an account here
/// already, and its owner is told by letter; nobody comes into it this way.
pub async fn register_proven(
    tx: &mut Tx<'_>,
    email: Email,
    name: String,
    locale: Option<String>,
) -> Result<Option<Account>, PeopleError> {
    let (settings, _): (RegistrationSettings, _) = settings::load(&mut *tx).await?;
    if !settings.open {
        return Err(PeopleError::Forbidden(t!(
            "Registration is closed. Please ask the operator of this site for an invitation."
        )));
    }
    let new = NewAccount {
        confirmed: true,
        locale,
        ..NewAccount::customer(email, name)
    };
    insert(tx, &new, None).await
}

async fn insert(
    tx: &mut Tx<'_>,
    new: &NewAccount,
    hash: Option<&password::Hash>,
) -> Result<Option<Account>, PeopleError> {
    match account::insert(tx, new, hash).await {
        Ok(account) => {
            let event = AccountRegistered {
                account: account.id.clone(),
                number: account.number,
                name: account.name.clone(),
                confirmed: new.confirmed,
            };
            chronicle::tell(tx, &event).await?;
            Ok(Some(account))
        }
        // The address is known, or became so this very moment.
        Err(PeopleError::Form(_)) => {
            if let Some(owner) = account::find_by_email(&mut *tx, &new.email).await? {
                let event = RegistrationRepeated {
                    account: owner.id,
                    name: owner.name,
                };
                chronicle::tell(tx, &event).await?;
            }
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// Sends the letter again, if there is such an account and it is not confirmed. The answer is the same
/// whatever comes of it.
pub async fn ask_again(db: &Db, email: &str, browser: &Browser) -> Result<(), PeopleError> {
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
    if let Some(account) = found.filter(|account| !account.is_confirmed()) {
        let event = ConfirmationAsked {
            account: account.id,
            name: account.name,
        };
        chronicle::tell(&mut tx, &event).await?;
    }
    Ok(tx.save().await?)
}

/// Uses up the link of the letter: the address is the person's. They sign in afterwards.
pub async fn confirm(db: &Db, secret: &Secret, browser: &Browser) -> Result<(), PeopleError> {
    rate::pass(db, &[(Rate::TokenByAddress, &browser.address)]).await?;
    let mut tx = db.begin(Actor::visitor()).await?;
    let used = token::consume(&mut tx, Purpose::ConfirmEmail, secret).await?;
    let used = used.ok_or(PeopleError::Stale)?;
    let id = used.subject.as_id().ok_or(PeopleError::Stale)?;
    let account = account::find(&mut tx, &id)
        .await?
        .ok_or(PeopleError::Stale)?;
    account::confirm_email(&mut tx, &account).await?;
    token::revoke(&mut tx, Purpose::ConfirmEmail, &used.subject).await?;
    Ok(tx.save().await?)
}
