//! What can go wrong with people, told apart as far as pages and the API act on it.

use db::DbError;
use kit::{FormErrors, Text, t};
use settings::VaultError;

/// What can go wrong with people.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// What was typed cannot be taken; each field says why.
    #[error("the form has errors")]
    Form(FormErrors),
    /// Too many tries; the sentence says how long to wait.
    #[error("{}", .0.in_english())]
    TooMany(Text),
    /// The house's own rules forbid it; the sentence says which and what to do.
    #[error("{}", .0.in_english())]
    Forbidden(Text),
    /// The link or ceremony was used, is too old, or never existed: these are not told apart.
    #[error("this link or request is no longer valid")]
    Stale,
    /// A code, password or passkey does not prove what it should.
    #[error("{}", .0.in_english())]
    NotProven(Text),
    /// Somebody else saved it since it was read.
    #[error("this was changed by somebody else meanwhile")]
    ChangedMeanwhile,
    #[error("there is no such thing")]
    NotFound,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl PeopleError {
    pub fn field(field: &str, text: Text) -> Self {
        Self::Form(FormErrors::one(field, text))
    }

    /// The sentence for the person who asked. `None`: a fault of the house, to be logged and shown as a code.
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::Form(errors) => errors.iter().next().map(|(_, text)| text.clone()),
            Self::TooMany(text) | Self::Forbidden(text) | Self::NotProven(text) => {
                Some(text.clone())
            }
            Self::Stale => Some(t!(
                "This link has been used or is too old. Please ask for a new one."
            )),
            Self::ChangedMeanwhile => Some(t!(
                "Somebody else changed this while you had it open. Please look at the new state and try again."
            )),
            Self::NotFound => Some(t!(
                "This does not exist, or not any more. Please go back and choose again."
            )),
            Self::Vault(_) | Self::Db(_) => None,
        }
    }
}

impl db::IsContention for PeopleError {
    fn is_contention(&self) -> bool {
        matches!(self, Self::Db(DbError::TryAgain))
    }
}
