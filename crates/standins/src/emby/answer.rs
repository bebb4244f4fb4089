//! How Emby says no, and how it reads what was sent.
//!
//! A refusal is a status and a sentence in plain text. Bodies are read as JSON whatever their content type
//! says: Emby's own web client sends JSON as `text/plain`.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use super::asked::{Asked, page_of};
use super::asked::{Missing, Unreadable, in_capitals};
use super::people::NameRefused;

/// The largest body that is read, far above any that a client of ours sends.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// A status and its sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal(pub StatusCode, pub String);

/// What most routes answer.
pub type Answer = Result<Response, Refusal>;

impl Refusal {
    pub fn bad(sentence: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, sentence.to_owned())
    }

    pub fn not_signed_in() -> Self {
        let sentence = "Access token is invalid or expired.";
        Self(StatusCode::UNAUTHORIZED, sentence.to_owned())
    }

    pub fn unauthorized(sentence: &str) -> Self {
        Self(StatusCode::UNAUTHORIZED, sentence.to_owned())
    }

    pub fn not_allowed() -> Self {
        let sentence = "Unauthorized access.";
        Self(StatusCode::FORBIDDEN, sentence.to_owned())
    }

    pub fn not_found(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("{what} not found."))
    }

    pub fn required(field: &str) -> Self {
        Self::bad(&format!("Value cannot be null. (Parameter '{field}')"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "text/plain")];
        (self.0, kind, self.1).into_response()
    }
}

impl From<Unreadable> for Refusal {
    fn from(_: Unreadable) -> Self {
        Self::bad("The query string is malformed.")
    }
}

impl From<Missing> for Refusal {
    fn from(Missing(field): Missing) -> Self {
        Self::required(&field)
    }
}

impl From<NameRefused> for Refusal {
    fn from(why: NameRefused) -> Self {
        match why {
            NameRefused::Taken => Self::bad("A user with the same name already exists."),
            NameRefused::Malformed => Self::bad(
                "Usernames can contain letters, numbers, dashes, underscores, apostrophes and periods.",
            ),
        }
    }
}

/// 200 with a JSON body.
#[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
pub fn shown(body: impl Serialize) -> Answer {
    Ok(Json(body).into_response())
}

/// 204.
#[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
pub fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A JSON body; none at all is an empty object, and null means "left out".
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let bytes = to_bytes(request.into_body(), BODY_LIMIT).await;
        let bytes = bytes.map_err(|_| Refusal::bad("The body is too large."))?;
        let fields = if bytes.is_empty() {
            Map::new()
        } else {
            serde_json::from_slice(&bytes).map_err(|error| Refusal::bad(&error.to_string()))?
        };
        serde_json::from_value(Value::Object(in_capitals(fields)))
            .map(Self)
            .map_err(|error| refused_field(&error))
    }
}

/// serde says "missing field `Name`"; .NET says that the value cannot be null.
fn refused_field(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    match text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next())
    {
        Some(field) => Refusal::required(field),
        None => Refusal::bad(&text),
    }
}
