//! What a call could not do, as `application/problem+json` (RFC 9457).

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use billing::BillingError;
use billing::gateways::GatewayError;
use db::DbError;
use flows::FlowError;
use kit::{FormErrors, Reader, Span, Text, t};
use media::MediaError;
use outreach::OutreachError;
use people::PeopleError;
use serde::Serialize;
use settings::{SettingsError, VaultError};
use utoipa::ToSchema;
use web::PageError;

/// Why a call was not done.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    title: Text,
    detail: Text,
    errors: FormErrors,
    /// How long to wait before the next try.
    wait: Option<Span>,
}

/// An error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemShown {
    /// A stable name of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:playhouse:unprocessable")]
    kind: String,
    title: String,
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
    /// Sentences by field of what was sent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    errors: BTreeMap<String, Vec<String>>,
}

impl Problem {
    pub fn new(status: StatusCode, title: Text, detail: Text) -> Self {
        Self {
            status,
            title,
            detail,
            errors: FormErrors::default(),
            wait: None,
        }
    }

    /// Also what a caller may not see.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            t!("There is nothing here"),
            t!(
                "Either this does not exist, or the key or its account may not do this. Check the address, the key's scopes and the account's role."
            ),
        )
    }

    pub fn no_key() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            t!("A key is needed"),
            t!(
                "Send “Authorization: Bearer ph_…” with a key that is not revoked, of an account that is enabled and has API access."
            ),
        )
    }

    pub fn too_fast(wait: Span) -> Self {
        let problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            t!("Please wait a moment"),
            t!(
                "There were too many calls within a minute. The header Retry-After says how many seconds to wait."
            ),
        );
        Self {
            wait: Some(wait),
            ..problem
        }
    }

    pub fn bad(detail: Text) -> Self {
        Self::new(StatusCode::BAD_REQUEST, t!("This cannot be read"), detail)
    }

    pub fn conflict(detail: Text) -> Self {
        Self::new(StatusCode::CONFLICT, t!("This cannot be done now"), detail)
    }

    pub fn unprocessable(detail: Text) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            t!("This cannot be done"),
            detail,
        )
    }

    /// What is wrong with single fields.
    pub fn form(errors: FormErrors) -> Self {
        let problem = Self::unprocessable(t!(
            "Some fields cannot be taken as they are. Nothing was changed; “errors” says what is wrong with each."
        ));
        Self { errors, ..problem }
    }

    /// What is wrong with one field.
    pub fn field(name: &str, detail: Text) -> Self {
        Self::form(FormErrors::one(name, detail))
    }

    /// Whether the same call may succeed later, so that its answer is not worth keeping.
    pub fn may_pass(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::CONFLICT
    }

    /// What is printed as JSON.
    pub fn shown(&self, reader: &Reader) -> ProblemShown {
        let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (field, text) in self.errors.iter() {
            errors
                .entry(field.to_owned())
                .or_default()
                .push(reader.say(text));
        }
        ProblemShown {
            kind: format!("urn:playhouse:{}", kind_of(self.status)),
            title: reader.say(&self.title),
            status: self.status.as_u16(),
            detail: reader.say(&self.detail),
            errors,
        }
    }

    pub fn into_response(self, reader: &Reader) -> Response {
        let body = serde_json::to_string(&self.shown(reader)).expect("a problem prints as JSON");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Some(wait) = self.wait {
            headers.insert(header::RETRY_AFTER, (wait.as_ms() / 1000 + 1).into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

fn kind_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "unreadable",
        StatusCode::UNAUTHORIZED => "key_needed",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "media_type",
        StatusCode::UNPROCESSABLE_ENTITY => "unprocessable",
        StatusCode::TOO_MANY_REQUESTS => "too_many",
        _ => "broken",
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        let page = error.problem();
        match error {
            PageError::NotFound | PageError::Forbidden => Self::not_found(),
            _ => Self::new(page.status, page.title, page.sentence),
        }
    }
}

impl From<FormErrors> for Problem {
    fn from(errors: FormErrors) -> Self {
        Self::form(errors)
    }
}

/// Errors whose words and statuses the pages know already.
macro_rules! as_pages_say {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                PageError::from(error).into()
            }
        }
    )+};
}

as_pages_say!(
    DbError,
    VaultError,
    SettingsError,
    BillingError,
    OutreachError
);

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Form(errors) => Self::form(errors),
            other => PageError::from(other).into(),
        }
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Form(errors) => Self::form(errors),
            other => PageError::from(other).into(),
        }
    }
}

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Form(errors) => Self::form(errors),
            FlowError::People(error) => error.into(),
            FlowError::Media(error) => error.into(),
            other => PageError::from(other).into(),
        }
    }
}

impl From<GatewayError> for Problem {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::NotFound => Self::not_found(),
            GatewayError::ChangedMeanwhile => Self::conflict(t!(
                "Somebody else changed this gateway meanwhile. Read it again, and then send your change."
            )),
            GatewayError::Db(error) => error.into(),
            other => PageError::broken(&other).into(),
        }
    }
}
