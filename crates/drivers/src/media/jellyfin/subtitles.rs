//! Subtitles that somebody puts beside a film: sent whole, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kit::{Outcome, done};
use media::help::Subtitle;
use serde::Deserialize;
use serde_json::json;

use super::call::{Caller, LIMIT};

pub(super) async fn upload(caller: &Caller, file: &Subtitle<'_>) -> Outcome<()> {
    let url = caller.url(&["Videos", file.item, "Subtitles"], &[]);
    let body = json!({
        "Language": file.language.three,
        "Format": file.format,
        "IsForced": file.is_forced,
        "IsHearingImpaired": false,
        "Data": STANDARD.encode(file.text),
    });
    let answer = done!(caller.post(url, &body).await);
    caller.written(&answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    #[serde(default)]
    media_streams: Vec<Stream>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stream {
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    is_forced: bool,
    #[serde(default)]
    is_external: bool,
}

pub(super) async fn count(caller: &Caller, file: &Subtitle<'_>) -> Outcome<usize> {
    let query = [("ids", file.item), ("fields", "MediaStreams")];
    let found: Found = done!(caller.get(caller.url(&["Items"], &query), LIMIT).await);
    let streams = found.items.iter().flat_map(|item| &item.media_streams);
    let same = |stream: &&Stream| {
        let is_file = stream.kind == "Subtitle" && stream.is_external;
        let language = stream.language.as_deref();
        is_file
            && stream.is_forced == file.is_forced
            && (language == Some(file.language.three) || language == Some(file.language.two))
    };
    Outcome::Done(streams.filter(same).count())
}
