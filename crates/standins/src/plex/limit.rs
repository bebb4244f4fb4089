//! plex.tv's patience: how many calls of one program it takes in a while, if a seed says so.
//!
//! Plex publishes no numbers; limits seem to hang on the client identifier (Plex-Data-Collector#30), and
//! whether `Retry-After` is sent is not known, so both can be had. Measured by the machine's own time.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::time::Instant;

use super::Tv;
use super::answer::Refused;
use super::asked::Asked;

/// At most so many calls within so many milliseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    calls: usize,
    within_ms: u64,
    #[serde(default)]
    retry_after_s: Option<u64>,
}

#[derive(Debug, Default)]
pub struct Limit {
    pub rule: Option<Rule>,
    seen: HashMap<String, VecDeque<Instant>>,
}

impl Limit {
    /// Counts a call; gives the broken rule if it is one too many.
    fn count(&mut self, client: &str) -> Option<Rule> {
        let rule = self.rule?;
        let now = Instant::now();
        let seen = self.seen.entry(client.to_owned()).or_default();
        while seen
            .front()
            .is_some_and(|first| now - *first > Duration::from_millis(rule.within_ms))
        {
            seen.pop_front();
        }
        if seen.len() >= rule.calls {
            return Some(rule);
        }
        seen.push_back(now);
        None
    }
}

/// Answers 429 to a program that calls too often.
pub async fn keep(State(tv): State<Tv>, asked: Asked, request: Request, next: Next) -> Response {
    let client = asked.plex("Client-Identifier").unwrap_or("(none)");
    let broken = tv.world().limit.count(client);
    let Some(rule) = broken else {
        return next.run(request).await;
    };
    let words = "Too many requests, please try again later";
    let mut response =
        Refused::v2(StatusCode::TOO_MANY_REQUESTS.as_u16(), 1003, words).into_response();
    if let Some(seconds) = rule.retry_after_s {
        let value = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
