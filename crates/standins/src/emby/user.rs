//! A user of the server, and how they are shown.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::connect::Link;
use super::guid::Guid;
use super::moment::Moment;
use super::people::{People, Person};
use super::policy::UserPolicy;
use super::state::Facts;

/// A user. A new one has no password and opens with an empty one.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Guid,
    pub name: String,
    pub password: Option<String>,
    pub policy: UserPolicy,
    /// Kept as it was sent: nothing here depends on it.
    pub configuration: Map<String, Value>,
    pub created: Moment,
    pub last_login: Option<Moment>,
    pub last_activity: Option<Moment>,
    pub link: Option<Link>,
}

/// All users of the server.
pub type Users = People<User>;

impl Person for User {
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

impl User {
    pub fn new(id: Guid, name: &str, created: Moment) -> Self {
        Self {
            id,
            name: name.to_owned(),
            password: None,
            policy: UserPolicy::default(),
            configuration: default_configuration(),
            created,
            last_login: None,
            last_activity: None,
            link: None,
        }
    }

    /// A user without a password opens with an empty one and with no other.
    pub fn has_password(&self, given: &str) -> bool {
        self.password.as_deref().unwrap_or_default() == given
    }

    /// The user as the server shows it.
    pub fn dto<'a>(&'a self, facts: &'a Facts) -> UserDto<'a> {
        let linked = self.link.as_ref().filter(|link| !link.is_pending);
        UserDto {
            name: &self.name,
            server_id: &facts.id,
            prefix: self
                .name
                .chars()
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .collect(),
            connect_user_name: linked.map(|link| link.name.as_str()),
            connect_link_type: linked.map(|link| link.kind),
            date_created: self.created,
            id: &self.id,
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
    server_id: &'a Guid,
    prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_user_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_link_type: Option<&'static str>,
    date_created: Moment,
    id: &'a Guid,
    has_password: bool,
    has_configured_password: bool,
    has_configured_easy_password: bool,
    enable_auto_login: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_activity_date: Option<Moment>,
    configuration: &'a Map<String, Value>,
    policy: &'a UserPolicy,
}

/// `UserConfiguration` of the published contract, as a new user has it.
fn default_configuration() -> Map<String, Value> {
    let fields = json!({
        "PlayDefaultAudioTrack": true,
        "DisplayMissingEpisodes": false,
        "SubtitleMode": "Smart",
        "OrderedViews": [],
        "LatestItemsExcludes": [],
        "MyMediaExcludes": [],
        "HidePlayedInLatest": true,
        "HidePlayedInMoreLikeThis": false,
        "HidePlayedInSuggestions": false,
        "RememberAudioSelections": true,
        "RememberSubtitleSelections": true,
        "EnableNextEpisodeAutoPlay": true,
        "ResumeRewindSeconds": 0,
        "IntroSkipMode": "ShowButton",
        "EnableLocalPassword": false,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
