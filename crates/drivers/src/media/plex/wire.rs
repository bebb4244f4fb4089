//! What Plex sends, as far as we read it. Everything may be absent; what we do not know is skipped.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// `GET /api/v2/pins/{id}`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pin {
    pub id: u64,
    pub code: String,
    #[serde(default)]
    pub auth_token: Option<String>,
}

/// `GET /api/v2/user`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub id: u64,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub confirmed: bool,
    #[serde(default)]
    pub subscription: Subscription,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Subscription {
    #[serde(default)]
    pub active: bool,
}

/// One row of `GET /api/v2/resources`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub provides: String,
    pub client_identifier: String,
    #[serde(default)]
    pub owned: bool,
    #[serde(default)]
    pub connections: Vec<Address>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Address {
    pub uri: String,
    #[serde(default)]
    pub local: bool,
    #[serde(default)]
    pub relay: bool,
}

/// `GET /api/v2/servers/{machine}`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CloudServer {
    #[serde(default)]
    pub owned: Option<bool>,
    #[serde(default)]
    pub library_sections: Vec<Section>,
}

/// A section: `id` is global and what sharing takes, `key` is the server's own.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Section {
    pub id: u64,
    #[serde(default)]
    pub key: Value,
    #[serde(default)]
    pub title: String,
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Known to the server alone.
    #[serde(skip)]
    pub locations: Vec<String>,
}

impl Section {
    /// Sent as a number or as a text.
    pub(super) fn local_key(&self) -> String {
        match &self.key {
            Value::String(key) => key.clone(),
            other => other.to_string(),
        }
    }
}

/// One row of the lists of shares. `settings` is kept whole: what we do not know goes back as it came.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Share {
    pub id: u64,
    #[serde(default)]
    pub owner_id: Option<u64>,
    #[serde(default)]
    pub invited_id: Option<u64>,
    #[serde(default)]
    pub invited_email: Option<String>,
    #[serde(default)]
    pub machine_identifier: String,
    #[serde(default)]
    pub accepted: bool,
    #[serde(default)]
    pub left_at: Option<Value>,
    #[serde(default)]
    pub deleted_at: Option<Value>,
    #[serde(default)]
    pub all_libraries: bool,
    #[serde(default)]
    pub invited: Invited,
    #[serde(default)]
    pub sharing_settings: Map<String, Value>,
    #[serde(default)]
    pub libraries: Vec<Section>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Invited {
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
}

/// One row of `GET /api/v2/shared_servers/invites/received/pending`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Received {
    #[serde(default)]
    pub shared_servers: Vec<ReceivedServer>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReceivedServer {
    pub id: u64,
}

/// `GET /api/v2/home/users`
#[derive(Debug, Deserialize)]
pub(super) struct Home {
    #[serde(default)]
    pub users: Vec<HomeUser>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HomeUser {
    pub id: u64,
}

/// What a media server wraps everything in.
#[derive(Debug, Deserialize)]
pub(super) struct Wrapped<T> {
    #[serde(rename = "MediaContainer")]
    pub container: T,
}

/// `GET /identity` and `GET /` of a media server.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub machine_identifier: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub friendly_name: Option<String>,
    #[serde(default)]
    pub my_plex_subscription: Option<bool>,
}

/// `GET /library/sections`
#[derive(Debug, Deserialize)]
pub(super) struct LocalSections {
    #[serde(default, rename = "Directory")]
    pub sections: Vec<LocalSection>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LocalSection {
    pub key: String,
    #[serde(default)]
    pub refreshing: bool,
    #[serde(default, rename = "Location")]
    pub locations: Vec<Location>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Location {
    pub path: String,
}

/// A number or a text, as a text.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    })
}
