//! What clients have ordered: scans, and files of subtitles. Kept for tests to read.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Refusal, Sent, done};
use super::auth::Elevated;
use super::guid::Guid;
use super::moment::Moment;

/// How long a scan runs.
const RUNS_FOR_MS: i64 = 3000;

/// A scan that somebody ordered.
#[derive(Debug, Clone, Serialize)]
pub struct Scan {
    pub at: Moment,
    /// `all`, `path`, `item` or `library`.
    pub kind: &'static str,
    pub what: String,
}

/// A file of subtitles that somebody put up.
#[derive(Debug, Clone, Serialize)]
pub struct Subtitle {
    pub item: Guid,
    pub language: String,
    pub format: String,
    pub forced: bool,
    pub hearing_impaired: bool,
    pub text: String,
}

#[derive(Debug, Default)]
pub struct Orders {
    pub scans: Vec<Scan>,
    pub subtitles: Vec<Subtitle>,
}

impl Orders {
    pub fn scan(&mut self, kind: &'static str, what: &str, at: Moment) {
        let what = what.to_owned();
        self.scans.push(Scan { at, kind, what });
    }

    /// `RefreshStatus` of every library: which one is at work is not told apart here.
    pub fn refresh_status(&self, now: Moment) -> &'static str {
        let is_on = |scan: &Scan| now.since(scan.at) < RUNS_FOR_MS;
        if self.scans.iter().any(is_on) {
            "Active"
        } else {
            "Idle"
        }
    }

    /// `MediaStream` of the published contract, for what was put up.
    pub fn streams_of(&self, item: &Guid) -> Vec<Value> {
        let own = self.subtitles.iter().filter(|one| one.item == *item);
        (2..)
            .zip(own)
            .map(|(index, one)| {
                json!({
                    "Codec": one.format, "Language": one.language, "Type": "Subtitle",
                    "IsForced": one.forced, "IsHearingImpaired": one.hearing_impaired,
                    "IsExternal": true, "IsTextSubtitleStream": true, "Index": index,
                })
            })
            .collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Updated {
    #[serde(default)]
    updates: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    path: String,
}

/// `POST /Library/Media/Updated`: scans single paths.
pub async fn media_updated(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    Sent(sent): Sent<Updated>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    for update in sent.updates {
        state.orders.scan("path", &update.path, now);
    }
    done()
}

/// `UploadSubtitleDto` of the published contract.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Uploaded {
    language: String,
    format: String,
    is_forced: bool,
    is_hearing_impaired: bool,
    data: String,
}

/// `POST /Videos/{item}/Subtitles`: the file in base64.
pub async fn upload(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    Path(item): Path<String>,
    Sent(sent): Sent<Uploaded>,
) -> Answer {
    let id = Guid::parse(&item).ok_or(Refusal::BAD_ARGUMENT)?;
    let mut state = jellyfin.state();
    let found = state.find_item(&id).filter(|item| item.kind != "Audio");
    found.ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?;
    let bytes = STANDARD.decode(sent.data).map_err(|_| Refusal::UNKNOWN)?;
    state.orders.subtitles.push(Subtitle {
        item: id,
        language: sent.language,
        format: sent.format,
        forced: sent.is_forced,
        hearing_impaired: sent.is_hearing_impaired,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    });
    done()
}
