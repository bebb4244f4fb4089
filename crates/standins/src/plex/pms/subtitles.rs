//! Subtitles that somebody puts up: the file is the body, what it is stands in the query.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde_json::json;

use super::super::Pms;
use super::super::answer::{Answer, Refused, obeyed};
use super::super::asked::Asked;
use super::super::library::{RatingKey, Subtitle};
use super::super::push::Push;
use super::auth::{Owner, Viewer};

const FORMATS: [&str; 5] = ["srt", "ass", "ssa", "vtt", "smi"];

/// `POST /library/metadata/{item}/subtitles?title=&language=&format=&forced=&hearingImpaired=&mediaItemID=`
pub async fn upload(
    _: Owner,
    State(pms): State<Pms>,
    Path(key): Path<RatingKey>,
    asked: Asked,
    body: Bytes,
) -> Answer {
    let format = asked.text("format").unwrap_or("srt").to_lowercase();
    // Inferred: an unknown format and an empty file cannot be of use.
    let has_content = !body.is_empty() || asked.text("url").is_some();
    if !FORMATS.contains(&format.as_str()) || !has_content {
        return Err(Refused::Server(400));
    }
    let now = pms.now();
    let subtitle = Subtitle {
        title: asked.text("title").unwrap_or_default().to_owned(),
        language: asked.text("language").unwrap_or_default().to_owned(),
        forced: asked.flag("forced").unwrap_or(false),
        hearing_impaired: asked.flag("hearingImpaired").unwrap_or(false),
        size: body.len(),
        text: String::from_utf8_lossy(&body).into_owned(),
        format,
    };
    let about = json!({
        "item": key, "title": subtitle.title, "language": subtitle.language, "format": subtitle.format,
        "forced": subtitle.forced, "hearing_impaired": subtitle.hearing_impaired, "size": subtitle.size,
        "text": subtitle.text,
    });
    let mut world = pms.world();
    let server = world.server_at_mut(pms.slot).ok_or(Refused::Server(503))?;
    let item = server.items.iter_mut().find(|item| item.key == key);
    let item = item.ok_or(Refused::Server(404))?;
    item.subtitles.push(subtitle);
    let push = Push::timeline(pms.slot, item.section, key, &item.title);
    server.remember(now, "subtitle", about);
    drop(world);
    pms.push(push);
    obeyed()
}

/// `GET /library/streams/{stream}`: the file again.
pub async fn show(_: Viewer, State(pms): State<Pms>, Path(stream): Path<u64>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let item = server.item(stream / 100).ok_or(Refused::Server(404))?;
    let nth = usize::try_from(stream % 100)
        .unwrap_or_default()
        .checked_sub(3);
    let found = nth.and_then(|nth| item.subtitles.get(nth));
    let text = found.ok_or(Refused::Server(404))?.text.clone();
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
