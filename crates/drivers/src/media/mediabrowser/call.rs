//! One call to a server: its address, its headers, its time limit.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use kit::{Outcome, Refusal, Secret, Uncertainty, done, t};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::status;
use crate::http::{Answer, Call, Http};

/// In what one kind of server differs from the other, as far as a single call goes.
#[derive(Debug)]
pub(in crate::media) struct Dialect {
    pub product: &'static str,
    /// The code of "something else answers at this address".
    pub not_it: &'static str,
    /// The headers that carry the token and say who we are.
    pub carriers: fn(Option<&Secret>) -> HeaderMap,
    /// What a refused key means.
    pub wrong_key: fn(String) -> Refusal,
}

/// Calls one server with one token.
#[derive(Debug, Clone)]
pub(in crate::media) struct Caller {
    dialect: &'static Dialect,
    http: Http,
    base: Url,
    token: Option<Secret>,
}

/// Whether an answer that something broke leaves open what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Doing {
    Reading,
    Writing,
}

impl Caller {
    pub(in crate::media) fn new(
        dialect: &'static Dialect,
        http: Http,
        base: Url,
        token: Secret,
    ) -> Self {
        Self {
            dialect,
            http,
            base,
            token: Some(token).filter(|token| !token.is_empty()),
        }
    }

    /// The same server, as somebody else; `None`: as nobody yet.
    pub(in crate::media) fn with_token(&self, token: Option<Secret>) -> Self {
        Self {
            token,
            ..self.clone()
        }
    }

    pub(in crate::media) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// `segments` are joined and encoded, so that no text of anybody changes the path.
    pub(in crate::media) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The headers that carry the token and say who we are.
    pub(super) fn headers(&self) -> HeaderMap {
        (self.dialect.carriers)(self.token.as_ref())
    }

    /// Reads JSON. Any status but 200 is refused or unknown.
    pub(in crate::media) async fn get<T: DeserializeOwned>(
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
    pub(in crate::media) async fn post(&self, url: Url, body: &impl Serialize) -> Outcome<Answer> {
        let body = serde_json::to_vec(body).expect("our requests have string keys");
        self.send(Method::POST, url, Some(body), LIMIT).await
    }

    /// Posts without a body.
    pub(in crate::media) async fn post_nothing(&self, url: Url) -> Outcome<Answer> {
        self.send(Method::POST, url, None, LIMIT).await
    }

    pub(in crate::media) async fn delete(&self, url: Url) -> Outcome<Answer> {
        self.send(Method::DELETE, url, None, LIMIT).await
    }

    pub(in crate::media) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        time_limit: Duration,
    ) -> Outcome<Answer> {
        let mut headers = self.headers();
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

    pub(in crate::media) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Outcome<T> {
        match answer.json() {
            Some(value) => Outcome::Done(value),
            None => Outcome::Refused(Refusal::passing(
                self.dialect.not_it,
                t!(
                    "What {host} answered is not what {product} answers. Something else is at this address: check address, port and proxy.",
                    host = self.host(),
                    product = self.dialect.product
                ),
            )),
        }
    }

    /// What a status that is not a success means. A write that broke leaves open what was done.
    pub(in crate::media) fn refused<T>(&self, answer: &Answer, doing: Doing) -> Outcome<T> {
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
        let refusal = if answer.status == StatusCode::UNAUTHORIZED {
            (self.dialect.wrong_key)(self.host())
        } else {
            status::refusal(self.host(), answer)
        };
        Outcome::Refused(refusal)
    }

    /// `Done` for any success.
    pub(in crate::media) fn written(&self, answer: &Answer) -> Outcome<()> {
        if answer.status.is_success() {
            Outcome::Done(())
        } else {
            self.refused(answer, Doing::Writing)
        }
    }
}

/// A described client with its token, in the words of both kinds: `MediaBrowser Client="…", …, Token="…"`.
/// Values are percent-encoded.
pub(in crate::media) fn described(scheme: &str, token: Option<&Secret>) -> HeaderValue {
    let token = token.map_or_else(String::new, |token| {
        format!(", Token=\"{}\"", encoded(token.reveal()))
    });
    let line = format!(
        "{scheme} Client=\"Playhouse\", Device=\"Playhouse\", DeviceId=\"{DEVICE}\", Version=\"{}\"{token}",
        env!("CARGO_PKG_VERSION"),
    );
    let mut value = HeaderValue::try_from(line).expect("percent-encoded text is a header value");
    value.set_sensitive(true);
    value
}

/// By what name the server knows us.
pub(super) const DEVICE: &str = "playhouse";

/// For calls that answer at once.
pub(in crate::media) const LIMIT: Duration = Duration::from_secs(20);
/// For lists of everything.
pub(in crate::media) const LONG_LIMIT: Duration = Duration::from_secs(90);

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
