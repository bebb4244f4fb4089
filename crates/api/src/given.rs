//! An answer before it becomes a response: status and JSON.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::Problem;

/// Status and printed JSON; an empty body for 204.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub status: StatusCode,
    pub body: String,
}

impl Given {
    pub fn new<T: Serialize>(status: StatusCode, shown: &T) -> Result<Self, Problem> {
        let body = serde_json::to_string(shown).map_err(|error| web::PageError::broken(&error))?;
        Ok(Self { status, body })
    }

    pub fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: String::new(),
        }
    }
}

impl IntoResponse for Given {
    fn into_response(self) -> Response {
        let kind = if self.status.is_success() {
            "application/json"
        } else {
            "application/problem+json"
        };
        let is_empty = self.body.is_empty();
        let mut response = (self.status, self.body).into_response();
        if is_empty {
            response.headers_mut().remove(header::CONTENT_TYPE);
        } else {
            let kind = HeaderValue::from_static(kind);
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    }
}
