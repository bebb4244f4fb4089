//! Subtitles that somebody puts beside a film: the file is the body, what it is stands in the query (plex-api-spec).

use http::Method;
use kit::{Outcome, done};
use media::help::Subtitle;
use serde::Deserialize;
use serde_json::Value;

use super::Plex;
use super::wire::Wrapped;

/// `streamType` of subtitles.
const SUBTITLE: i64 = 3;

#[derive(Debug, Deserialize)]
struct Found {
    #[serde(default, rename = "Metadata")]
    rows: Vec<Metadata>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    #[serde(default, rename = "Media")]
    media: Vec<Media>,
}

#[derive(Debug, Deserialize)]
struct Media {
    #[serde(default, rename = "Part")]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default, rename = "Stream")]
    streams: Vec<Stream>,
}

/// What lies in a file of its own has a `key`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stream {
    #[serde(default, rename = "streamType")]
    kind: i64,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    language_code: Option<String>,
    #[serde(default)]
    language_tag: Option<String>,
    /// Sent as a flag or as a number, or not at all.
    #[serde(default)]
    forced: Value,
}

impl Stream {
    fn is_like(&self, file: &Subtitle<'_>) -> bool {
        let known = [&self.language_code, &self.language_tag];
        let names = [file.language.two, file.language.three];
        let is_forced = self.forced == true || self.forced == 1;
        self.kind == SUBTITLE
            && self.key.is_some()
            && is_forced == file.is_forced
            && known
                .into_iter()
                .flatten()
                .any(|one| names.contains(&one.as_str()))
    }
}

impl Plex {
    pub(super) async fn put_subtitle(&self, file: &Subtitle<'_>) -> Outcome<()> {
        let forced = if file.is_forced { "1" } else { "0" };
        let query = [
            ("title", file.language.name),
            ("language", file.language.two),
            ("format", file.format),
            ("forced", forced),
        ];
        let path = ["library", "metadata", file.item, "subtitles"];
        let url = self.server.url(&path, &query);
        let body = ("text/plain; charset=utf-8", file.text.as_bytes().to_vec());
        let answer = done!(self.server.send_bytes(Method::POST, url, Some(body)).await);
        if answer.status.is_success() {
            Outcome::Done(())
        } else {
            self.server.refused(&answer)
        }
    }

    pub(super) async fn subtitles_of(&self, file: &Subtitle<'_>) -> Outcome<usize> {
        let url = self.server.url(&["library", "metadata", file.item], &[]);
        let found: Wrapped<Found> = done!(self.server.get(url).await);
        let media = found.container.rows.iter().flat_map(|row| &row.media);
        let parts = media.flat_map(|media| &media.parts);
        let most = parts.map(|part| part.streams.iter().filter(|one| one.is_like(file)).count());
        Outcome::Done(most.max().unwrap_or(0))
    }
}
