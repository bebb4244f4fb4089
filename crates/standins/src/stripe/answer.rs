//! What a call is answered with: an object, or an error in Stripe's shape.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

pub type Answer = Result<Value, Refusal>;

/// An error as Stripe words it: `{"error": {type, code, param, message, …}}`.
///
/// Boxed, so that a `Result` that carries it stays small.
#[derive(Debug, Clone)]
pub struct Refusal(Box<Detail>);

#[derive(Debug, Clone)]
struct Detail {
    status: StatusCode,
    fields: Map<String, Value>,
}

impl Refusal {
    pub fn new(status: StatusCode, kind: &str, message: impl Into<String>) -> Self {
        let mut fields = Map::new();
        fields.insert("type".to_owned(), json!(kind));
        fields.insert("message".to_owned(), json!(message.into()));
        Self(Box::new(Detail { status, fields }))
    }

    /// 400: the call itself is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// 404: an id that leads nowhere.
    pub fn missing(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
            .code("resource_missing")
            .param(param)
    }

    /// 402: the card says no.
    pub fn card(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message)
    }

    pub fn code(self, code: &str) -> Self {
        self.with("code", json!(code))
    }

    pub fn param(self, param: &str) -> Self {
        self.with("param", json!(param))
    }

    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.0.fields.insert(field.to_owned(), value);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn message(&self) -> &str {
        self.0
            .fields
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn body(&self) -> Value {
        json!({ "error": self.0.fields })
    }

    /// Whether the call was refused before any work: such answers are not kept for idempotency keys.
    pub fn is_before_work(&self) -> bool {
        self.0
            .fields
            .get("type")
            .is_some_and(|kind| kind == "invalid_request_error")
    }
}

/// One page of objects, newest first.
pub fn list(url: &str, data: impl IntoIterator<Item = Value>, has_more: bool) -> Value {
    let data: Value = data.into_iter().collect();
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}

/// What is left of a deleted object.
pub fn deleted(id: &str, object: &str) -> Value {
    json!({ "id": id, "object": object, "deleted": true })
}

/// A text field of an object; empty if it is absent, null or no text.
pub fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap_or_default()
}

/// A number field of an object; zero if it is absent or null.
pub fn number(of: &Value, field: &str) -> i64 {
    of[field].as_i64().unwrap_or_default()
}

/// Whether a field is there and true.
pub fn is(of: &Value, field: &str) -> bool {
    of[field].as_bool().unwrap_or_default()
}
