//! Roles: named sets of permissions for staff. Read on every request, so a change counts at once.
//!
//! Administrator and User are built in and fixed. An account of level administrator may everything,
//! whatever its role.

use std::collections::BTreeSet;

use db::{DbError, Read, Tx, values};
use kit::field;
use kit::id::{Id, RoleId};
use kit::stored::stored_words;
use kit::{FormErrors, Json, Text, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::account::Level;
use crate::error::PeopleError;
use crate::events::{RoleChange, RoleChanged};

stored_words! {
    /// One thing that staff may do. "See" never includes "change".
    pub enum Permission {
        MembersSee = "members.see",
        MembersChange = "members.change",
        PaymentsSee = "payments.see",
        PaymentsChange = "payments.change",
        RefundsMake = "refunds.make",
        PlansSee = "plans.see",
        PlansChange = "plans.change",
        ServersSee = "servers.see",
        ServersChange = "servers.change",
        LibrariesSee = "libraries.see",
        LibrariesChange = "libraries.change",
        StreamsSee = "streams.see",
        StreamsStop = "streams.stop",
        EventsSee = "events.see",
        AuditSee = "audit.see",
        JobsSee = "jobs.see",
        JobsChange = "jobs.change",
        SettingsSee = "settings.see",
        SettingsChange = "settings.change",
        AccountsSee = "accounts.see",
        AccountsChange = "accounts.change",
        AccountsEnter = "accounts.enter",
        RolesSee = "roles.see",
        RolesChange = "roles.change",
        ApiKeysSee = "api_keys.see",
        ApiKeysChange = "api_keys.change",
        LettersSee = "letters.see",
        LettersSend = "letters.send",
    }
}

impl Permission {
    /// As the form of a role shows it.
    pub fn text(self) -> Text {
        match self {
            Self::MembersSee => t!("See members"),
            Self::MembersChange => t!("Change members"),
            Self::PaymentsSee => t!("See payments"),
            Self::PaymentsChange => t!("Enter and assign payments"),
            Self::RefundsMake => t!("Make refunds"),
            Self::PlansSee => t!("See plans"),
            Self::PlansChange => t!("Change plans"),
            Self::ServersSee => t!("See servers"),
            Self::ServersChange => t!("Change servers"),
            Self::LibrariesSee => t!("See libraries"),
            Self::LibrariesChange => t!("Change libraries"),
            Self::StreamsSee => t!("See what is playing"),
            Self::StreamsStop => t!("Stop what is playing"),
            Self::EventsSee => t!("See events"),
            Self::AuditSee => t!("See the audit log"),
            Self::JobsSee => t!("See jobs"),
            Self::JobsChange => t!("Retry and discard jobs"),
            Self::SettingsSee => t!("See settings"),
            Self::SettingsChange => t!("Change settings"),
            Self::AccountsSee => t!("See sign-ins"),
            Self::AccountsChange => t!("Change sign-ins"),
            Self::AccountsEnter => t!("Enter the site as a customer"),
            Self::RolesSee => t!("See roles"),
            Self::RolesChange => t!("Change roles"),
            Self::ApiKeysSee => t!("See API keys"),
            Self::ApiKeysChange => t!("Make and revoke API keys"),
            Self::LettersSee => t!("See letters"),
            Self::LettersSend => t!("Send letters"),
        }
    }
}

/// A set of permissions, stored as the list of their words. A word that this version does not know grants
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    pub fn has(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().copied()
    }

    /// What both sets have: a key never does more than the account it belongs to.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        self.0.intersection(&other.0).copied().collect()
    }

    pub fn contains_all(&self, other: &Self) -> bool {
        other.0.is_subset(&self.0)
    }

    /// What an account of this level with a role of these permissions may do.
    #[must_use]
    pub fn of(level: Level, role: &RoleId, granted: &Self) -> Self {
        if level == Level::Administrator || *role == administrator() {
            Self::all()
        } else {
            granted.clone()
        }
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

impl Serialize for Permissions {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(from)?;
        Ok(words
            .iter()
            .filter_map(|word| Permission::parse(word))
            .collect())
    }
}

/// The built-in role that may everything.
pub fn administrator() -> RoleId {
    RoleId::parse("rol_administrator").expect("a well-formed id")
}

/// The built-in role that may nothing in the office: customers have it.
pub fn user() -> RoleId {
    RoleId::parse("rol_user").expect("a well-formed id")
}

db::row! {
    #[derive(Debug, Clone)]
    pub struct Role {
        pub id: RoleId,
        pub name: String,
        /// As stored; Administrator's are all: ask [`Role::grants`].
        pub permissions: Json<Permissions>,
        pub built_in: bool,
        pub created_at: Timestamp,
        pub version: i64,
    }
}

impl Role {
    pub fn grants(&self) -> Permissions {
        Permissions::of(Level::Customer, &self.id, &self.permissions.0)
    }
}

/// A role as its form brings it.
#[derive(Debug, Clone)]
pub struct RoleForm {
    pub name: String,
    pub permissions: Permissions,
}

impl RoleForm {
    fn parse(&self) -> Result<String, PeopleError> {
        field::required(&self.name, 60)
            .map_err(|error| PeopleError::Form(FormErrors::one("name", error.text())))
    }
}

const LIST: &str = "
    select id, name, permissions, built_in, created_at, version
      from roles order by built_in desc, name_key, id";

/// All roles, the built-in ones first.
pub async fn list(mut read: impl Read) -> Result<Vec<Role>, DbError> {
    read.all(LIST, values![]).await
}

const FIND: &str = "
    select id, name, permissions, built_in, created_at, version from roles where id = $1";

/// `None`: there is no such role.
pub async fn find(mut read: impl Read, id: &RoleId) -> Result<Option<Role>, DbError> {
    read.maybe(FIND, values![id]).await
}

const INSERT: &str = "
    insert into roles (id, name, name_key, permissions, built_in, created_at, version)
    values ($1, $2, $3, $4, $5, $6, 1)
    on conflict (name_key) do nothing";

pub async fn create(tx: &mut Tx<'_>, form: &RoleForm) -> Result<RoleId, PeopleError> {
    let name = form.parse()?;
    let (id, now): (RoleId, _) = (tx.id(), tx.now());
    let permissions = Json(form.permissions.clone());
    let row = values![id, name, name.to_lowercase(), permissions, false, now];
    if tx.run(INSERT, row).await? == 0 {
        return Err(name_taken());
    }
    tell(tx, &id, &name, RoleChange::Created).await?;
    Ok(id)
}

const NAMED: &str = "select id from roles where name_key = $1 and id <> $2";

const UPDATE: &str = "
    update roles set name = $3, name_key = $4, permissions = $5, version = version + 1
     where id = $1 and version = $2 and not built_in";

/// Changes name and permissions if nobody has since `version` was read. It counts at the next request.
pub async fn change(
    tx: &mut Tx<'_>,
    id: &RoleId,
    version: i64,
    form: &RoleForm,
) -> Result<(), PeopleError> {
    let name = form.parse()?;
    refuse_built_in(tx, id).await?;
    let key = name.to_lowercase();
    if tx
        .maybe::<(String,)>(NAMED, values![key, id])
        .await?
        .is_some()
    {
        return Err(name_taken());
    }
    let permissions = Json(form.permissions.clone());
    let row = values![id, version, name, key, permissions];
    if tx.run(UPDATE, row).await? == 0 {
        return Err(PeopleError::ChangedMeanwhile);
    }
    tell(tx, id, &name, RoleChange::Changed).await
}

const COUNT_HOLDERS: &str = "select count(*) as n from accounts where role_id = $1";

const REMOVE: &str = "delete from roles where id = $1 and not built_in";

/// Removes a role that nobody has.
pub async fn remove(tx: &mut Tx<'_>, id: &RoleId) -> Result<(), PeopleError> {
    let role = refuse_built_in(tx, id).await?;
    let holders = tx.one::<(i64,)>(COUNT_HOLDERS, values![id]).await?.0;
    if holders > 0 {
        return Err(PeopleError::Forbidden(Text::counted(
            holders,
            "{n} sign-in has this role. Give it another role first, then remove this one.",
            "{n} sign-ins have this role. Give them another role first, then remove this one.",
        )));
    }
    tx.run(REMOVE, values![id]).await?;
    tell(tx, id, &role.name, RoleChange::Removed).await
}

async fn refuse_built_in(tx: &mut Tx<'_>, id: &RoleId) -> Result<Role, PeopleError> {
    let role = find(&mut *tx, id).await?.ok_or(PeopleError::NotFound)?;
    if role.built_in {
        return Err(PeopleError::Forbidden(t!(
            "The role {name} is built in and stays as it is. Make a role of your own instead.",
            name = role.name
        )));
    }
    Ok(role)
}

async fn tell(
    tx: &mut Tx<'_>,
    id: &RoleId,
    name: &str,
    change: RoleChange,
) -> Result<(), PeopleError> {
    let event = RoleChanged {
        role: id.clone(),
        name: name.to_owned(),
        change,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

fn name_taken() -> PeopleError {
    PeopleError::field(
        "name",
        t!("There is a role of this name already. Please choose another name."),
    )
}
