//! What Jellyfin alone sends in this shape.

use serde::Deserialize;

pub(super) use crate::media::mediabrowser::wire::{PublicInfo, SignedIn, User, plain_id};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VirtualFolder {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub collection_type: Option<String>,
    #[serde(default)]
    pub item_id: Option<String>,
    #[serde(default)]
    pub locations: Vec<String>,
    /// `Idle`, `Queued` or `Active`.
    #[serde(default)]
    pub refresh_status: Option<String>,
}
