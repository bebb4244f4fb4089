//! What Jellyfin sends, as far as we read it. Everything may be absent; what we do not know is skipped.

use kit::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PublicInfo {
    #[serde(default)]
    pub server_name: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub product_name: Option<String>,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub startup_wizard_completed: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VirtualFolder {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub collection_type: Option<String>,
    #[serde(default)]
    pub item_id: Option<String>,
}

/// `UserDto`. Policy and configuration are kept whole: what we do not know goes back as it came.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub policy: Map<String, Value>,
    #[serde(default)]
    pub configuration: Map<String, Value>,
    #[serde(default, deserialize_with = "moment")]
    pub last_login_date: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    pub last_activity_date: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignedIn {
    pub user: User,
    pub access_token: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Keys {
    pub items: Vec<Key>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Key {
    #[serde(default)]
    pub access_token: Option<String>,
    #[serde(default)]
    pub app_name: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub date_created: Option<Timestamp>,
}

/// `SessionInfoDto` without the queue, which can be thousands of items long.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Session {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub user_id: Option<String>,
    #[serde(default)]
    pub device_name: Option<String>,
    #[serde(default)]
    pub client: Option<String>,
    #[serde(default)]
    pub now_playing_item: Option<PlayingItem>,
    #[serde(default)]
    pub supports_media_control: bool,
    #[serde(default)]
    pub supports_remote_control: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PlayingItem {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub series_name: Option<String>,
}

/// A moment in ISO 8601; what cannot be read is as good as none.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.as_deref().and_then(Timestamp::parse_rfc3339))
}

/// Ids come with and without dashes, in either case; ours are 32 small letters and digits.
pub(super) fn plain_id(id: &str) -> String {
    id.replace('-', "").to_lowercase()
}
