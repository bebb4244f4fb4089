//! Posters, drawn: a colour of the thing's own and its title.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;

use super::super::Pms;
use super::super::answer::{Answer, Refused};
use super::super::asked::Asked;
use super::super::library::RatingKey;
use super::super::wire::escaped;
use super::auth::Viewer;
use super::sections::seen;

/// `GET /library/metadata/{item}/thumb/{version}`
pub async fn show(
    viewer: Viewer,
    State(pms): State<Pms>,
    Path((key, _)): Path<(RatingKey, String)>,
) -> Answer {
    drawn(&pms, viewer, key)
}

/// `GET /photo/:/transcode?url=/library/metadata/{item}/thumb/{version}`
pub async fn transcoded(viewer: Viewer, State(pms): State<Pms>, asked: Asked) -> Answer {
    let url = asked.text("url").unwrap_or_default();
    let key = url
        .trim_start_matches("/library/metadata/")
        .split('/')
        .next();
    let key = key
        .and_then(|key| key.parse().ok())
        .ok_or(Refused::Server(404))?;
    drawn(&pms, viewer, key)
}

fn drawn(pms: &Pms, viewer: Viewer, key: RatingKey) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let item = seen(&world, server, viewer, key)?;
    let (hue, title) = (item.key * 47 % 360, escaped(&item.title));
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"450\" viewBox=\"0 0 300 450\">\
         <rect width=\"300\" height=\"450\" fill=\"hsl({hue},34%,24%)\"/>\
         <path d=\"M0 300 L300 190 V450 H0Z\" fill=\"hsl({hue},48%,46%)\"/>\
         <text x=\"24\" y=\"60\" fill=\"#fff\" font-family=\"sans-serif\" font-size=\"22\">{title}</text></svg>"
    );
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}
