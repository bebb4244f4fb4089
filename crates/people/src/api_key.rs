//! API keys: a program's way in. The key is shown once and kept by its hash.

use db::{DbError, FromRow, Read, Row, Tx, values};
use kit::id::{AccountId, ApiKeyId};
use kit::{Actor, Json, Secret, Span, Timestamp, field, t};

use crate::account::Account;
use crate::digest;
use crate::error::PeopleError;
use crate::events::{ApiKeyCreated, ApiKeyRevoked};
use crate::role::{Permission, Permissions};

/// Begins every key, so that scanners for leaked secrets know it.
const MARK: &str = "ph_";
/// A use is noted at most so often.
const TOUCH_EVERY: Span = Span::minutes(1);

db::row! {
    #[derive(Debug, Clone)]
    pub struct ApiKey {
        pub id: ApiKeyId,
        pub account_id: AccountId,
        pub name: String,
        pub scopes: Json<Permissions>,
        pub created_at: Timestamp,
        pub used_at: Option<Timestamp>,
        /// [`Timestamp::NEVER`]: it is good.
        pub revoked_at: Timestamp,
    }
}

const INSERT: &str = "
    insert into api_keys
           (id, key_hash, account_id, name, scopes, created_at, used_at, revoked_at)
    values ($1, $2, $3, $4, $5, $6, null, 9223372036854775807)";

/// Makes a key for an account. It may never do more than the account itself, now or later.
pub async fn create(
    tx: &mut Tx<'_>,
    account: &Account,
    own: &Permissions,
    name: &str,
    scopes: &Permissions,
) -> Result<(ApiKeyId, Secret), PeopleError> {
    let name =
        field::required(name, 60).map_err(|error| PeopleError::field("name", error.text()))?;
    if !own.contains_all(scopes) {
        return Err(PeopleError::field(
            "scopes",
            t!("A key cannot do more than you. Please choose only what you may do yourself."),
        ));
    }
    let secret = Secret::new(format!("{MARK}{}", tx.world().token()));
    let (id, now): (ApiKeyId, _) = (tx.id(), tx.now());
    let scopes = Json(scopes.clone());
    let row = values![id, digest::of(&secret), account.id, name, scopes, now];
    tx.run(INSERT, row).await?;
    let event = ApiKeyCreated {
        key: id.clone(),
        account: account.id.clone(),
        name,
    };
    chronicle::tell(tx, &event).await?;
    Ok((id, secret))
}

/// A request's key with its account, and what both may.
#[derive(Debug, Clone)]
pub struct KeyHolder {
    pub key: ApiKeyId,
    pub name: String,
    pub account: Account,
    pub permissions: Permissions,
    pub used_at: Option<Timestamp>,
}

impl FromRow for KeyHolder {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let account = Account::from_row(row)?;
        let granted: Json<Permissions> = row.get("permissions")?;
        let scopes: Json<Permissions> = row.get("scopes")?;
        let own = Permissions::of(account.level, &account.role_id, &granted.0);
        Ok(Self {
            key: row.get("key_id")?,
            name: row.get("key_name")?,
            permissions: scopes.0.within(&own),
            used_at: row.get("used_at")?,
            account,
        })
    }
}

impl KeyHolder {
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    pub fn actor(&self) -> Actor {
        Actor {
            on_behalf_of: Some(self.account.id.clone()),
            ..Actor::api_key(&self.key, &self.name)
        }
    }

    /// Whether [`touch`] is due.
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        self.used_at.is_none_or(|at| now.since(at) >= TOUCH_EVERY)
    }
}

const FIND: &str = "
    select k.id as key_id, k.name as key_name, k.scopes, k.used_at, r.permissions,
           a.id, a.number, a.username, a.email, a.name, a.phone, a.locale, a.zone, a.level, a.role_id,
           a.enabled, a.email_confirmed_at, a.api_access, a.created_at, a.version
      from api_keys k
      join accounts a on a.id = k.account_id
      join roles r on r.id = a.role_id
     where k.key_hash = $1 and k.revoked_at = 9223372036854775807 and a.enabled and a.api_access";

/// Whose key it is. `None`: no such key, revoked, or the account is disabled or has no API access.
pub async fn find(mut read: impl Read, key: &Secret) -> Result<Option<KeyHolder>, DbError> {
    if !key.reveal().starts_with(MARK) {
        return Ok(None);
    }
    read.maybe(FIND, values![digest::of(key)]).await
}

const TOUCH: &str = "update api_keys set used_at = $2 where id = $1";

/// Notes a use, when [`KeyHolder::wants_touch`] says so.
pub async fn touch(tx: &mut Tx<'_>, id: &ApiKeyId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(TOUCH, values![id, now]).await?;
    Ok(())
}

const LIST: &str = "
    select id, account_id, name, scopes, created_at, used_at, revoked_at
      from api_keys order by created_at desc, id desc limit 500";

/// All keys of the house, newest first; revoked ones stay listed.
pub async fn list(mut read: impl Read) -> Result<Vec<ApiKey>, DbError> {
    read.all(LIST, values![]).await
}

const LIST_OF: &str = "
    select id, account_id, name, scopes, created_at, used_at, revoked_at
      from api_keys where account_id = $1 order by created_at desc, id desc limit 500";

pub async fn list_of(mut read: impl Read, account: &AccountId) -> Result<Vec<ApiKey>, DbError> {
    read.all(LIST_OF, values![account]).await
}

const REVOKE: &str = "
    update api_keys set revoked_at = $2 where id = $1 and revoked_at = 9223372036854775807
 returning id, account_id, name, scopes, created_at, used_at, revoked_at";

/// Ends a key at once. Safe to repeat.
pub async fn revoke(tx: &mut Tx<'_>, id: &ApiKeyId) -> Result<(), DbError> {
    let now = tx.now();
    let revoked: Option<ApiKey> = tx.maybe(REVOKE, values![id, now]).await?;
    if let Some(key) = revoked {
        let event = ApiKeyRevoked {
            key: key.id,
            account: key.account_id,
            name: key.name,
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}
