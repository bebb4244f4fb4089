//! One stream: who plays what on which player, as `/status/sessions` shows it.
//!
//! Shapes are those of recorded sessions (Home Assistant's Plex tests, `session_*.xml`); the fields are
//! described in the public OpenAPI document `plex-api-spec`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::{Account, AccountId};
use super::library::{Item, RatingKey};
use super::metadata;
use super::moment::Moment;
use super::server::Server;

/// How long a stream that was ended may still be listed (Tracearr#314).
pub const GHOST_MS: i64 = 5 * 60_000;

#[derive(Debug, Clone)]
pub struct Session {
    /// The short number: what `playing` events carry.
    pub key: u64,
    /// What terminating takes.
    pub id: String,
    pub account: AccountId,
    pub item: RatingKey,
    pub player: Player,
    pub state: State,
    pub offset_ms: i64,
    pub as_of: Moment,
    pub decision: Decision,
    pub bandwidth: u64,
    pub location: String,
    pub live: bool,
    /// Parts that this row lacks: `user`, `session`, `rating_key`.
    pub without: Vec<Lacking>,
    /// When it was ended, if its row is a ghost.
    pub ended: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Playing,
    Paused,
    Buffering,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::Playing => "playing",
            Self::Paused => "paused",
            Self::Buffering => "buffering",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    #[default]
    DirectPlay,
    /// Repacked, which Plex calls direct stream.
    Copy,
    Transcode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lacking {
    User,
    Session,
    RatingKey,
}

#[derive(Debug, Clone)]
pub struct Player {
    pub identifier: String,
    pub product: String,
    pub platform: String,
    pub device: String,
    pub title: String,
    pub version: String,
    pub address: String,
    pub public_address: String,
    pub local: bool,
    pub relayed: bool,
}

/// What pictures are made into here.
const TARGET_HEIGHT: u32 = 1080;

/// A row whose picture is made anew shows what comes out, not what went in (as recorded by Tautulli, which asks
/// the library for the source).
fn show_target(media: &mut Value, height: u32) {
    media["height"] = json!(height);
    media["width"] = json!(height * 16 / 9);
    media["videoResolution"] = json!(format!("{height}p"));
    media["Part"][0]["Stream"][0]["height"] = json!(height);
    media["Part"][0]["Stream"][0]["width"] = json!(height * 16 / 9);
}

impl Session {
    pub fn offset_at(&self, now: Moment, duration_ms: i64) -> i64 {
        let runs = self.state == State::Playing && self.ended.is_none();
        let since = if runs { now.since(self.as_of) } else { 0 };
        (self.offset_ms + since).clamp(0, duration_ms.max(0))
    }

    /// Moves the mark of time to now, before the state changes.
    pub fn settle(&mut self, now: Moment, duration_ms: i64) {
        self.offset_ms = self.offset_at(now, duration_ms);
        self.as_of = now;
    }

    /// The row of `/status/sessions`.
    pub fn shown(&self, server: &Server, item: &Item, account: &Account, now: Moment) -> Value {
        let mut row = metadata::shown(server, item);
        row["sessionKey"] = json!(self.key.to_string());
        row["viewOffset"] = json!(self.offset_at(now, item.duration_ms));
        row["Media"] = self.media(item);
        row["Player"] = self.player_shown(server);
        row["User"] = json!({
            "id": server.local_id(account.id).to_string(),
            "thumb": account.thumb(),
            "title": account.shown_name(),
        });
        row["Session"] = json!({
            "id": self.id, "bandwidth": self.bandwidth, "location": self.location,
        });
        if self.decision != Decision::DirectPlay {
            row["TranscodeSession"] = self.transcode();
        }
        if self.live {
            row["live"] = json!("1");
            row["key"] = json!(format!("/livetv/sessions/{}", self.id));
        }
        let fields = row.as_object_mut().expect("a row is an object");
        for lacking in &self.without {
            fields.remove(match lacking {
                Lacking::User => "User",
                Lacking::Session => "Session",
                Lacking::RatingKey => "ratingKey",
            });
        }
        row
    }

    fn media(&self, item: &Item) -> Value {
        let mut media = metadata::media(item);
        let part = &mut media[0]["Part"][0];
        part["decision"] = json!(match self.decision {
            Decision::DirectPlay => "directplay",
            Decision::Copy | Decision::Transcode => "transcode",
        });
        if let Some(streams) = part["Stream"].as_array_mut() {
            for stream in streams {
                match self.decision {
                    Decision::DirectPlay => {}
                    Decision::Copy => stream["decision"] = json!("copy"),
                    Decision::Transcode => stream["decision"] = json!("transcode"),
                }
            }
        }
        if self.decision == Decision::Transcode && item.kind != "track" {
            show_target(&mut media[0], item.height.min(TARGET_HEIGHT));
        }
        media[0]["selected"] = json!(true);
        media
    }

    fn player_shown(&self, server: &Server) -> Value {
        let player = &self.player;
        json!({
            "address": player.address,
            "device": player.device,
            "machineIdentifier": player.identifier,
            "model": "hosted",
            "platform": player.platform,
            "platformVersion": "14",
            "product": player.product,
            "profile": player.platform,
            "remotePublicAddress": player.public_address,
            "state": self.state.word(),
            "title": player.title,
            "vendor": "",
            "version": player.version,
            "local": player.local,
            "relayed": player.relayed,
            "secure": true,
            "userID": server.local_id(self.account),
        })
    }

    pub fn transcode(&self) -> Value {
        let video = if self.decision == Decision::Transcode {
            "transcode"
        } else {
            "copy"
        };
        json!({
            "key": format!("/transcode/sessions/{}", self.id),
            "throttled": false,
            "complete": false,
            "progress": 12.5,
            "size": -22,
            "speed": 4.2,
            "error": false,
            "duration": 7_200_000,
            "context": "streaming",
            "sourceVideoCodec": "h264",
            "sourceAudioCodec": "eac3",
            "videoDecision": video,
            "audioDecision": "transcode",
            "protocol": "dash",
            "container": "mp4",
            "videoCodec": "h264",
            "audioCodec": "aac",
            "audioChannels": 2,
            "transcodeHwRequested": false,
            "transcodeHwFullPipeline": false,
        })
    }
}
