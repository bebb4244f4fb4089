//! How Jellyfin says no, and how it reads what was sent.
//!
//! Names of fields are read in either case (`Name`, `name`), null means "left out", and queries do not
//! care about case at all, as on the real server.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use super::asked::{Asked, page_of};
use super::asked::{Missing, Unreadable, in_capitals};

/// The largest body that is read, far above any that a client of ours sends.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// An answer that refuses, in the four forms of the real server.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The status alone: the token is missing, wrong, or not enough.
    Bare(StatusCode),
    /// The plain text into which production servers turn every inner error.
    Inner(StatusCode),
    /// A sentence as a JSON string.
    Sentence(StatusCode, &'static str),
    /// A problem document (RFC 9457) without more.
    Problem(StatusCode),
    /// A problem document that names the field.
    Invalid { field: String, message: String },
}

/// What most routes answer.
pub type Answer = Result<Response, Refusal>;

impl Refusal {
    pub const UNKNOWN: Self = Self::Inner(StatusCode::NOT_FOUND);
    pub const BAD_ARGUMENT: Self = Self::Inner(StatusCode::BAD_REQUEST);
    pub const NOT_SIGNED_IN: Self = Self::Bare(StatusCode::UNAUTHORIZED);
    pub const NOT_ALLOWED: Self = Self::Bare(StatusCode::FORBIDDEN);

    pub fn required(field: &str) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            message: format!("The {field} field is required."),
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(_: Unreadable) -> Self {
        Self::BAD_ARGUMENT
    }
}

impl From<Missing> for Refusal {
    fn from(Missing(field): Missing) -> Self {
        Self::required(&field)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Bare(status) => status.into_response(),
            Self::Inner(status) => (status, "Error processing request.").into_response(),
            Self::Sentence(status, text) => (status, Json(text)).into_response(),
            Self::Problem(status) => problem(status, status.canonical_reason(), None),
            Self::Invalid { field, message } => problem(
                StatusCode::BAD_REQUEST,
                Some("One or more validation errors occurred."),
                Some(json!({ field: [message] })),
            ),
        }
    }
}

fn problem(status: StatusCode, title: Option<&str>, errors: Option<Value>) -> Response {
    let mut body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15",
        "title": title,
        "status": status.as_u16(),
    });
    if let Some(errors) = errors {
        body["errors"] = errors;
    }
    let kind = [(
        header::CONTENT_TYPE,
        "application/problem+json; charset=utf-8",
    )];
    (status, kind, body.to_string()).into_response()
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

/// A JSON body.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_json = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| {
                kind.starts_with("application/json") || kind.starts_with("text/json")
            });
        let bytes = read(request.into_body()).await?;
        if bytes.is_empty() {
            return Err(invalid("", "A non-empty request body is required."));
        }
        if !is_json {
            return Err(Refusal::Problem(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body: Value =
            serde_json::from_slice(&bytes).map_err(|error| invalid("$", &error.to_string()))?;
        let Value::Object(fields) = body else {
            return Err(invalid("$", "The JSON value could not be converted."));
        };
        serde_json::from_value(Value::Object(in_capitals(fields)))
            .map(Self)
            .map_err(|error| refused_field(&error))
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, Refusal> {
    let too_large = Refusal::Bare(StatusCode::PAYLOAD_TOO_LARGE);
    to_bytes(body, BODY_LIMIT).await.map_err(|_| too_large)
}

fn invalid(field: &str, message: &str) -> Refusal {
    Refusal::Invalid {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

/// serde says "missing field `Name`"; Jellyfin names the field and says that it is required.
fn refused_field(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    match text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next())
    {
        Some(field) => Refusal::required(field),
        None => invalid("$", &text),
    }
}
