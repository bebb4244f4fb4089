//! `accounts`: who can sign in.

use kit::id::{AccountId, RoleId};
use kit::{FormErrors, t};
use lists::accounts::{AccountFilter, AccountRow};
use people::account::{self, Account, AccountForm, Level};
use people::role::{self, Permission, Permissions};
use people::standing::{self, Standing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::table::Table;
use crate::values::{Moment, Page, word};

const ALL: &str = "/api/v1/accounts";
const ONE: &str = "/api/v1/accounts/{id}";

pub fn table() -> Table {
    Table::of("accounts")
        .list(
            ALL,
            (Permission::AccountsSee, "Lists sign-ins, newest first"),
            list,
        )
        .create(ALL, (Permission::AccountsChange, "Makes a sign-in"), create)
        .read(ONE, (Permission::AccountsSee, "Shows a sign-in"), show)
        .change(
            ONE,
            (Permission::AccountsChange, "Changes what a sign-in may do"),
            change,
        )
}

/// A sign-in, as listed.
#[derive(Debug, Serialize, ToSchema)]
struct AccountListed {
    id: String,
    number: i64,
    username: String,
    email: String,
    name: String,
    level: String,
    role: String,
    enabled: bool,
    email_confirmed_at: Option<Moment>,
    /// Their membership, if they ever had one.
    member_id: Option<String>,
    seen_at: Option<Moment>,
    created_at: Moment,
}

impl From<AccountRow> for AccountListed {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id.to_string(),
            number: row.number,
            username: row.username,
            email: row.email,
            name: row.name,
            level: row.level.word().to_owned(),
            role: row.role,
            enabled: row.enabled,
            email_confirmed_at: row.email_confirmed_at.map(Moment),
            member_id: row.member_id.map(|id| id.to_string()),
            seen_at: row.seen_at.map(Moment),
            created_at: Moment(row.created_at),
        }
    }
}

/// A sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct AccountShown {
    id: String,
    /// The public number.
    number: i64,
    username: String,
    email: String,
    name: String,
    phone: Option<String>,
    locale: Option<String>,
    zone: Option<String>,
    /// `customer` or `administrator`.
    level: String,
    role_id: String,
    enabled: bool,
    /// Whether keys of this account work.
    api_access: bool,
    email_confirmed_at: Option<Moment>,
    created_at: Moment,
}

impl From<Account> for AccountShown {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.to_string(),
            number: account.number,
            username: account.username,
            email: account.email.to_string(),
            name: account.name,
            phone: account.phone,
            locale: account.locale,
            zone: account.zone,
            level: account.level.word().to_owned(),
            role_id: account.role_id.to_string(),
            enabled: account.enabled,
            api_access: account.api_access,
            email_confirmed_at: account.email_confirmed_at.map(Moment),
            created_at: Moment(account.created_at),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// A number, a whole address, or the beginning of a user name.
    #[serde(default)]
    search: String,
    role: Option<String>,
    #[serde(default)]
    disabled: bool,
    /// Those without any membership.
    #[serde(default)]
    never_bought: bool,
}

/// Somebody who shall be able to sign in. They choose a password by “forgotten password”.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    name: String,
    email: String,
    /// `customer` if absent.
    level: Option<String>,
    /// The built-in role of customers if absent.
    role_id: Option<String>,
}

/// What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    level: Option<String>,
    role_id: Option<String>,
    enabled: Option<bool>,
    api_access: Option<bool>,
}

/// `GET /api/v1/accounts`
async fn list(call: Call, filter: Filter) -> Answer<Page<AccountListed>> {
    let filter = AccountFilter {
        search: filter.search,
        role: filter.role.map(|id| read_role(&id)).transpose()?,
        disabled: filter.disabled,
        never_bought: filter.never_bought,
    };
    let page = lists::accounts::page(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, AccountListed::from))
}

/// `GET /api/v1/accounts/{id}`
async fn show(call: Call) -> Answer<AccountShown> {
    let id: AccountId = call.id()?;
    Ok(found(account::find(&call.site.db, &id).await?)?.into())
}

/// `POST /api/v1/accounts`
async fn create(call: Call, new: NewAccount) -> Answer<AccountShown> {
    let form = AccountForm {
        name: new.name,
        email: new.email,
        level: read_level(new.level.as_ref())?.unwrap_or(Level::Customer),
        role_id: match new.role_id {
            Some(id) => read_role(&id)?,
            None => role::user(),
        },
    };
    refuse_more_than_own(&call, form.level, &form.role_id).await?;
    let new = form.parse()?;
    let mut tx = call.begin().await?;
    let account = account::create(&mut tx, &new, None).await?;
    tx.save().await?;
    Ok(account.into())
}

/// `PATCH /api/v1/accounts/{id}`
async fn change(call: Call, change: AccountChange) -> Answer<AccountShown> {
    let id: AccountId = call.id()?;
    let before = found(account::find(&call.site.db, &id).await?)?;
    let wanted = Standing {
        level: read_level(change.level.as_ref())?.unwrap_or(before.level),
        role_id: match change.role_id {
            Some(id) => read_role(&id)?,
            None => before.role_id.clone(),
        },
        enabled: change.enabled.unwrap_or(before.enabled),
        api_access: change.api_access.unwrap_or(before.api_access),
    };
    // Neither may a key raise somebody above itself, nor bring down somebody who is above it.
    refuse_more_than_own(&call, before.level, &before.role_id).await?;
    refuse_more_than_own(&call, wanted.level, &wanted.role_id).await?;
    let mut tx = call.begin().await?;
    standing::change(&mut tx, &before, &wanted).await?;
    let account = found(account::find(&mut tx, &id).await?)?;
    tx.save().await?;
    Ok(account.into())
}

async fn refuse_more_than_own(call: &Call, level: Level, role: &RoleId) -> Answer<()> {
    let known = role::find(&call.site.db, role).await?;
    let granted = known.map(|role| role.permissions.0).unwrap_or_default();
    let theirs = Permissions::of(level, role, &granted);
    if call.holder.permissions.contains_all(&theirs) {
        return Ok(());
    }
    Err(Problem::unprocessable(t!(
        "This sign-in may do more than your key. Use a key whose scopes hold everything that it may do."
    )))
}

fn read_level(text: Option<&String>) -> Result<Option<Level>, FormErrors> {
    crate::values::wished("level", text, Level::parse)
}

fn read_role(text: &str) -> Result<RoleId, FormErrors> {
    word(text, |text| text.parse().ok())
        .map_err(|_| FormErrors::one("role_id", kit::FieldError::UnknownId.text()))
}
