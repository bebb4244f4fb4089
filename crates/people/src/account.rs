//! Accounts: one person's sign-in each. Holding one gives no access to any media.

use db::{DbError, Read, Tx, values};
use kit::id::{AccountId, RoleId};
use kit::stored::stored_words;
use kit::{Email, FormErrors, Subject, Timestamp, Zone, field, t};

use crate::error::PeopleError;
use crate::events::{AccountChanged, AccountCreated, EmailConfirmed};
use crate::password::Hash;
use crate::{password, role, token};

stored_words! {
    /// Resellers and staff are customers with more: a plan, a role.
    pub enum Level {
        Customer = "customer",
        Administrator = "administrator",
    }
}

db::row! {
    /// One person's sign-in. The password is not here.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Account {
        pub id: AccountId,
        /// The public number, from 1000 up.
        pub number: i64,
        pub username: String,
        pub email: Email,
        pub name: String,
        pub phone: Option<String>,
        pub locale: Option<String>,
        /// An IANA zone; `None`: the site's.
        pub zone: Option<String>,
        pub level: Level,
        pub role_id: RoleId,
        pub enabled: bool,
        pub email_confirmed_at: Option<Timestamp>,
        pub api_access: bool,
        pub created_at: Timestamp,
        pub version: i64,
    }
}

impl Account {
    pub fn is_confirmed(&self) -> bool {
        self.email_confirmed_at.is_some()
    }

    /// Whether it may see any page of the office: shorter sessions, and a second factor is due.
    pub fn is_staff(&self) -> bool {
        self.level == Level::Administrator || self.role_id != role::user()
    }

    pub fn zone(&self) -> Option<Zone> {
        self.zone.as_deref().and_then(Zone::parse)
    }

    pub fn actor(&self) -> kit::Actor {
        kit::Actor::account(&self.id, &self.name)
    }
}

/// An account to be made, already checked.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// `None`: made from the address.
    pub username: Option<String>,
    pub email: Email,
    pub name: String,
    pub locale: Option<String>,
    pub level: Level,
    pub role_id: RoleId,
    pub confirmed: bool,
}

impl NewAccount {
    /// A customer whose address still wants confirming.
    pub fn customer(email: Email, name: String) -> Self {
        Self {
            username: None,
            email,
            name,
            locale: None,
            level: Level::Customer,
            role_id: role::user(),
            confirmed: false,
        }
    }

    /// An administrator, whom the operator vouches for.
    pub fn administrator(email: Email, name: String) -> Self {
        Self {
            level: Level::Administrator,
            role_id: role::administrator(),
            confirmed: true,
            ..Self::customer(email, name)
        }
    }
}

/// An account as staff type it.
#[derive(Debug, Clone)]
pub struct AccountForm {
    pub name: String,
    pub email: String,
    pub level: Level,
    pub role_id: RoleId,
}

impl AccountForm {
    /// Its address counts as confirmed: staff vouch for it, and its first sign-in is by a link.
    pub fn parse(&self) -> Result<NewAccount, FormErrors> {
        let mut errors = FormErrors::default();
        let name = errors.keep("name", field::required(&self.name, 120));
        let email = errors.keep("email", Email::parse(&self.email));
        match (name, email) {
            (Some(name), Some(email)) => Ok(NewAccount {
                level: self.level,
                role_id: self.role_id.clone(),
                confirmed: true,
                ..NewAccount::customer(email, name)
            }),
            _ => Err(errors),
        }
    }
}

const NEXT_NUMBER: &str = "
    update account_numbers set next = next + 1 where id = 'accounts' returning next";

const INSERT: &str = "
    insert into accounts
           (id, number, username, username_key, email, email_key, name, phone, locale, zone, level,
            role_id, enabled, email_confirmed_at, api_access, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, null, $8, null, $9, $10, $11, $12, $13, $14, 1)
    on conflict do nothing";

/// Makes an account and tells of it. An address or name that is taken is an error of its field; visitors
/// come through [`crate::registration::register`], which does not give that away.
pub async fn create(
    tx: &mut Tx<'_>,
    new: &NewAccount,
    password: Option<&Hash>,
) -> Result<Account, PeopleError> {
    let account = insert(tx, new, password).await?;
    let event = AccountCreated {
        account: account.id.clone(),
        number: account.number,
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(account)
}

/// Like [`create`], but leaves the telling to the caller.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    new: &NewAccount,
    password: Option<&Hash>,
) -> Result<Account, PeopleError> {
    if find_by_email(&mut *tx, &new.email).await?.is_some() {
        return Err(email_taken());
    }
    let username = match &new.username {
        Some(username) => username.clone(),
        None => free_username(tx, &new.email).await?,
    };
    // The counter's row is written first: makers of accounts queue up here, and nowhere else.
    let number = tx.one::<(i64,)>(NEXT_NUMBER, values![]).await?.0 - 1;
    let (id, now): (AccountId, _) = (tx.id(), tx.now());
    let row = values![
        id,
        number,
        username,
        username.to_lowercase(),
        new.email,
        new.email.key(),
        new.name,
        new.locale,
        new.level,
        new.role_id,
        true,
        new.confirmed.then_some(now),
        false,
        now
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Err(username_taken());
    }
    if let Some(hash) = password {
        password::keep(tx, &id, hash).await?;
    }
    Ok(tx.one(FIND, values![id]).await?)
}

/// The address's local part, made longer until nobody has it.
async fn free_username(tx: &mut Tx<'_>, email: &Email) -> Result<String, PeopleError> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let plain: String = local
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
        .take(40)
        .collect();
    let base = if plain.len() < 3 {
        format!("user{plain}")
    } else {
        plain
    };
    if find_by_username(&mut *tx, &base).await?.is_none() {
        return Ok(base);
    }
    Ok(format!("{base}-{}", &tx.world().token()[..6]))
}

/// A username as its form brings it: 3 to 60 letters, digits, dots, dashes and underscores, no `@`, so that
/// it is never mistaken for an address.
pub fn parse_username(text: &str) -> Result<String, kit::FieldError> {
    let name = field::required(text, 60)?;
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if plain && name.len() >= 3 {
        Ok(name)
    } else {
        Err(kit::FieldError::Invalid(t!(
            "A user name has 3 to 60 letters, digits, dots, dashes or underscores. Please choose such a name."
        )))
    }
}

const FIND: &str = "
    select id, number, username, email, name, phone, locale, zone, level, role_id, enabled,
           email_confirmed_at, api_access, created_at, version
      from accounts where id = $1";

/// `None`: there is no such account.
pub async fn find(mut read: impl Read, id: &AccountId) -> Result<Option<Account>, DbError> {
    read.maybe(FIND, values![id]).await
}

const FIND_BY_EMAIL: &str = "
    select id, number, username, email, name, phone, locale, zone, level, role_id, enabled,
           email_confirmed_at, api_access, created_at, version
      from accounts where email_key = $1";

pub async fn find_by_email(mut read: impl Read, email: &Email) -> Result<Option<Account>, DbError> {
    read.maybe(FIND_BY_EMAIL, values![email.key()]).await
}

const FIND_BY_USERNAME: &str = "
    select id, number, username, email, name, phone, locale, zone, level, role_id, enabled,
           email_confirmed_at, api_access, created_at, version
      from accounts where username_key = $1";

pub async fn find_by_username(
    mut read: impl Read,
    username: &str,
) -> Result<Option<Account>, DbError> {
    read.maybe(FIND_BY_USERNAME, values![username.trim().to_lowercase()])
        .await
}

/// By address or user name, as typed into the sign-in form.
pub async fn find_by_login(read: impl Read, login: &str) -> Result<Option<Account>, DbError> {
    match Email::parse(login) {
        Ok(email) => find_by_email(read, &email).await,
        Err(_) => find_by_username(read, login).await,
    }
}

const CONFIRM: &str = "
    update accounts set email_confirmed_at = $2, version = version + 1
     where id = $1 and email_confirmed_at is null";

/// Notes that mail to the address arrives. Safe to repeat.
pub async fn confirm_email(tx: &mut Tx<'_>, account: &Account) -> Result<(), PeopleError> {
    let now = tx.now();
    if tx.run(CONFIRM, values![account.id, now]).await? > 0 {
        let event = EmailConfirmed {
            account: account.id.clone(),
            name: account.name.clone(),
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}

const SET_EMAIL: &str = "
    update accounts set email = $2, email_key = $3, email_confirmed_at = $4, version = version + 1
     where id = $1";

/// Sets an address that is known to arrive. All links that were sent to the old one end.
pub async fn set_email(
    tx: &mut Tx<'_>,
    account: &Account,
    email: &Email,
) -> Result<(), PeopleError> {
    let holder = find_by_email(&mut *tx, email).await?;
    if holder.is_some_and(|holder| holder.id != account.id) {
        return Err(email_taken());
    }
    let now = tx.now();
    let row = values![account.id, email, email.key(), now];
    tx.run(SET_EMAIL, row).await?;
    token::revoke_all(tx, &Subject::of(&account.id)).await?;
    tell_changed(tx, account).await
}

/// Tells which fields differ from before; tells nothing if none does.
pub(crate) async fn tell_changed(tx: &mut Tx<'_>, before: &Account) -> Result<(), PeopleError> {
    let after = find(&mut *tx, &before.id)
        .await?
        .ok_or(PeopleError::NotFound)?;
    let differing = [
        ("username", before.username != after.username),
        ("email", before.email != after.email),
        ("name", before.name != after.name),
        ("phone", before.phone != after.phone),
        ("locale", before.locale != after.locale),
        ("zone", before.zone != after.zone),
        ("level", before.level != after.level),
        ("role", before.role_id != after.role_id),
        ("enabled", before.enabled != after.enabled),
        ("api_access", before.api_access != after.api_access),
    ];
    let fields: Vec<String> = differing
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| (*name).to_owned())
        .collect();
    if !fields.is_empty() {
        let event = AccountChanged {
            account: after.id,
            name: after.name,
            fields,
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}

fn email_taken() -> PeopleError {
    PeopleError::field(
        "email",
        t!("Another sign-in has this e-mail address. Please use another address."),
    )
}

pub(crate) fn username_taken() -> PeopleError {
    PeopleError::field(
        "username",
        t!("Somebody else has this user name. Please choose another one."),
    )
}
