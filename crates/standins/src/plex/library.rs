//! What a media server holds: sections (libraries) and the things in them.

use super::ids;
use super::moment::Moment;

/// plex.tv's number of a section, the same everywhere: the one that sharing takes.
pub type SectionId = u64;
/// The number of a thing on its server.
pub type RatingKey = u64;

#[derive(Debug, Clone)]
pub struct Section {
    /// The server's own small number: the one in the server's paths.
    pub key: u64,
    pub id: SectionId,
    pub uuid: String,
    pub title: String,
    /// `movie`, `show`, `artist`, `photo`.
    pub kind: String,
    pub locations: Vec<String>,
    pub scanned: Moment,
    pub created: Moment,
}

impl Section {
    pub fn new(key: u64, id: SectionId, title: &str, kind: &str, now: Moment) -> Self {
        Self {
            key,
            id,
            uuid: ids::uuid_of(&["section", &id.to_string()]),
            title: title.to_owned(),
            kind: kind.to_owned(),
            locations: vec![format!("/media/{}", title.to_lowercase().replace(' ', "-"))],
            scanned: now,
            created: now,
        }
    }

    pub fn agent(&self) -> &'static str {
        match self.kind.as_str() {
            "movie" => "tv.plex.agents.movie",
            "show" => "tv.plex.agents.series",
            "artist" => "tv.plex.agents.music",
            _ => "com.plexapp.agents.none",
        }
    }

    pub fn scanner(&self) -> &'static str {
        match self.kind.as_str() {
            "movie" => "Plex Movie",
            "show" => "Plex TV Series",
            "artist" => "Plex Music",
            _ => "Plex Photo Scanner",
        }
    }

    /// Whether a path lies in one of the section's folders.
    pub fn holds_path(&self, path: &str) -> bool {
        self.locations.iter().any(|folder| {
            let rest = path.strip_prefix(folder.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

#[derive(Debug, Clone)]
pub struct Item {
    pub key: RatingKey,
    pub section: u64,
    /// `movie`, `show`, `season`, `episode`, `artist`, `album`, `track`.
    pub kind: String,
    pub title: String,
    pub parent: Option<RatingKey>,
    /// The number of a season, an episode or a track.
    pub index: Option<u64>,
    pub year: Option<i32>,
    pub summary: String,
    pub duration_ms: i64,
    pub height: u32,
    pub file: String,
    pub added: Moment,
    pub subtitles: Vec<Subtitle>,
}

/// A subtitle that somebody put up.
#[derive(Debug, Clone)]
pub struct Subtitle {
    pub title: String,
    pub language: String,
    pub format: String,
    pub forced: bool,
    pub hearing_impaired: bool,
    pub size: usize,
    pub text: String,
}

impl Item {
    /// Whether it plays itself, rather than holding what plays.
    pub fn plays(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "movie" | "episode" | "track" | "clip" | "photo"
        )
    }

    /// What `?type=` calls this kind.
    pub fn type_number(&self) -> u64 {
        match self.kind.as_str() {
            "movie" => 1,
            "show" => 2,
            "season" => 3,
            "episode" => 4,
            "artist" => 8,
            "album" => 9,
            "track" => 10,
            "clip" => 12,
            _ => 13,
        }
    }

    /// What a section shows unless asked for another type.
    pub fn is_top(&self) -> bool {
        self.parent.is_none()
    }

    pub fn resolution(&self) -> &'static str {
        match self.height {
            0..=480 => "480",
            481..=720 => "720",
            721..=1080 => "1080",
            _ => "4k",
        }
    }
}
