//! Users: their names are unique without regard to case, and their ids never change.

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

/// All users of the server.
pub type Users = super::people::People<User>;

impl super::people::Person for User {
    fn id(&self) -> &Guid {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn take_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }
}
