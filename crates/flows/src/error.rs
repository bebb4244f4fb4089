//! What a flow could not do: the capability's own words, passed on.

use billing::BillingError;
use db::{DbError, IsContention};
use kit::{FormErrors, Text};
use media::MediaError;
use outreach::OutreachError;
use people::PeopleError;

/// What a flow could not do.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error(transparent)]
    Billing(#[from] BillingError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Outreach(#[from] OutreachError),
    /// What was typed cannot be taken; each field says why.
    #[error("the form has errors")]
    Form(FormErrors),
    /// A rule over several capabilities forbids it; the sentence says which, and what to do.
    #[error("{}", .0.in_english())]
    Refused(Text),
    #[error("there is no such thing")]
    NotFound,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl FlowError {
    /// Errors of single fields, for drawing the form again.
    pub fn form(&self) -> Option<&FormErrors> {
        match self {
            Self::Form(errors)
            | Self::Media(MediaError::Form(errors))
            | Self::People(PeopleError::Form(errors)) => Some(errors),
            _ => None,
        }
    }

    /// For people. `None`: it is a fault of ours.
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::Billing(BillingError::Refused(text)) | Self::Refused(text) => Some(text.clone()),
            Self::Media(error) => error.text(),
            Self::People(error) => error.text(),
            Self::Form(errors) => errors.iter().next().map(|(_, text)| text.clone()),
            Self::NotFound | Self::Billing(BillingError::NotFound(_)) => Some(kit::t!(
                "This does not exist, or not any more. Please go back and choose again."
            )),
            Self::Billing(_) | Self::Outreach(_) | Self::Db(_) => None,
        }
    }
}

impl IsContention for FlowError {
    fn is_contention(&self) -> bool {
        matches!(
            self,
            Self::Db(DbError::TryAgain)
                | Self::Billing(BillingError::Db(DbError::TryAgain))
                | Self::Media(MediaError::Db(DbError::TryAgain))
                | Self::People(PeopleError::Db(DbError::TryAgain))
        )
    }
}

impl From<FlowError> for jobs::JobError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Db(error)
            | FlowError::Billing(BillingError::Db(error))
            | FlowError::Media(MediaError::Db(error))
            | FlowError::People(PeopleError::Db(error)) => error.into(),
            other => {
                let words = || kit::t!("A step of ours failed: {words}", words = other.to_string());
                Self::Again(other.text().unwrap_or_else(words))
            }
        }
    }
}
