//! What a user may do: the whole policy as Emby 4.8 writes it.
//!
//! A posted policy replaces the old one: what it leaves out goes back to the default here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::guid::Guid;
use super::library::Library;

/// The provider that every user of a fresh server signs in with.
const SIGN_IN_PROVIDER: &str = "Emby.Server.Implementations.Library.DefaultAuthenticationProvider";

/// `UserPolicy` of the published contract, in its order.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the outside system has it so"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserPolicy {
    pub is_administrator: bool,
    pub is_hidden: bool,
    pub is_hidden_remotely: bool,
    pub is_hidden_from_unused_devices: bool,
    pub is_disabled: bool,
    pub locked_out_date: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parental_rating: Option<i32>,
    pub allow_tag_or_rating: bool,
    pub blocked_tags: Vec<String>,
    pub is_tag_blocking_mode_inclusive: bool,
    pub include_tags: Vec<String>,
    pub enable_user_preference_access: bool,
    pub access_schedules: Vec<Value>,
    pub block_unrated_items: Vec<String>,
    pub enable_remote_control_of_other_users: bool,
    pub enable_shared_device_control: bool,
    pub enable_remote_access: bool,
    pub enable_live_tv_management: bool,
    pub enable_live_tv_access: bool,
    pub enable_media_playback: bool,
    pub enable_audio_playback_transcoding: bool,
    pub enable_video_playback_transcoding: bool,
    pub enable_playback_remuxing: bool,
    pub enable_content_deletion: bool,
    pub restricted_features: Vec<String>,
    pub enable_content_deletion_from_folders: Vec<String>,
    pub enable_content_downloading: bool,
    pub enable_subtitle_downloading: bool,
    pub enable_subtitle_management: bool,
    pub enable_sync_transcoding: bool,
    pub enable_media_conversion: bool,
    pub enabled_channels: Vec<String>,
    pub enable_all_channels: bool,
    /// The `Guid`s of libraries. Their short `Id`s are taken, too, and open nothing.
    pub enabled_folders: Vec<String>,
    pub enable_all_folders: bool,
    pub invalid_login_attempt_count: i32,
    pub enable_public_sharing: bool,
    pub blocked_media_folders: Vec<String>,
    pub remote_client_bitrate_limit: i32,
    pub authentication_provider_id: String,
    pub excluded_sub_folders: Vec<String>,
    /// Zero: as many as there are devices.
    pub simultaneous_stream_limit: usize,
    pub enabled_devices: Vec<String>,
    pub enable_all_devices: bool,
    pub allow_camera_upload: bool,
    pub allow_sharing_personal_items: bool,
}

impl Default for UserPolicy {
    fn default() -> Self {
        Self {
            is_administrator: false,
            is_hidden: true,
            is_hidden_remotely: true,
            is_hidden_from_unused_devices: false,
            is_disabled: false,
            locked_out_date: 0,
            max_parental_rating: None,
            allow_tag_or_rating: false,
            blocked_tags: Vec::new(),
            is_tag_blocking_mode_inclusive: false,
            include_tags: Vec::new(),
            enable_user_preference_access: true,
            access_schedules: Vec::new(),
            block_unrated_items: Vec::new(),
            enable_remote_control_of_other_users: false,
            enable_shared_device_control: true,
            enable_remote_access: true,
            enable_live_tv_management: true,
            enable_live_tv_access: true,
            enable_media_playback: true,
            enable_audio_playback_transcoding: true,
            enable_video_playback_transcoding: true,
            enable_playback_remuxing: true,
            enable_content_deletion: false,
            restricted_features: vec!["notifications".to_owned()],
            enable_content_deletion_from_folders: Vec::new(),
            enable_content_downloading: true,
            enable_subtitle_downloading: false,
            enable_subtitle_management: false,
            enable_sync_transcoding: true,
            enable_media_conversion: true,
            enabled_channels: Vec::new(),
            enable_all_channels: true,
            enabled_folders: Vec::new(),
            enable_all_folders: true,
            invalid_login_attempt_count: 0,
            enable_public_sharing: false,
            blocked_media_folders: Vec::new(),
            remote_client_bitrate_limit: 0,
            authentication_provider_id: SIGN_IN_PROVIDER.to_owned(),
            excluded_sub_folders: Vec::new(),
            simultaneous_stream_limit: 0,
            enabled_devices: Vec::new(),
            enable_all_devices: true,
            allow_camera_upload: true,
            allow_sharing_personal_items: false,
        }
    }
}

impl UserPolicy {
    /// The policy of whoever set the server up.
    pub fn administrator() -> Self {
        Self {
            is_administrator: true,
            is_hidden: false,
            enable_content_deletion: true,
            enable_remote_control_of_other_users: true,
            ..Self::default()
        }
    }

    /// An empty list of folders counts only while "all folders" is off, and only `Guid`s count in it.
    pub fn may_see(&self, library: &Library) -> bool {
        let names = |list: &[String]| {
            list.iter()
                .any(|one| Guid::parse(one).as_ref() == Some(&library.guid))
        };
        if self.enable_all_folders {
            !names(&self.blocked_media_folders)
        } else {
            names(&self.enabled_folders)
        }
    }

    pub fn may_sign_in_on(&self, device: &str) -> bool {
        self.enable_all_devices
            || self.is_administrator
            || self
                .enabled_devices
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(device))
    }
}
