//! Calls to Stripe: form bodies, idempotency keys, pages, and what its answers mean.
//!
//! Source: docs.stripe.com/api, "Errors", "Idempotent requests", "Pagination" (read in November 2026).

use kit::{Outcome, Refusal, Secret, Uncertainty, done, t};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::wire::{ErrorBody, ErrorDetail, Named, Page};
use crate::http::{Answer, Call, Http};

/// Pinned, so that fields do not move under us. Later versions of the year keep what is read here.
pub(super) const VERSION: &str = "2025-03-31.basil";

/// Pages of a hundred; a listing that is longer is cut, and says so.
const MOST_PAGES: usize = 200;

/// Fields of a form or query, in bracket notation.
#[derive(Debug, Clone, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            None => self,
            Some(value) => self.with(name, value),
        }
    }

    fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

/// One account of Stripe, by its key.
#[derive(Debug, Clone)]
pub(super) struct Api {
    http: Http,
    base: String,
    key: Secret,
}

impl Api {
    pub fn new(http: Http, base: &str, key: Secret) -> Self {
        Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            key,
        }
    }

    pub fn http(&self) -> &Http {
        &self.http
    }

    pub fn key(&self) -> &Secret {
        &self.key
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: Form) -> Outcome<T> {
        self.call(
            Method::GET,
            &format!("{path}?{}", query.encoded()),
            None,
            None,
        )
        .await
    }

    /// Like [`Self::get`]; `None` if there is no such object.
    pub async fn find<T: DeserializeOwned>(&self, path: &str, query: Form) -> Outcome<Option<T>> {
        match self.get(path, query).await {
            Outcome::Refused(refusal) if refusal.code == MISSING => Outcome::Done(None),
            other => other.map(Some),
        }
    }

    /// `key`: the same key gives the same answer for a day; `None` only where repeating does no harm.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: Form,
        key: Option<&str>,
    ) -> Outcome<T> {
        self.call(Method::POST, path, Some(form), key).await
    }

    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        self.call(Method::DELETE, path, None, None).await
    }

    /// Every object of a list, newest first.
    pub async fn all<T: DeserializeOwned + Named>(
        &self,
        path: &str,
        query: Form,
    ) -> Outcome<Vec<T>> {
        self.until(path, query, |_: &T| false).await
    }

    /// Objects of a list, newest first, until one is the last that is wanted.
    pub async fn until<T: DeserializeOwned + Named>(
        &self,
        path: &str,
        query: Form,
        is_last: impl Fn(&T) -> bool,
    ) -> Outcome<Vec<T>> {
        let mut all: Vec<T> = Vec::new();
        for _ in 0..MOST_PAGES {
            let after = all.last().map(|last| last.name().to_owned());
            let asked = query
                .clone()
                .with("limit", 100)
                .maybe("starting_after", after);
            let page: Page<T> = done!(self.get(path, asked).await);
            let has_more = page.has_more && !page.data.is_empty();
            let is_over = page.data.iter().any(&is_last);
            all.extend(page.data);
            if is_over || !has_more {
                return Outcome::Done(all);
            }
        }
        Outcome::Unknown(Uncertainty::new(t!(
            "Stripe lists more objects than can be gone through at once. This is tried again."
        )))
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        form: Option<Form>,
        key: Option<&str>,
    ) -> Outcome<T> {
        let Ok(url) = Url::parse(&format!("{}/v1/{path}", self.base)) else {
            return Outcome::Refused(Refusal::lasting(
                "address",
                t!("The address of Stripe is not an address. Leave it empty for the real one."),
            ));
        };
        let mut call = Call::new(method, url);
        call.headers = match self.headers(key) {
            Some(headers) => headers,
            None => return Outcome::Refused(wrong_key()),
        };
        call.body = form.map(|form| form.encoded().into_bytes());
        read(&done!(self.http.send(call).await))
    }

    /// `None`: the key holds characters that no header can.
    fn headers(&self, idempotency_key: Option<&str>) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", self.key.reveal())).ok()?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(
            HeaderName::from_static("stripe-version"),
            HeaderValue::from_static(VERSION),
        );
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        if let Some(key) = idempotency_key {
            let name = HeaderName::from_static("idempotency-key");
            headers.insert(name, HeaderValue::try_from(key).ok()?);
        }
        Some(headers)
    }
}

/// The code of a refusal because there is no such object.
pub(super) const MISSING: &str = "resource_missing";

/// The code of a refusal because a restricted key lacks a permission.
pub(super) const FORBIDDEN: &str = "forbidden";

fn read<T: DeserializeOwned>(answer: &Answer) -> Outcome<T> {
    if answer.status.is_success() {
        return match serde_json::from_slice(&answer.body) {
            Ok(read) => Outcome::Done(read),
            Err(error) => {
                tracing::warn!(%error, "An answer of Stripe could not be read");
                Outcome::Unknown(Uncertainty::new(t!(
                    "Stripe answered something that could not be read."
                )))
            }
        };
    }
    let detail = answer.json::<ErrorBody>().map(|body| body.error);
    refused(answer.status, detail)
}

fn refused<T>(status: StatusCode, detail: Option<ErrorDetail>) -> Outcome<T> {
    let detail = detail.unwrap_or(ErrorDetail {
        kind: String::new(),
        code: None,
        message: None,
    });
    let message = detail.message.unwrap_or_else(|| status.to_string());
    let code = detail.code.unwrap_or_else(|| detail.kind.clone());
    let said = t!("Stripe refused: {message}", message = message);
    match status {
        // The same key was used with another body: something was sent before, and must be looked for.
        _ if detail.kind == "idempotency_error" => Outcome::Unknown(Uncertainty::new(said)),
        StatusCode::UNAUTHORIZED => Outcome::Refused(wrong_key()),
        StatusCode::FORBIDDEN => Outcome::Refused(Refusal::lasting(FORBIDDEN, said)),
        StatusCode::NOT_FOUND => Outcome::Refused(Refusal::lasting(MISSING, said)),
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => {
            let reason = t!("Stripe is busy with other calls. This is tried again.");
            Outcome::Refused(Refusal::passing("busy", reason))
        }
        status if status.is_client_error() => Outcome::Refused(Refusal::lasting(&code, said)),
        // Also of a 500 Stripe says that the outcome is not known.
        _ => Outcome::Unknown(Uncertainty::new(t!(
            "Stripe had a fault of its own ({status}).",
            status = status.as_str()
        ))),
    }
}

fn wrong_key() -> Refusal {
    Refusal::lasting(
        "wrong_key",
        t!(
            "Stripe does not know this key. Copy the secret key (it begins with sk_ or rk_) from Developers → API keys."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, kind: &str) -> Outcome<()> {
        let status = StatusCode::from_u16(status).expect("a status");
        let detail = ErrorDetail {
            kind: kind.to_owned(),
            code: None,
            message: None,
        };
        refused(status, Some(detail))
    }

    #[test]
    fn only_what_was_certainly_not_carried_out_is_refused() {
        let lasting = |it: Outcome<()>| matches!(it, Outcome::Refused(no) if !no.may_pass);
        let passing = |it: Outcome<()>| matches!(it, Outcome::Refused(no) if no.may_pass);
        let unknown = |it: Outcome<()>| matches!(it, Outcome::Unknown(_));
        assert!(lasting(outcome(400, "invalid_request_error")));
        assert!(lasting(outcome(401, "")));
        assert!(lasting(outcome(402, "card_error")));
        assert!(lasting(outcome(404, "invalid_request_error")));
        assert!(passing(outcome(409, "")));
        assert!(passing(outcome(429, "")));
        assert!(unknown(outcome(500, "api_error")));
        assert!(unknown(outcome(503, "")));
        assert!(unknown(outcome(302, "")));
        assert!(unknown(outcome(400, "idempotency_error")));
    }

    #[test]
    fn a_form_is_written_in_brackets_and_escaped() {
        let form = Form::new()
            .with("metadata[attempt]", "att_1")
            .maybe("x", None::<i64>)
            .with("n", "a&b=c");
        assert_eq!(form.encoded(), "metadata%5Battempt%5D=att_1&n=a%26b%3Dc");
    }
}
