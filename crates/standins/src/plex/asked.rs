//! What a request brings: its query, its `X-Plex-…` facts (header or query), and its body as one JSON value.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::answer::Refused;

/// The largest body that is read, far above any that a client of ours sends.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The query and the headers of a request.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    query: Vec<(String, String)>,
    headers: HeaderMap,
}

impl Asked {
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut all = self.query.iter();
        let (_, value) = all.find(|(given, _)| given == name)?;
        Some(value)
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// `1` or `true`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|text| matches!(text, "1" | "true"))
    }

    /// `X-Plex-Token` and the like: a header, or a parameter of the query.
    pub fn plex(&self, name: &str) -> Option<&str> {
        let full = format!("X-Plex-{name}");
        let header = self.headers.get(&full);
        let header = header.and_then(|value| value.to_str().ok());
        header
            .or_else(|| {
                let mut all = self.query.iter();
                let found = all.find(|(given, _)| given.eq_ignore_ascii_case(&full))?;
                Some(found.1.as_str())
            })
            .filter(|value| !value.is_empty())
    }

    /// All parameters but `X-Plex-…`.
    pub fn own(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.query.iter();
        own.filter(|(name, _)| !name.to_ascii_lowercase().starts_with("x-plex-"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What a query and headers say together.
    pub fn of(parts: &Parts) -> Self {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        Self {
            query: query.map(|query| query.0).unwrap_or_default(),
            headers: parts.headers.clone(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// A body of JSON or of a form, as JSON. A form's `urls[]` is the list `urls`.
pub struct Sent(pub Value);

impl Sent {
    /// A number, whether it came as one or as text.
    pub fn number(value: &Value) -> Option<u64> {
        value
            .as_u64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    }

    /// A truth: `true`, `1`, `"1"`, `"true"`.
    pub fn flag(value: &Value) -> Option<bool> {
        match value {
            Value::Bool(truth) => Some(*truth),
            Value::Number(number) => Some(number.as_u64() != Some(0)),
            Value::String(text) => Some(matches!(text.as_str(), "1" | "true")),
            _ => None,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let unreadable = Refused::v2(400, 1000, "The body could not be read");
        let bytes = to_bytes(request.into_body(), BODY_LIMIT).await;
        let bytes = bytes.map_err(|_| unreadable.clone())?;
        if bytes.is_empty() {
            return Ok(Self(json!({})));
        }
        if is_form {
            return Ok(Self(form(&bytes)));
        }
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| unreadable)
    }
}

fn form(bytes: &[u8]) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        match name.strip_suffix("[]") {
            Some(list) => {
                let list = fields.entry(list.to_owned()).or_insert_with(|| json!([]));
                if let Some(items) = list.as_array_mut() {
                    items.push(json!(value));
                }
            }
            None => {
                fields.insert(name.into_owned(), json!(value));
            }
        }
    }
    Value::Object(fields)
}
