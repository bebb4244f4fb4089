//! What was sent: the query of a list, the body of a change.

use axum::body::Bytes;
use kit::{FieldError, PageAsked, Text, t};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Query and body of a call.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub query: String,
    pub body: Bytes,
}

/// For actions that need no words.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// For lists without filters.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// Rows of a page, if none are asked for.
const USUAL_LIMIT: u32 = 50;

impl Sent {
    /// The body. None at all stands for an empty object.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body: &[u8] = if self.body.is_empty() {
            b"{}"
        } else {
            &self.body
        };
        // Serde takes a list for a struct, field by field; nobody means that.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(Problem::unprocessable(t!(
                "A JSON object is needed here, not a list."
            )));
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            let words = error.to_string();
            Problem::bad(t!("What was sent is not JSON: {words}", words = words))
        })?;
        if has_nul(&value) {
            return Err(Problem::unprocessable(nul_refused()));
        }
        serde_json::from_slice(body).map_err(|error| {
            Problem::unprocessable(t!(
                "The JSON that was sent is not what this call takes: {words}",
                words = error.to_string()
            ))
        })
    }

    /// Page and filters of a list. An unknown filter is an error: ignored, it would show too much.
    pub fn list<Q: DeserializeOwned>(&self) -> Result<(PageAsked, Q), Problem> {
        let pairs: Vec<(String, String)> =
            serde_html_form::from_str(&self.query).map_err(|error| unreadable(&error))?;
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Problem::unprocessable(nul_refused()));
        }
        let (page, filters): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|(name, _)| name == "limit" || name == "after");
        let mut limit = USUAL_LIMIT;
        let mut after = None;
        for (name, value) in page {
            if name == "limit" {
                limit = read_limit(&value)?;
            } else {
                after = Some(value);
            }
        }
        let filters = serde_html_form::to_string(&filters).map_err(|error| unreadable(&error))?;
        let filters = serde_html_form::from_str(&filters).map_err(|error| unreadable(&error))?;
        Ok((PageAsked::new(limit, after), filters))
    }
}

/// Texts of PostgreSQL cannot hold it.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn nul_refused() -> Text {
    t!("A text that was sent holds the character NUL, which no text can hold here. Leave it out.")
}

fn read_limit(text: &str) -> Result<u32, Problem> {
    match text.parse() {
        Ok(limit) if (1..=PageAsked::LARGEST).contains(&limit) => Ok(limit),
        _ => Err(Problem::field("limit", whole_number())),
    }
}

fn whole_number() -> Text {
    FieldError::Invalid(t!(
        "Please enter a whole number from {least} to {most}.",
        least = 1_i64,
        most = i64::from(PageAsked::LARGEST)
    ))
    .text()
}

fn unreadable(error: &dyn std::fmt::Display) -> Problem {
    Problem::unprocessable(t!(
        "The filters in the address cannot be used: {words}",
        words = error.to_string()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        status: Option<String>,
        #[serde(default)]
        active: bool,
    }

    fn asked(query: &str) -> Result<(PageAsked, Filter), Problem> {
        Sent {
            query: query.to_owned(),
            body: Bytes::new(),
        }
        .list()
    }

    #[test]
    fn page_and_filters_are_told_apart() {
        let (page, filter) = asked("status=grace&limit=7&after=x.y&active=true").expect("readable");
        assert_eq!(page, PageAsked::new(7, Some("x.y".to_owned())));
        assert_eq!(filter.status.as_deref(), Some("grace"));
        assert!(filter.active);
    }

    #[test]
    fn an_unknown_filter_or_an_absurd_limit_is_refused() {
        for query in [
            "colour=red",
            "status=%00",
            "limit=0",
            "limit=501",
            "limit=x",
            "active=2",
        ] {
            let problem = asked(query).expect_err(query);
            assert_eq!(problem.status.as_u16(), 422, "{query}");
        }
    }

    #[test]
    fn broken_json_and_json_of_another_shape_are_told_apart() {
        let sent = |body: &'static str| Sent {
            query: String::new(),
            body: Bytes::from_static(body.as_bytes()),
        };
        let status = |body| sent(body).read::<Nothing>().map_err(|p| p.status.as_u16());
        assert!(status("").is_ok());
        assert_eq!(status("{").err(), Some(400));
        assert_eq!(status("{\"a\":1}").err(), Some(422));
        assert_eq!(status("[1]").err(), Some(422));
        assert_eq!(status("{\"a\\u0000\":1}").err(), Some(422));
    }
}
