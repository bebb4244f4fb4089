//! One call to a Jellyfin server: its address, its one header, its time limit.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use kit::{Outcome, Refusal, Secret, Uncertainty, done, t};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::status;
use crate::http::{Answer, Call, Http};

/// Calls one server with one token.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    http: Http,
    base: Url,
    token: Option<Secret>,
}

/// Whether an answer that something broke leaves open what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Writing,
}

impl Caller {
    pub(super) fn new(http: Http, base: Url, token: Secret) -> Self {
        Self {
            http,
            base,
            token: Some(token).filter(|token| !token.is_empty()),
        }
    }

    /// The same server, as somebody else; `None`: as nobody yet.
    pub(super) fn with_token(&self, token: Option<Secret>) -> Self {
        Self {
            token,
            ..self.clone()
        }
    }

    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
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

    /// Reads JSON. Any status but 200 is refused or unknown.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        url: Url,
        time_limit: Duration,
    ) -> Outcome<T> {
        let answer = done!(self.send(Method::GET, url, None, time_limit).await);
        if answer.status != StatusCode::OK {
            return self.refused(&answer, Doing::Reading);
        }
        self.read(&answer)
    }

    /// Sends JSON and gives the answer as it is, whatever its status.
    pub(super) async fn post(&self, url: Url, body: &impl Serialize) -> Outcome<Answer> {
        let body = serde_json::to_vec(body).expect("our requests have string keys");
        self.send(Method::POST, url, Some(body), LIMIT).await
    }

    /// Posts without a body.
    pub(super) async fn post_nothing(&self, url: Url) -> Outcome<Answer> {
        self.send(Method::POST, url, None, LIMIT).await
    }

    pub(super) async fn delete(&self, url: Url) -> Outcome<Answer> {
        self.send(Method::DELETE, url, None, LIMIT).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        time_limit: Duration,
    ) -> Outcome<Answer> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, self.authorization());
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        self.http
            .send(Call {
                method,
                url,
                headers,
                body,
                time_limit,
            })
            .await
    }

    /// The only carrier that all versions from 10.9 to 12 take. Its values are percent-encoded.
    fn authorization(&self) -> HeaderValue {
        let token = self.token.as_ref().map_or_else(String::new, |token| {
            format!(", Token=\"{}\"", encoded(token.reveal()))
        });
        let line = format!(
            "MediaBrowser Client=\"Playhouse\", Device=\"Playhouse\", DeviceId=\"playhouse\", Version=\"{}\"{token}",
            env!("CARGO_PKG_VERSION"),
        );
        let mut value =
            HeaderValue::try_from(line).expect("percent-encoded text is a header value");
        value.set_sensitive(true);
        value
    }

    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Outcome<T> {
        match answer.json() {
            Some(value) => Outcome::Done(value),
            None => Outcome::Refused(Refusal::passing(
                "not_jellyfin",
                t!(
                    "What {host} answered is not Jellyfin's. Something else answers at this address: check address, port and proxy.",
                    host = self.host()
                ),
            )),
        }
    }

    /// What a status that is not a success means. A write that broke leaves open what was done.
    pub(super) fn refused<T>(&self, answer: &Answer, doing: Doing) -> Outcome<T> {
        if answer.status.is_server_error()
            && answer.status != StatusCode::SERVICE_UNAVAILABLE
            && doing == Doing::Writing
        {
            return Outcome::Unknown(Uncertainty::new(t!(
                "{host} broke while it worked on this (status {status}).",
                host = self.host(),
                status = i64::from(answer.status.as_u16())
            )));
        }
        Outcome::Refused(status::refusal(self.host(), answer))
    }

    /// `Done` for any success.
    pub(super) fn written(&self, answer: &Answer) -> Outcome<()> {
        if answer.status.is_success() {
            Outcome::Done(())
        } else {
            self.refused(answer, Doing::Writing)
        }
    }
}

/// For calls that answer at once.
pub(super) const LIMIT: Duration = Duration::from_secs(20);
/// For lists of everything.
pub(super) const LONG_LIMIT: Duration = Duration::from_secs(90);

fn encoded(text: &str) -> String {
    // As in the path of an address, but for every sign that could end or split a value.
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut line, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                line.push(char::from(byte));
            } else {
                line.push('%');
                line.push(hex(byte >> 4));
                line.push(hex(byte & 15));
            }
            line
        })
}

fn hex(half: u8) -> char {
    char::from_digit(u32::from(half), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_value_cannot_break_out_of_its_quotes() {
        assert_eq!(encoded("a\", Token=\"b\n"), "a%22%2C%20Token%3D%22b%0A");
    }
}
