//! Sharing: which person may see which sections of which server, and by which rights.
//!
//! A share goes none → pending → accepted → left or removed. Rights belong to the pair of owner and invited
//! person, not to the single server, as plex.tv's `sharing_settings` shows.

use serde_json::{Map, Value, json};

use super::account::AccountId;
use super::asked::Sent;
use super::library::SectionId;
use super::moment::Moment;

pub type ShareId = u64;

/// Whom an invitation is for: an account, or an address that nobody has an account for yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Invitee {
    Account(AccountId),
    Email(String),
}

impl Invitee {
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(*id),
            Self::Email(_) => None,
        }
    }
}

/// One server shared with one person.
#[derive(Debug, Clone)]
pub struct Share {
    pub id: ShareId,
    pub machine: String,
    pub owner: AccountId,
    pub invitee: Invitee,
    /// As it was typed; plex.tv shows it only while no account is known.
    pub invited_email: Option<String>,
    pub invited_at: Moment,
    pub accepted_at: Option<Moment>,
    pub left_at: Option<Moment>,
    pub deleted_at: Option<Moment>,
    pub all_libraries: bool,
    pub libraries: Vec<SectionId>,
    pub skip_friendship: bool,
    /// What the person's apps show to that server.
    pub access_token: String,
    pub invite_token: String,
    pub last_seen: Option<Moment>,
}

impl Share {
    pub fn is_over(&self) -> bool {
        self.left_at.is_some() || self.deleted_at.is_some()
    }

    pub fn is_accepted(&self) -> bool {
        self.accepted_at.is_some() && !self.is_over()
    }

    pub fn is_pending(&self) -> bool {
        self.accepted_at.is_none() && !self.is_over()
    }

    pub fn opens(&self, section: SectionId) -> bool {
        self.all_libraries || self.libraries.contains(&section)
    }
}

/// Two people who know each other, as far as sharing goes.
#[derive(Debug, Clone)]
pub struct Sharing {
    pub owner: AccountId,
    pub invitee: Invitee,
    pub friends: Friends,
    pub settings: Settings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Friends {
    No,
    Asked,
    Yes,
}

/// The rights of a person at all servers of one owner. Filters are kept byte for byte.
#[expect(
    clippy::struct_excessive_bools,
    reason = "rights are independent of each other"
)]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    pub allow_sync: bool,
    pub allow_camera_upload: bool,
    pub allow_channels: bool,
    pub allow_subtitle_admin: bool,
    pub allow_tuners: u64,
    pub filter_all: Option<String>,
    pub filter_movies: Option<String>,
    pub filter_music: Option<String>,
    pub filter_photos: Option<String>,
    pub filter_television: Option<String>,
}

impl Settings {
    /// What a whole `settings` object says: all that it does not name is reset.
    pub fn written(given: &Value) -> Self {
        let mut settings = Self::default();
        settings.change(given);
        settings
    }

    /// Changes what is named, and leaves the rest.
    pub fn change(&mut self, given: &Value) {
        for (name, value) in given.as_object().unwrap_or(&Map::new()) {
            self.set(name, value);
        }
    }

    fn set(&mut self, name: &str, value: &Value) {
        let truth = || Sent::flag(value).unwrap_or_default();
        let text = || value.as_str().map(str::to_owned);
        match name {
            "allowSync" => self.allow_sync = truth(),
            "allowCameraUpload" => self.allow_camera_upload = truth(),
            "allowChannels" => self.allow_channels = truth(),
            "allowSubtitleAdmin" => self.allow_subtitle_admin = truth(),
            "allowTuners" => self.allow_tuners = Sent::number(value).unwrap_or_default(),
            "filterAll" => self.filter_all = text(),
            "filterMovies" => self.filter_movies = text(),
            "filterMusic" => self.filter_music = text(),
            "filterPhotos" => self.filter_photos = text(),
            "filterTelevision" => self.filter_television = text(),
            _ => {}
        }
    }

    /// Whether any restriction is set: those need Plex Pass.
    pub fn has_filters(&self) -> bool {
        let filters = [
            &self.filter_all,
            &self.filter_movies,
            &self.filter_music,
            &self.filter_photos,
            &self.filter_television,
        ];
        filters
            .iter()
            .any(|filter| filter.as_deref().is_some_and(|text| !text.is_empty()))
    }

    pub fn shown(&self) -> Value {
        json!({
            "allowChannels": self.allow_channels,
            "filterMovies": self.filter_movies.as_deref().unwrap_or_default(),
            "filterMusic": self.filter_music.as_deref().unwrap_or_default(),
            "filterPhotos": self.filter_photos,
            "filterTelevision": self.filter_television.as_deref().unwrap_or_default(),
            "filterAll": self.filter_all,
            "allowSync": self.allow_sync,
            "allowCameraUpload": self.allow_camera_upload,
            "allowSubtitleAdmin": self.allow_subtitle_admin,
            "allowTuners": self.allow_tuners,
        })
    }

    /// As the first version writes it: every filter is a text.
    pub fn shown_v1(&self) -> Value {
        let mut shown = self.shown();
        for filter in ["filterPhotos", "filterAll"] {
            if shown[filter].is_null() {
                shown[filter] = json!("");
            }
        }
        shown
    }
}
