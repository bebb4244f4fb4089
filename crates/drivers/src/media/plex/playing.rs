//! What plays on the server, and how it is ended.

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, done, t};
use media::RemoteRef;
use media::remote::{CANNOT_STOP, Decision, Frame, RemoteStream, Words};
use serde::Deserialize;

use super::Plex;
use super::wire::{Wrapped, text};

/// `GET /status/sessions`, and `GET /library/metadata/{item}` as far as it is about pictures.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default, rename = "Metadata")]
    rows: Vec<Playing>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Playing {
    #[serde(default, deserialize_with = "text")]
    session_key: String,
    /// Live television may have none.
    #[serde(default, deserialize_with = "text")]
    rating_key: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    grandparent_title: Option<String>,
    #[serde(default)]
    library_section_title: String,
    #[serde(default)]
    duration: i64,
    #[serde(default)]
    view_offset: i64,
    #[serde(default, rename = "User")]
    user: Option<User>,
    /// Some players are listed without one, and then cannot be stopped.
    #[serde(default, rename = "Session")]
    session: Option<Session>,
    #[serde(default, rename = "Player")]
    player: Player,
    #[serde(default, rename = "Media")]
    media: Vec<Media>,
    #[serde(default, rename = "TranscodeSession")]
    transcode: Option<Transcode>,
}

#[derive(Debug, Deserialize)]
struct User {
    #[serde(deserialize_with = "text")]
    id: String,
    #[serde(default)]
    title: String,
}

#[derive(Debug, Deserialize)]
struct Session {
    id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Player {
    title: Option<String>,
    product: Option<String>,
    address: Option<String>,
    remote_public_address: Option<String>,
    state: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    #[serde(default, deserialize_with = "text")]
    id: String,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    #[serde(default)]
    video_resolution: Option<String>,
    #[serde(default)]
    selected: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transcode {
    #[serde(default)]
    video_decision: Option<String>,
    #[serde(default)]
    audio_decision: Option<String>,
}

impl Media {
    fn frame(&self) -> Frame {
        let (width, height) = match self.video_resolution.as_deref() {
            Some("4k") if self.width == 0 => (3840, 2160),
            _ => (self.width, self.height),
        };
        Frame { width, height }
    }
}

impl Playing {
    fn media(&self) -> Option<&Media> {
        let selected = self.media.iter().find(|media| media.selected);
        selected.or(self.media.first())
    }

    fn decision(&self) -> Decision {
        let Some(session) = &self.transcode else {
            return Decision::Direct;
        };
        let video = session.video_decision.as_deref();
        match (video, session.audio_decision.as_deref()) {
            (Some("transcode"), _) | (None, Some("transcode")) => Decision::Transcode,
            _ => Decision::Remux,
        }
    }

    fn makes_picture_anew(&self) -> bool {
        let session = self.transcode.as_ref();
        session.is_some_and(|one| one.video_decision.as_deref() == Some("transcode"))
    }

    fn into_stream(self, source: Frame) -> RemoteStream {
        let shown = self.media().map(Media::frame).unwrap_or_default();
        let decision = self.decision();
        let target = self.makes_picture_anew().then_some(shown);
        let player = self.player;
        let app = player.product.unwrap_or_default();
        RemoteStream {
            is_controllable: self.session.is_some(),
            id: self
                .session
                .map_or_else(|| format!("key-{}", self.session_key), |one| one.id),
            user_name: self
                .user
                .as_ref()
                .map_or_else(String::new, |user| user.title.clone()),
            user: self.user.map(|user| RemoteRef::new(user.id)),
            title: match self.grandparent_title {
                Some(show) => format!("{show}: {}", self.title),
                None => self.title,
            },
            item: self.rating_key,
            library: self.library_section_title,
            device: player.title.unwrap_or_else(|| app.clone()),
            app,
            // The other one is often a relay's or a proxy's.
            address: player
                .remote_public_address
                .or(player.address)
                .unwrap_or_default(),
            decision,
            source,
            target,
            position_ms: self.view_offset,
            length_ms: self.duration,
            is_paused: player.state == "paused",
        }
    }
}

impl Plex {
    pub(super) async fn playing(&self) -> Outcome<Vec<RemoteStream>> {
        let url = self.server.url(&["status", "sessions"], &[]);
        let sessions: Wrapped<Listed> = done!(self.server.get(url).await);
        let mut streams = Vec::new();
        for row in sessions.container.rows {
            let source = self.source_of(&row).await;
            let stream = row.into_stream(source);
            if !self.account.is_ghost(&stream.id) {
                streams.push(stream);
            }
        }
        Outcome::Done(streams)
    }

    /// A row whose picture is made anew shows what it is made into; what it is made of is in the library alone.
    async fn source_of(&self, row: &Playing) -> Frame {
        let shown = row.media().map(Media::frame).unwrap_or_default();
        let is_known = !row.rating_key.is_empty() && row.makes_picture_anew();
        if !is_known || !row.rating_key.bytes().all(|sign| sign.is_ascii_digit()) {
            return shown;
        }
        let id = row.media().map_or("", |media| media.id.as_str());
        let url = self
            .server
            .url(&["library", "metadata", &row.rating_key], &[]);
        let key = format!("{url}#{id}");
        if let Some(frame) = self.account.frame(&key) {
            return frame;
        }
        let Outcome::Done(found) = self.server.get::<Wrapped<Listed>>(url).await else {
            // Nobody is stopped for what nobody could find out.
            return shown;
        };
        let media = found.container.rows.into_iter().flat_map(|row| row.media);
        let media: Vec<Media> = media.collect();
        let same = media.iter().find(|one| one.id == id).or(media.first());
        let frame = same.map_or(shown, Media::frame);
        self.account.keep_frame(key, frame);
        frame
    }

    /// Plex shows words only together with the end of a stream.
    pub(super) fn keep_words(&self, stream: &RemoteStream, words: &Words) {
        self.account
            .prepare_farewell(&stream.id, format!("{}. {}", words.title, words.body));
    }

    /// By GET, which every known program uses; `Session.id`, not the short key.
    pub(super) async fn terminate(&self, stream: &RemoteStream) -> Outcome<()> {
        let reason = self.account.farewell(&stream.id).unwrap_or_default();
        let query = [("sessionId", stream.id.as_str()), ("reason", &reason)];
        let url = self
            .server
            .url(&["status", "sessions", "terminate"], &query);
        let answer = done!(self.server.send(Method::GET, url, None).await);
        match answer.status {
            // It ended meanwhile.
            StatusCode::NOT_FOUND => return Outcome::Done(()),
            // plex-api-spec: the account has no Plex Pass, and the stream goes on.
            StatusCode::UNAUTHORIZED => return Outcome::Refused(no_pass()),
            status if status.is_success() => {}
            _ => return self.server.refused(&answer),
        }
        self.account.note_stopped(&stream.id);
        Outcome::Done(())
    }
}

fn no_pass() -> Refusal {
    Refusal::lasting(
        CANNOT_STOP,
        t!(
            "The owner of the server has no Plex Pass, and Plex stops streams only for owners who have one."
        ),
    )
}
