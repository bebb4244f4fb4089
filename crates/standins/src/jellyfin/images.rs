//! The pictures of items.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;

use super::Jellyfin;
use super::answer::{Answer, Refusal, shown};
use super::guid::Guid;
use super::poster::poster;

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
        "Size": poster(id.as_str(), &title).len(),
    }]))
}

fn drawn(jellyfin: &Jellyfin, item: &str) -> Answer {
    let (id, title) = titled(jellyfin, item)?;
    let kind = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    Ok((kind, poster(id.as_str(), &title)).into_response())
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
