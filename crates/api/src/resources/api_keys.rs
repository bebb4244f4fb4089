//! `api-keys`: programs' ways in. A key is shown once, when it is made.

use kit::id::{AccountId, ApiKeyId};
use people::api_key::{self, ApiKey};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::roles;
use crate::call::{Answer, Call, found};
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, id_of, moment};

const ALL: &str = "/api/v1/api-keys";

pub fn table() -> Table {
    let change = Permission::ApiKeysChange;
    Table::of("api-keys")
        .list(
            ALL,
            (Permission::ApiKeysSee, "Lists keys, newest first"),
            list,
        )
        .create(ALL, (change, "Makes a key of your own account"), create)
        .act(
            "/api/v1/api-keys/{id}/revoke",
            (change, "Ends a key at once"),
            revoke,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
struct KeyShown {
    id: String,
    account_id: String,
    name: String,
    scopes: Vec<String>,
    used_at: Option<Moment>,
    created_at: Moment,
    /// Absent: it is good.
    revoked_at: Option<Moment>,
    /// The key itself: only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<ApiKey> for KeyShown {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            account_id: key.account_id.to_string(),
            name: key.name,
            scopes: roles::words(&key.scopes.0),
            used_at: key.used_at.map(Moment),
            created_at: Moment(key.created_at),
            revoked_at: moment(key.revoked_at),
            key: None,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    account_id: Option<String>,
}

/// A key of the account whose key asks. It cannot do more than that one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    name: String,
    scopes: Vec<String>,
}

/// `GET /api/v1/api-keys`
async fn list(call: Call, filter: Filter) -> Answer<Page<KeyShown>> {
    let keys = match filter.account_id {
        Some(id) => {
            let id: AccountId = id_of("account_id", &id)?;
            api_key::list_of(&call.site.db, &id).await?
        }
        None => api_key::list(&call.site.db).await?,
    };
    Ok(Page::whole(
        &call.page,
        keys,
        |row| row.id.to_string(),
        KeyShown::from,
    ))
}

/// `POST /api/v1/api-keys`
async fn create(call: Call, new: NewKey) -> Answer<KeyShown> {
    let scopes = roles::permissions("scopes", &new.scopes)?;
    let holder = &call.holder;
    let mut tx = call.begin().await?;
    let (id, secret) = api_key::create(
        &mut tx,
        &holder.account,
        &holder.permissions,
        &new.name,
        &scopes,
    )
    .await?;
    tx.save().await?;
    Ok(KeyShown {
        key: Some(secret.reveal().to_owned()),
        ..shown(&call, &id).await?
    })
}

/// `POST /api/v1/api-keys/{id}/revoke`
async fn revoke(call: Call, _: Nothing) -> Answer<KeyShown> {
    let id: ApiKeyId = call.id()?;
    shown(&call, &id).await?;
    let mut tx = call.begin().await?;
    api_key::revoke(&mut tx, &id).await?;
    tx.save().await?;
    shown(&call, &id).await
}

async fn shown(call: &Call, id: &ApiKeyId) -> Answer<KeyShown> {
    let keys = api_key::list(&call.site.db).await?;
    let key = keys.into_iter().find(|key| key.id == *id);
    Ok(found(key)?.into())
}
