//! Errors as pages: the only place that knows statuses. The inner text of a fault never reaches a visitor.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use billing::BillingError;
use db::DbError;
use kit::{FormErrors, Text, t};
use media::MediaError;
use outreach::OutreachError;
use people::PeopleError;
use settings::{SettingsError, VaultError};

/// What a handler could not do.
#[derive(Debug)]
pub enum PageError {
    NotFound,
    /// Signed in, but not allowed.
    Forbidden,
    /// A grave act wants a fresh proof of who sits there.
    ProveFirst,
    /// The form was made for another visit, or came from another site.
    Stale,
    TooLarge,
    Conflict(Text),
    Unprocessable(Text),
    /// What is wrong at which field; a page that has the form draws it again.
    Form(FormErrors),
    TooMany(Text),
    /// A fault of the house, logged under this code.
    Broken(String),
}

/// What the error page says; carried to where reader and layout are known.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    pub title: Text,
    pub sentence: Text,
}

impl PageError {
    /// Logs the fault once under a short code, which is all that the visitor sees.
    pub fn broken(error: &dyn std::fmt::Display) -> Self {
        let words = error.to_string();
        let code = code_of(&words);
        tracing::error!(fault.code = code, "A page could not be made: {words}");
        Self::Broken(code)
    }

    pub fn problem(&self) -> Problem {
        let (status, title, sentence) = self.words();
        Problem {
            status,
            title,
            sentence,
        }
    }

    fn words(&self) -> (StatusCode, Text, Text) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                t!("There is nothing here"),
                t!(
                    "The address may be mistyped, or what was here is gone. Go back, or start from the first page."
                ),
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                t!("This is not yours to open"),
                t!(
                    "Your role does not include it. If you need it, ask an administrator to change your role."
                ),
            ),
            Self::ProveFirst => (
                StatusCode::FORBIDDEN,
                t!("Please prove that it is you"),
                t!(
                    "This is a grave step. Confirm your password or passkey first, then do it again."
                ),
            ),
            Self::Stale => (
                StatusCode::FORBIDDEN,
                t!("This page was open for too long"),
                t!("Nothing was changed. Go back, reload the page, and send the form again."),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                t!("That is too large"),
                t!("Nothing was changed. Send less at once; a file may have 2 MB."),
            ),
            Self::Conflict(text) => (
                StatusCode::CONFLICT,
                t!("This cannot be done now"),
                text.clone(),
            ),
            Self::Unprocessable(text) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                t!("This cannot be done"),
                text.clone(),
            ),
            Self::Form(errors) => Self::Unprocessable(first_of(errors)).words(),
            Self::TooMany(text) => (
                StatusCode::TOO_MANY_REQUESTS,
                t!("Please wait a moment"),
                text.clone(),
            ),
            Self::Broken(code) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                t!("Something broke on our side"),
                t!(
                    "Nothing of yours is lost. Try again in a minute; if it stays, tell us this code: {code}",
                    code = code
                ),
            ),
        }
    }
}

/// For pages that have no form to show them at.
fn first_of(errors: &FormErrors) -> Text {
    let first = errors.iter().next().map(|(_, text)| text.clone());
    first.unwrap_or(t!("Please check what you typed, and send it again."))
}

/// Six letters by which the log line is found; the same fault has the same code.
fn code_of(words: &str) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(words.as_bytes())[..3]).to_uppercase()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut all, byte| {
        write!(all, "{byte:02x}").expect("writing into a text never fails");
        all
    })
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let mut response = problem.status.into_response();
        if matches!(self, Self::ProveFirst) {
            let name = HeaderName::from_static("x-prove-first");
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

impl From<FormErrors> for PageError {
    fn from(errors: FormErrors) -> Self {
        Self::Form(errors)
    }
}

impl From<DbError> for PageError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::TryAgain => Self::Conflict(t!(
                "Somebody else was changing the same thing. Nothing was changed by you; please try again."
            )),
            other => Self::broken(&other),
        }
    }
}

impl From<VaultError> for PageError {
    fn from(error: VaultError) -> Self {
        Self::broken(&error)
    }
}

impl From<SettingsError> for PageError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::ChangedMeanwhile => Self::Conflict(t!(
                "Somebody else saved these settings while you had them open. Reload the page and look at them first."
            )),
            SettingsError::Db(error) => error.into(),
        }
    }
}

impl From<PeopleError> for PageError {
    fn from(error: PeopleError) -> Self {
        let text = error.text();
        match (error, text) {
            (PeopleError::NotFound, _) => Self::NotFound,
            (PeopleError::Form(errors), _) => Self::Form(errors),
            (PeopleError::TooMany(text), _) => Self::TooMany(text),
            (PeopleError::Db(error), _) => error.into(),
            (PeopleError::Vault(error), _) => error.into(),
            (PeopleError::ChangedMeanwhile, Some(text)) => Self::Conflict(text),
            (_, Some(text)) => Self::Unprocessable(text),
            (error, None) => Self::broken(&error),
        }
    }
}

impl From<BillingError> for PageError {
    fn from(error: BillingError) -> Self {
        match error {
            BillingError::Db(error) => error.into(),
            BillingError::NotFound(_) => Self::NotFound,
            BillingError::Refused(text) => Self::Unprocessable(text),
        }
    }
}

impl From<MediaError> for PageError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Db(error) => error.into(),
            MediaError::NotFound => Self::NotFound,
            MediaError::Form(errors) => Self::Form(errors),
            other => match other.text() {
                Some(text) => Self::Unprocessable(text),
                None => Self::broken(&other),
            },
        }
    }
}

impl From<OutreachError> for PageError {
    fn from(error: OutreachError) -> Self {
        match error {
            OutreachError::Db(error) => error.into(),
            OutreachError::Template(error) => Self::Unprocessable(t!(
                "This text cannot be used: {words}",
                words = error.to_string()
            )),
        }
    }
}

impl From<flows::FlowError> for PageError {
    fn from(error: flows::FlowError) -> Self {
        use flows::FlowError;
        match error {
            FlowError::Billing(error) => error.into(),
            FlowError::Media(error) => error.into(),
            FlowError::People(error) => error.into(),
            FlowError::Outreach(error) => error.into(),
            FlowError::NotFound => Self::NotFound,
            FlowError::Db(error) => error.into(),
            FlowError::Form(errors) => Self::Form(errors),
            FlowError::Refused(_) => match error.text() {
                Some(text) => Self::Unprocessable(text),
                None => Self::broken(&error),
            },
        }
    }
}
