//! What a user may do: the whole policy as Jellyfin 10.11 and 12 write it.
//!
//! A posted policy replaces the old one: what it leaves out goes back to the default here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::guid::Guid;

/// The provider that every user of a fresh server signs in with.
pub const SIGN_IN_PROVIDER: &str =
    "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider";
/// The provider that every user of a fresh server resets the password with.
pub const RESET_PROVIDER: &str =
    "Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider";

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
    pub enable_collection_management: bool,
    pub enable_subtitle_management: bool,
    pub enable_lyric_management: bool,
    pub is_disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parental_rating: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parental_sub_rating: Option<i32>,
    pub blocked_tags: Vec<String>,
    pub allowed_tags: Vec<String>,
    pub enable_user_preference_access: bool,
    pub access_schedules: Vec<Value>,
    pub block_unrated_items: Vec<UnratedItem>,
    pub enable_remote_control_of_other_users: bool,
    pub enable_shared_device_control: bool,
    pub enable_remote_access: bool,
    pub enable_live_tv_management: bool,
    pub enable_live_tv_access: bool,
    pub enable_media_playback: bool,
    pub enable_audio_playback_transcoding: bool,
    pub enable_video_playback_transcoding: bool,
    pub enable_playback_remuxing: bool,
    pub force_remote_source_transcoding: bool,
    pub enable_content_deletion: bool,
    pub enable_content_deletion_from_folders: Vec<String>,
    pub enable_content_downloading: bool,
    pub enable_sync_transcoding: bool,
    pub enable_media_conversion: bool,
    pub enabled_devices: Vec<String>,
    pub enable_all_devices: bool,
    pub enabled_channels: Vec<Guid>,
    pub enable_all_channels: bool,
    pub enabled_folders: Vec<Guid>,
    pub enable_all_folders: bool,
    pub invalid_login_attempt_count: i32,
    pub login_attempts_before_lockout: i32,
    pub max_active_sessions: i32,
    pub enable_public_sharing: bool,
    pub blocked_media_folders: Vec<Guid>,
    pub blocked_channels: Vec<Guid>,
    pub remote_client_bitrate_limit: i32,
    pub authentication_provider_id: String,
    pub password_reset_provider_id: String,
    pub sync_play_access: SyncPlayAccess,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncPlayAccess {
    CreateAndJoinGroups,
    JoinGroups,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnratedItem {
    Movie,
    Trailer,
    Series,
    Music,
    Book,
    LiveTvChannel,
    LiveTvProgram,
    ChannelContent,
    Other,
}

impl Default for UserPolicy {
    fn default() -> Self {
        Self {
            is_administrator: false,
            is_hidden: true,
            enable_collection_management: false,
            enable_subtitle_management: false,
            enable_lyric_management: false,
            is_disabled: false,
            max_parental_rating: None,
            max_parental_sub_rating: None,
            blocked_tags: Vec::new(),
            allowed_tags: Vec::new(),
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
            force_remote_source_transcoding: false,
            enable_content_deletion: false,
            enable_content_deletion_from_folders: Vec::new(),
            enable_content_downloading: true,
            enable_sync_transcoding: true,
            enable_media_conversion: true,
            enabled_devices: Vec::new(),
            enable_all_devices: true,
            enabled_channels: Vec::new(),
            enable_all_channels: true,
            enabled_folders: Vec::new(),
            enable_all_folders: true,
            invalid_login_attempt_count: 0,
            login_attempts_before_lockout: -1,
            max_active_sessions: 0,
            enable_public_sharing: true,
            blocked_media_folders: Vec::new(),
            blocked_channels: Vec::new(),
            remote_client_bitrate_limit: 0,
            authentication_provider_id: SIGN_IN_PROVIDER.to_owned(),
            password_reset_provider_id: RESET_PROVIDER.to_owned(),
            sync_play_access: SyncPlayAccess::CreateAndJoinGroups,
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

    /// An empty list of folders counts only while "all folders" is off.
    pub fn may_see(&self, library: &Guid) -> bool {
        if self.enable_all_folders {
            !self.blocked_media_folders.contains(library)
        } else {
            self.enabled_folders.contains(library)
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

    /// The attempts that lock a user out: none for -1, and 3 for the 0 that old clients send.
    pub fn attempts_allowed(&self) -> Option<i32> {
        match self.login_attempts_before_lockout {
            -1 => None,
            0 => Some(3),
            attempts => Some(attempts),
        }
    }
}
