//! What both kinds of server send, as far as we read it. Everything may be absent; what we do not know is skipped.

use kit::Timestamp;
use media::remote::LibraryKind;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::media) struct PublicInfo {
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

/// `UserDto`. Policy and configuration are kept whole: what we do not know goes back as it came.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::media) struct User {
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub policy: Map<String, Value>,
    #[serde(default)]
    pub configuration: Map<String, Value>,
    /// Emby's users may have none, and open with an empty one.
    #[serde(default)]
    pub has_configured_password: Option<bool>,
    #[serde(default, deserialize_with = "moment")]
    pub last_login_date: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    pub last_activity_date: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::media) struct SignedIn {
    pub user: User,
    pub access_token: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::media) struct Keys {
    pub items: Vec<Key>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::media) struct Key {
    #[serde(default)]
    pub access_token: Option<String>,
    #[serde(default)]
    pub app_name: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub date_created: Option<Timestamp>,
}

/// A moment in ISO 8601; what cannot be read is as good as none.
pub(in crate::media) fn moment<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.as_deref().and_then(Timestamp::parse_rfc3339))
}

/// Ids come with and without dashes, in either case; ours are 32 small letters and digits.
pub(in crate::media) fn plain_id(id: &str) -> String {
    id.replace('-', "").to_lowercase()
}

/// `10.11.5` → (10, 11), `4.8.11.0` → (4, 8). `None`: it is not a version.
pub(in crate::media) fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-']);
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    Some((major, minor))
}

/// `CollectionTypeOptions` of Jellyfin's published contract; Emby has the same words.
pub(in crate::media) fn kind(collection_type: Option<&str>) -> LibraryKind {
    match collection_type {
        Some("movies") => LibraryKind::Movies,
        Some("tvshows") => LibraryKind::Shows,
        Some("music") => LibraryKind::Music,
        Some("musicvideos") => LibraryKind::MusicVideos,
        Some("homevideos") => LibraryKind::HomeVideos,
        Some("photos") => LibraryKind::Photos,
        Some("books") => LibraryKind::Books,
        Some("boxsets") => LibraryKind::Collections,
        _ => LibraryKind::Mixed,
    }
}
