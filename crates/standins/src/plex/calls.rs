//! Which calls came in, and from which program: for tests that count them. Control calls are not counted.

use std::collections::{BTreeMap, VecDeque};

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;

use super::Plex;
use super::asked::Asked;

/// How many single calls are kept; the counts go on.
const RECENT_KEPT: usize = 2_000;

#[derive(Debug, Default)]
pub struct Calls {
    /// By method and route, e.g. `POST /api/v2/shared_servers`.
    pub counts: BTreeMap<String, u64>,
    pub recent: VecDeque<Call>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Call {
    pub at_ms: i64,
    /// `plex_tv` or `plex_server`.
    pub side: &'static str,
    /// The address that was called.
    pub address: String,
    pub client: Option<String>,
    pub method: String,
    pub path: String,
    pub status: u16,
}

/// Counts a call and passes it on.
pub async fn count(
    plex: &Plex,
    stage: &crate::stage::Stage,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked::of(&parts);
    let mut call = Call {
        at_ms: plex.now().0,
        side: stage.name,
        address: stage.base_url.clone(),
        client: asked.plex("Client-Identifier").map(str::to_owned),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        status: 0,
    };
    let matched = parts.extensions.get::<MatchedPath>();
    let route = matched.map_or("(unknown)", MatchedPath::as_str).to_owned();

    let response = next.run(Request::from_parts(parts, body)).await;

    call.status = response.status().as_u16();
    let calls = &mut plex.world().calls;
    let counted = format!("{} {route}", call.method);
    *calls.counts.entry(counted).or_default() += 1;
    if calls.recent.len() == RECENT_KEPT {
        calls.recent.pop_front();
    }
    calls.recent.push_back(call);
    response
}
