//! What a request asks for: names in its query are compared without case, those in its body in either case.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The page of a list that `startIndex` and `limit` ask for, as `…QueryResult`.
pub fn page_of<T: Serialize>(all: &[T], asked: &Asked) -> Value {
    let start = asked.number("startIndex").unwrap_or(0).min(all.len());
    let limit = asked.number("limit").unwrap_or(all.len());
    let end = start.saturating_add(limit).min(all.len());
    json!({ "Items": all[start..end], "TotalRecordCount": all.len(), "StartIndex": start })
}

/// The query of a request; names are compared without case.
#[derive(Debug, Clone, Default)]
pub struct Asked(Vec<(String, String)>);

impl Asked {
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_ascii_lowercase();
        let named = self
            .0
            .iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(&name));
        named
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.text(name)?.to_ascii_lowercase().parse().ok()
    }

    /// The value, or the name of what is missing.
    pub fn required(&self, name: &str) -> Result<&str, Missing> {
        self.text(name).ok_or_else(|| Missing(name.to_owned()))
    }
}

/// A value of the query that has to be there and is not.
#[derive(Debug)]
pub struct Missing(pub String);

/// A query that is none.
#[derive(Debug)]
pub struct Unreadable;

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, "Error processing request.").into_response()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Unreadable;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Unreadable> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        Ok(Self(pairs.map_err(|_| Unreadable)?.0))
    }
}

/// `name` → `Name`; nulls fall away, so that a field that is null is a field left out.
pub fn in_capitals(fields: Map<String, Value>) -> Map<String, Value> {
    let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
    kept.map(|(mut name, value)| {
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        (name, value)
    })
    .collect()
}
