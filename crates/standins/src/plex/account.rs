//! A Plex account: who it is, what its owner does with invitations, and whether it has Plex Pass.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ids;
use super::moment::Moment;

/// The number that plex.tv knows a person by, whatever they call themselves.
pub type AccountId = u64;

/// What the person behind an account does when an invitation comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepts {
    /// Nothing, until told to.
    #[default]
    ByHand,
    AtOnce,
    /// Declines every invitation as it comes.
    Never,
}

#[derive(Debug, Clone)]
pub struct Account {
    pub id: AccountId,
    pub uuid: String,
    /// Managed users of a home have none.
    pub username: Option<String>,
    pub title: String,
    pub friendly_name: String,
    pub email: Option<String>,
    pub password: Option<String>,
    /// Asked for after the password if it is there.
    pub two_factor_code: Option<String>,
    /// Whether they confirmed their e-mail; without that they cannot accept.
    pub confirmed: bool,
    pub plex_pass: bool,
    pub joined: Moment,
    pub home: Option<Home>,
    /// The PIN that protects the account inside of its home.
    pub home_pin: Option<String>,
    pub accepts: Accepts,
    pub webhooks: Vec<String>,
}

/// Belonging to a Plex home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    pub admin: AccountId,
    /// A managed user: without e-mail and password of their own.
    pub restricted: bool,
}

/// The features that decide what a server and an account can do; a full list has about a hundred.
pub const FREE_FEATURES: &[&str] = &[
    "adaptive_bitrate",
    "federated-auth",
    "item_clusters",
    "music_videos",
    "news",
    "users-and-sharing",
    "watchlist",
];
pub const PASS_FEATURES: &[&str] = &[
    "camera_upload",
    "cloudsync",
    "companions_sonos",
    "content_filter",
    "dvr",
    "hardware_transcoding",
    "home",
    "lyrics",
    "parental-controls",
    "pass",
    "session_bandwidth_restrictions",
    "session_kick",
    "sync",
    "trailers",
    "tuner-sharing",
    "webhooks",
];

/// The most members of a home, its admin among them.
pub const MAX_HOME_SIZE: usize = 15;

impl Account {
    pub fn new(id: AccountId, name: &str, joined: Moment) -> Self {
        Self {
            id,
            uuid: ids::hex_of(&["account", &id.to_string()], 16),
            username: Some(name.to_owned()),
            title: name.to_owned(),
            friendly_name: String::new(),
            email: Some(format!("{}@example.org", name.to_lowercase())),
            password: None,
            two_factor_code: None,
            confirmed: true,
            plex_pass: false,
            joined,
            home: None,
            home_pin: None,
            accepts: Accepts::default(),
            webhooks: Vec::new(),
        }
    }

    /// Whether these words, a user name, an e-mail address or a number, mean this account.
    pub fn is_called(&self, words: &str) -> bool {
        let same = |name: &Option<String>| {
            name.as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case(words))
        };
        same(&self.username)
            || same(&self.email)
            || self.id.to_string() == words
            || self.uuid == words
    }

    pub fn features(&self) -> Vec<&'static str> {
        let pass = if self.plex_pass { PASS_FEATURES } else { &[] };
        let mut all: Vec<&str> = FREE_FEATURES.iter().chain(pass).copied().collect();
        all.sort_unstable();
        all
    }

    pub fn is_restricted(&self) -> bool {
        self.home.is_some_and(|home| home.restricted)
    }

    pub fn is_home_admin(&self) -> bool {
        self.home.is_some_and(|home| home.admin == self.id)
    }

    /// The name by which lists show a person.
    pub fn shown_name(&self) -> &str {
        self.username.as_deref().unwrap_or(&self.title)
    }

    pub fn thumb(&self) -> String {
        format!(
            "https://plex.tv/users/{}/avatar?c={}",
            self.uuid,
            self.joined.seconds()
        )
    }

    /// How v2 shows a person inside of something else.
    pub fn in_short(&self) -> Value {
        json!({
            "id": self.id,
            "uuid": self.uuid,
            "title": self.title,
            "username": self.username,
            "restricted": self.is_restricted(),
            "email": self.email,
            "friendlyName": non_empty(&self.friendly_name),
            "thumb": self.thumb(),
            "home": self.home.is_some(),
        })
    }
}

fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
