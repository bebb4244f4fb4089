//! Which calls the server got: for tests that count them. Control calls are not counted.

use std::collections::{BTreeMap, VecDeque};

use axum::body::to_bytes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::moment::Moment;

/// How many single calls are kept; the counts go on.
const RECENT_KEPT: usize = 500;

/// A larger body is refused unread.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

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

/// A server that counts its calls.
pub trait Counts: Clone + Send + Sync + 'static {
    fn now(&self) -> Moment;
    fn note(&self, route: String, call: Call);
}

impl Calls {
    pub fn note(&mut self, route: String, call: Call) {
        *self.counts.entry(route).or_default() += 1;
        if self.recent.len() == RECENT_KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(call);
    }

    /// How many calls there were, and those after the given count, as far as they are kept.
    pub fn since(&self, after: u64) -> Value {
        let count: u64 = self.counts.values().sum();
        let news = usize::try_from(count.saturating_sub(after)).unwrap_or(usize::MAX);
        let known = self.recent.len().saturating_sub(news);
        let calls: Vec<&Call> = self.recent.iter().skip(known).collect();
        json!({ "count": count, "calls": calls })
    }
}

/// Counts a call and passes it on.
///
/// The body is read to its end, though nobody may look at it: a connection with an unread body cannot be used again,
/// and a client that sends the next call on it would see it break.
pub async fn count<S: Counts>(State(server): State<S>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("(unknown)", MatchedPath::as_str);
    let route = format!("{method} {route}");
    let at = server.now();

    let (parts, body) = request.into_parts();
    let response = match to_bytes(body, LARGEST_BODY).await {
        Ok(body) => next.run(Request::from_parts(parts, body.into())).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };

    let status = response.status().as_u16();
    let call = Call {
        at,
        method,
        path,
        status,
    };
    server.note(route, call);
    response
}
