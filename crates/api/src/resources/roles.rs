//! `roles`: named sets of permissions for staff.

use kit::{FormErrors, t};
use people::role::{self, Permission, Permissions, Role, RoleForm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{Answer, Call, found};
use crate::sent::NoFilter;
use crate::table::Table;
use crate::values::{Moment, Page, word};

const ALL: &str = "/api/v1/roles";
const ONE: &str = "/api/v1/roles/{id}";

pub fn table() -> Table {
    Table::of("roles")
        .list(ALL, (Permission::RolesSee, "Lists roles"), list)
        .create(ALL, (Permission::RolesChange, "Makes a role"), create)
        .read(ONE, (Permission::RolesSee, "Shows a role"), show)
        .replace(ONE, (Permission::RolesChange, "Changes a role"), change)
        .remove(ONE, (Permission::RolesChange, "Removes a role"), remove)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
struct RoleShown {
    id: String,
    name: String,
    permissions: Vec<String>,
    /// Built-in roles cannot be changed.
    built_in: bool,
    created_at: Moment,
    /// Sent back with a change.
    version: i64,
}

impl From<Role> for RoleShown {
    fn from(role: Role) -> Self {
        let permissions = role.grants();
        Self {
            id: role.id.to_string(),
            name: role.name,
            permissions: words(&permissions),
            built_in: role.built_in,
            created_at: Moment(role.created_at),
            version: role.version,
        }
    }
}

/// Permissions by their words.
pub fn words(permissions: &Permissions) -> Vec<String> {
    permissions.iter().map(|p| p.word().to_owned()).collect()
}

/// Permissions from their words; an unknown one is an error.
pub fn permissions(field: &str, words: &[String]) -> Result<Permissions, FormErrors> {
    words
        .iter()
        .map(|text| word(text, Permission::parse))
        .collect::<Result<_, _>>()
        .map_err(|error| FormErrors::one(field, error.text()))
}

/// A key gives to others only what it may do itself.
fn own_permissions(call: &Call, words: &[String]) -> Result<Permissions, FormErrors> {
    let asked = permissions("permissions", words)?;
    if call.holder.permissions.contains_all(&asked) {
        return Ok(asked);
    }
    let words = t!("A role made with this key can hold only what the key itself may do.");
    Err(FormErrors::one("permissions", words))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    name: String,
    permissions: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleChange {
    name: String,
    permissions: Vec<String>,
    /// As last read.
    version: i64,
}

/// `GET /api/v1/roles`
async fn list(call: Call, _: NoFilter) -> Answer<Page<RoleShown>> {
    let roles = role::list(&call.site.db).await?;
    Ok(Page::whole(
        &call.page,
        roles,
        |row| row.id.to_string(),
        RoleShown::from,
    ))
}

/// `GET /api/v1/roles/{id}`
async fn show(call: Call) -> Answer<RoleShown> {
    let id = call.id()?;
    Ok(found(role::find(&call.site.db, &id).await?)?.into())
}

/// `POST /api/v1/roles`
async fn create(call: Call, new: NewRole) -> Answer<RoleShown> {
    let form = RoleForm {
        permissions: own_permissions(&call, &new.permissions)?,
        name: new.name,
    };
    let mut tx = call.begin().await?;
    let id = role::create(&mut tx, &form).await?;
    let made = found(role::find(&mut tx, &id).await?)?;
    tx.save().await?;
    Ok(made.into())
}

/// `PUT /api/v1/roles/{id}`
async fn change(call: Call, change: RoleChange) -> Answer<RoleShown> {
    let id = call.id()?;
    let form = RoleForm {
        permissions: own_permissions(&call, &change.permissions)?,
        name: change.name,
    };
    let mut tx = call.begin().await?;
    role::change(&mut tx, &id, change.version, &form).await?;
    let changed = found(role::find(&mut tx, &id).await?)?;
    tx.save().await?;
    Ok(changed.into())
}

/// `DELETE /api/v1/roles/{id}`
async fn remove(call: Call) -> Answer<()> {
    let mut tx = call.begin().await?;
    role::remove(&mut tx, &call.id()?).await?;
    Ok(tx.save().await?)
}
