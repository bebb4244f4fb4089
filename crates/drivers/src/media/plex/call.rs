//! One call to plex.tv or to a media server: its headers, its time limit, and what its status means.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use kit::{Outcome, Refusal, Secret, Uncertainty, done, t};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::http::{Answer, Call, Http};

const LIMIT: Duration = Duration::from_secs(20);
/// For asking who is there: several addresses are tried in turn, and some take a call and stay silent.
const SHORT_LIMIT: Duration = Duration::from_secs(6);
/// plex.tv's own status for a key that has run out (plex-api-spec).
const EXPIRED: u16 = 498;

/// Calls one address with one token.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub http: Http,
    pub base: Url,
    pub token: Option<Secret>,
}

impl Caller {
    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The same address, as somebody else.
    pub(super) fn with_token(&self, token: Option<Secret>) -> Self {
        Self {
            token,
            ..self.clone()
        }
    }

    /// `segments` are joined and encoded, so that no text of anybody changes the path.
    pub(super) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Sends, and gives the answer as it is, whatever its status.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Outcome<Answer> {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send_bytes(method, url, body).await
    }

    /// The same with a body of any kind.
    pub(super) async fn send_bytes(
        &self,
        method: Method,
        url: Url,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Outcome<Answer> {
        let mut headers = self.headers();
        let body = body.map(|(kind, bytes)| {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            bytes
        });
        self.http
            .send(Call {
                method,
                url,
                headers,
                body,
                time_limit: LIMIT,
            })
            .await
    }

    /// Reads `GET /identity` or the like, with little patience.
    pub(super) async fn knock(&self, url: Url) -> Outcome<Answer> {
        self.http
            .send(Call {
                method: Method::GET,
                url,
                headers: self.headers(),
                body: None,
                time_limit: SHORT_LIMIT,
            })
            .await
    }

    /// Who we are: the same on every call, since limits and device lists hang on it. Never in the address, which
    /// ends in logs.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("x-plex-product", "Playhouse"),
            ("x-plex-version", env!("CARGO_PKG_VERSION")),
            ("x-plex-platform", "Playhouse"),
            ("x-plex-device", "Playhouse"),
            ("x-plex-device-name", "Playhouse"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let client = HeaderValue::try_from(self.http.device());
        headers.insert(
            HeaderName::from_static("x-plex-client-identifier"),
            client.unwrap_or_else(|_| HeaderValue::from_static("playhouse")),
        );
        let token = self
            .token
            .as_ref()
            .map(|token| HeaderValue::try_from(token.reveal()));
        if let Some(Ok(mut value)) = token {
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static("x-plex-token"), value);
        }
        headers
    }

    /// Reads JSON. Any status but a success is refused.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Outcome<T> {
        if !answer.status.is_success() {
            return Outcome::Refused(self.refusal(answer));
        }
        match answer.json() {
            Some(value) => Outcome::Done(value),
            None => Outcome::Refused(Refusal::passing(
                "not_plex",
                t!(
                    "What {host} answered is not Plex's. Something else answers at this address: check address, port and proxy.",
                    host = self.host()
                ),
            )),
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Outcome<T> {
        let answer = done!(self.send(Method::GET, url, None).await);
        self.read(&answer)
    }

    /// What a write's status means when it is not a success: one that broke leaves open what was done.
    pub(super) fn refused<T>(&self, answer: &Answer) -> Outcome<T> {
        if answer.status.is_server_error() && answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return Outcome::Unknown(Uncertainty::new(t!(
                "{host} broke while it worked on this (status {status}).",
                host = self.host(),
                status = i64::from(answer.status.as_u16())
            )));
        }
        Outcome::Refused(self.refusal(answer))
    }

    /// What a status means, in a sentence.
    fn refusal(&self, answer: &Answer) -> Refusal {
        let host = self.host();
        let status = i64::from(answer.status.as_u16());
        match answer.status.as_u16() {
            401 => Refusal::lasting(
                "wrong_key",
                t!(
                    "{host} does not know the key any more: the sign-in was ended there, or the password was changed. Sign in with Plex again.",
                    host = host
                ),
            ),
            EXPIRED => Refusal::lasting(
                "wrong_key",
                t!(
                    "The sign-in at {host} has run out. Sign in with Plex again.",
                    host = host
                ),
            ),
            403 => Refusal::lasting(
                "no_administrator",
                t!(
                    "{host} says that this account may not do this. {words}",
                    host = host,
                    words = words(answer)
                ),
            ),
            404 => Refusal::passing(
                "not_found",
                t!("{host} does not know what was asked for.", host = host),
            ),
            410 => Refusal::lasting(
                "retired",
                t!(
                    "{host} has given up a way of asking that this version still uses. Update Playhouse.",
                    host = host
                ),
            ),
            429 => busy(host, answer),
            503 => Refusal::passing(
                "busy",
                t!("{host} asks us to wait. It is tried again.", host = host),
            ),
            500..=599 => Refusal::passing(
                "broken",
                t!(
                    "{host} has trouble of its own (status {status}). It is tried again.",
                    host = host,
                    status = status
                ),
            ),
            _ => Refusal::lasting(
                "refused",
                t!(
                    "{host} refused this (status {status}). {words}",
                    host = host,
                    status = status,
                    words = words(answer)
                ),
            ),
        }
    }
}

fn busy(host: String, answer: &Answer) -> Refusal {
    let said = answer.headers.contains_key(RETRY_AFTER);
    let seconds = rest_asked(answer)
        .filter(|_| said)
        .map(|rest| rest.as_secs());
    let reason = match seconds.and_then(|seconds| i64::try_from(seconds).ok()) {
        Some(seconds) => t!(
            "{host} was asked too often and wants us to wait {seconds} seconds. That is kept to; it is then tried again by itself.",
            host = host,
            seconds = seconds
        ),
        None => t!(
            "{host} was asked too often and does not say how long to wait. It is tried again by itself, more slowly.",
            host = host
        ),
    };
    Refusal::passing("busy", reason)
}

/// How long the service asks us to wait, if it does: `Retry-After` in seconds.
pub(super) fn rest_asked(answer: &Answer) -> Option<Duration> {
    if answer.status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let asked = answer.headers.get(RETRY_AFTER);
    let seconds = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Some(Duration::from_secs(seconds.unwrap_or(5).min(300)))
}

/// What the service said itself: `{"errors":[{"code","message"}]}`, or plain.
pub(super) fn words(answer: &Answer) -> String {
    let said: Option<Value> = answer.json();
    let message = said
        .as_ref()
        .and_then(|said| said["errors"][0]["message"].as_str());
    message.map_or_else(|| answer.excerpt(), str::to_owned)
}
