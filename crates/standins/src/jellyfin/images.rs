//! Posters, drawn: a colour of the item's own and its title.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;

use super::Jellyfin;
use super::answer::{Answer, Refusal, shown};
use super::guid::Guid;

/// The longest line of a title on a poster.
const LINE_LENGTH: usize = 14;

/// `GET|HEAD /Items/{item}/Images/{kind}`: open to everybody, as on the real server.
pub async fn show(
    State(jellyfin): State<Jellyfin>,
    Path((item, _kind)): Path<(String, String)>,
) -> Answer {
    drawn(&jellyfin, &item)
}

/// `GET|HEAD /Items/{item}/Images/{kind}/{index}`
pub async fn show_indexed(
    State(jellyfin): State<Jellyfin>,
    Path((item, _kind, _index)): Path<(String, String, u32)>,
) -> Answer {
    drawn(&jellyfin, &item)
}

/// `GET /Items/{item}/Images`
pub async fn list(State(jellyfin): State<Jellyfin>, Path(item): Path<String>) -> Answer {
    let (id, title) = titled(&jellyfin, &item)?;
    shown(json!([{
        "ImageType": "Primary",
        "ImageTag": id,
        "Path": "/media/poster.svg",
        "Height": 450,
        "Width": 300,
        "Size": poster(&id, &title).len(),
    }]))
}

fn drawn(jellyfin: &Jellyfin, item: &str) -> Answer {
    let (id, title) = titled(jellyfin, item)?;
    let kind = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    Ok((kind, poster(&id, &title)).into_response())
}

fn titled(jellyfin: &Jellyfin, item: &str) -> Result<(Guid, String), Refusal> {
    let id = Guid::parse(item).ok_or(Refusal::BAD_ARGUMENT)?;
    let state = jellyfin.state();
    let library = state.libraries.iter().find(|library| library.id == id);
    let title = library.map(|library| &library.name);
    let title = title
        .or_else(|| state.find_item(&id).map(|item| &item.name))
        .cloned();
    let title = title.ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?;
    Ok((id, title))
}

/// Two shades of one hue, a low sun, and the title.
fn poster(id: &Guid, title: &str) -> String {
    let drawn = u32::from_str_radix(&id.as_str()[..6], 16).unwrap_or_default();
    let (hue, sun) = (drawn % 360, 60 + drawn / 360 % 180);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"450\" viewBox=\"0 0 300 450\">\
         <rect width=\"300\" height=\"450\" fill=\"hsl({hue},38%,22%)\"/>\
         <circle cx=\"{sun}\" cy=\"190\" r=\"70\" fill=\"hsl({hue},55%,58%)\"/>\
         <path d=\"M0 250 Q90 200 170 245 T300 225 V450 H0Z\" fill=\"hsl({hue},42%,14%)\"/>\
         <g fill=\"#fff\" font-family=\"sans-serif\" font-size=\"30\" font-weight=\"600\">"
    );
    for (at, line) in lines(title).iter().enumerate() {
        let (below, text) = (330 + at * 36, escaped(line));
        let _ = write!(svg, "<text x=\"24\" y=\"{below}\">{text}</text>");
    }
    svg.push_str("</g></svg>");
    svg
}

fn lines(title: &str) -> Vec<String> {
    title
        .split_whitespace()
        .fold(Vec::new(), |mut lines: Vec<String>, word| {
            match lines.last_mut() {
                Some(line) if line.len() + word.len() < LINE_LENGTH => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
            lines
        })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
