//! Which calls the server got: for tests that count them. Control calls are not counted.

use std::collections::{BTreeMap, VecDeque};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;

use super::Jellyfin;
use super::moment::Moment;

/// How many single calls are kept; the counts go on.
const RECENT_KEPT: usize = 500;

#[derive(Debug, Default)]
pub struct Calls {
    /// By method and route, e.g. `POST /Users/{user}/Policy`.
    pub counts: BTreeMap<String, u64>,
    pub recent: VecDeque<Call>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Call {
    pub at: Moment,
    pub method: String,
    pub path: String,
    pub status: u16,
}

/// Counts a call and passes it on.
pub async fn count(State(jellyfin): State<Jellyfin>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("(unknown)", MatchedPath::as_str).to_owned();
    let at = jellyfin.now();

    let response = next.run(request).await;

    let status = response.status().as_u16();
    let calls = &mut jellyfin.state().calls;
    *calls.counts.entry(format!("{method} {route}")).or_default() += 1;
    if calls.recent.len() == RECENT_KEPT {
        calls.recent.pop_front();
    }
    calls.recent.push_back(Call {
        at,
        method,
        path,
        status,
    });
    response
}
