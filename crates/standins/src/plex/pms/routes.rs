//! All routes of a media server, one line each.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};

use super::super::{Pms, answer, calls, control_own};
use super::{history, listening, posters, prefs, root, scans, sections, sessions, subtitles};

/// The server's own routes, and the control routes beside them.
pub fn all(pms: Pms) -> Router {
    let server = plain()
        .merge(about_the_server())
        .merge(about_sections())
        .merge(about_streams())
        .fallback(unknown)
        .layer(from_fn(answer::spell))
        .layer(from_fn_with_state(pms.clone(), count))
        .with_state(pms.clone());
    Router::new()
        .merge(control_own::routes(pms.plex))
        .fallback_service(server)
}

/// Some paths of the server have a segment `:`, which axum takes for an old spelling of a capture.
fn plain() -> Router<Pms> {
    Router::new().without_v07_checks()
}

async fn count(State(pms): State<Pms>, request: Request, next: Next) -> Response {
    calls::count(&pms.plex, &pms.stage, request, next).await
}

fn about_the_server() -> Router<Pms> {
    plain()
        .route("/", get(root::show))
        .route("/identity", get(root::identity))
        .route("/accounts", get(root::accounts))
        .route("/accounts/", get(root::accounts))
        .route("/devices", get(root::devices))
        .route("/myplex/account", get(root::owner))
        .route("/activities", get(root::activities))
        .route("/media/providers", get(root::show))
        .route("/:/prefs", get(prefs::list).put(prefs::set))
        .route("/statistics/resources", get(root::load))
        .route("/statistics/bandwidth", get(root::bandwidth))
}

fn about_sections() -> Router<Pms> {
    plain()
        .route("/library", get(sections::library))
        .route("/library/sections", get(sections::list))
        .route("/library/sections/", get(sections::list))
        .route(
            "/library/sections/all/refresh",
            get(scans::start_all)
                .post(scans::start_all)
                .delete(scans::cancel_all),
        )
        .route("/library/sections/{section}", get(sections::show))
        .route("/library/sections/{section}/all", get(sections::items))
        .route(
            "/library/sections/{section}/refresh",
            get(scans::start)
                .post(scans::start)
                .put(scans::start)
                .delete(scans::cancel),
        )
        .route("/library/metadata/{item}", get(sections::item))
        .route("/library/metadata/{item}/children", get(sections::children))
        .route("/library/metadata/{item}/allLeaves", get(sections::leaves))
        .route(
            "/library/metadata/{item}/refresh",
            axum::routing::put(scans::refresh_item),
        )
        .route(
            "/library/metadata/{item}/subtitles",
            post(subtitles::upload),
        )
        .route(
            "/library/metadata/{item}/thumb/{version}",
            get(posters::show),
        )
        .route("/library/metadata/{item}/art/{version}", get(posters::show))
        .route("/photo/:/transcode", get(posters::transcoded))
        .route("/library/streams/{stream}", get(subtitles::show))
}

fn about_streams() -> Router<Pms> {
    plain()
        .route("/status/sessions", get(sessions::list))
        .route(
            "/status/sessions/terminate",
            get(sessions::terminate).post(sessions::terminate),
        )
        .route("/status/sessions/history/all", get(history::list))
        .route("/transcode/sessions", get(sessions::transcodes))
        .route("/:/websockets/notifications", any(listening::socket))
        .route("/:/websocket/notifications", any(listening::socket))
        .route("/:/eventsource/notifications", get(listening::events))
}

async fn unknown() -> answer::Refused {
    answer::Refused::Server(404)
}
