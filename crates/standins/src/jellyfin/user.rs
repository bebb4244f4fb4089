//! Users: their names are unique without regard to case, and their ids never change.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::configuration::UserConfiguration;
use super::guid::Guid;
use super::moment::Moment;
use super::policy::UserPolicy;
use super::state::Facts;

/// One user.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Guid,
    pub name: String,
    /// `None`: signs in with an empty password.
    pub password: Option<String>,
    pub policy: UserPolicy,
    pub configuration: UserConfiguration,
    pub last_login: Option<Moment>,
    pub last_activity: Option<Moment>,
}

impl User {
    pub fn new(id: Guid, name: &str, password: Option<&str>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            password: password
                .filter(|given| !given.is_empty())
                .map(str::to_owned),
            policy: UserPolicy::default(),
            configuration: UserConfiguration::default(),
            last_login: None,
            last_activity: None,
        }
    }

    pub fn has_password(&self, given: &str) -> bool {
        self.password.as_deref().unwrap_or_default() == given
    }

    /// The user as the server shows it.
    pub fn dto<'a>(&'a self, facts: &'a Facts) -> UserDto<'a> {
        UserDto {
            name: &self.name,
            server_id: facts.id.as_str(),
            id: self.id.as_str(),
            has_password: self.password.is_some(),
            has_configured_password: self.password.is_some(),
            has_configured_easy_password: false,
            enable_auto_login: false,
            last_login_date: self.last_login,
            last_activity_date: self.last_activity,
            configuration: &self.configuration,
            policy: &self.policy,
        }
    }
}

/// `UserDto` of the published contract; fields without a value are left out.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the outside system has it so"
)]
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserDto<'a> {
    name: &'a str,
    server_id: &'a str,
    id: &'a str,
    has_password: bool,
    has_configured_password: bool,
    has_configured_easy_password: bool,
    enable_auto_login: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_activity_date: Option<Moment>,
    configuration: &'a UserConfiguration,
    policy: &'a UserPolicy,
}

/// Why a name is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRefused {
    Malformed,
    Taken,
}

/// All users, found by id and by name, listed by name.
#[derive(Debug, Default)]
pub struct Users {
    by_id: HashMap<Guid, User>,
    by_name: BTreeMap<String, Guid>,
}

impl Users {
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn all(&self) -> impl Iterator<Item = &User> {
        self.by_name.values().filter_map(|id| self.by_id.get(id))
    }

    pub fn find(&self, id: &Guid) -> Option<&User> {
        self.by_id.get(id)
    }

    pub fn find_mut(&mut self, id: &Guid) -> Option<&mut User> {
        self.by_id.get_mut(id)
    }

    pub fn named(&self, name: &str) -> Option<&User> {
        self.by_id.get(self.by_name.get(&name.to_lowercase())?)
    }

    pub fn add(&mut self, user: User) -> Result<(), NameRefused> {
        self.check_name(&user.name)?;
        self.by_name
            .insert(user.name.to_lowercase(), user.id.clone());
        self.by_id.insert(user.id.clone(), user);
        Ok(())
    }

    pub fn rename(&mut self, id: &Guid, name: &str) -> Result<(), NameRefused> {
        let Some(user) = self.by_id.get(id) else {
            return Ok(());
        };
        let old = user.name.to_lowercase();
        if old != name.to_lowercase() {
            self.check_name(name)?;
        } else if !is_well_formed(name) {
            return Err(NameRefused::Malformed);
        }
        self.by_name.remove(&old);
        self.by_name.insert(name.to_lowercase(), id.clone());
        if let Some(user) = self.by_id.get_mut(id) {
            name.clone_into(&mut user.name);
        }
        Ok(())
    }

    pub fn remove(&mut self, id: &Guid) -> Option<User> {
        let user = self.by_id.remove(id)?;
        self.by_name.remove(&user.name.to_lowercase());
        Some(user)
    }

    /// Whether this user is the only one of whom this holds.
    pub fn is_last(&self, id: &Guid, holds: impl Fn(&User) -> bool) -> bool {
        self.find(id).is_some_and(&holds)
            && !self
                .by_id
                .values()
                .any(|other| other.id != *id && holds(other))
    }

    fn check_name(&self, name: &str) -> Result<(), NameRefused> {
        if !is_well_formed(name) {
            return Err(NameRefused::Malformed);
        }
        if self.by_name.contains_key(&name.to_lowercase()) {
            return Err(NameRefused::Taken);
        }
        Ok(())
    }
}

/// Letters and digits of any script, spaces inside, and `-`, `'`, `.`, `_`, `@`, `+`.
fn is_well_formed(name: &str) -> bool {
    let is_allowed = |sign: char| sign.is_alphanumeric() || " -'._@+".contains(sign);
    !name.is_empty() && name.trim() == name && name.chars().all(is_allowed)
}
