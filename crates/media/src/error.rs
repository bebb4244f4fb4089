//! What can go wrong here, told apart as far as callers act on it.

use db::DbError;
use kit::{FormErrors, Refusal, Text, Uncertainty, t};
use settings::VaultError;

/// What can go wrong with servers, libraries and shares.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// It is not there, or not any more.
    #[error("there is no such thing here")]
    NotFound,
    /// Our own rules say no; the sentence says why and what to do.
    #[error("refused: {}", .0.in_english())]
    Refused(Text),
    /// What was typed cannot be taken as it is.
    #[error("the form has errors")]
    Form(FormErrors),
    /// No server has room or can serve the plan; the sentence gathers the reasons.
    #[error("no place: {}", .0.in_english())]
    NoPlace(Text),
    /// The media server said no; nothing was done there.
    #[error("the server refused: {}", .0.reason.in_english())]
    Remote(Refusal),
    /// The media server may or may not have done it.
    #[error("unknown: {}", .0.reason.in_english())]
    Unknown(Uncertainty),
    #[error("entitlements cannot be read: {0}")]
    Entitlements(String),
    #[error(transparent)]
    Vault(VaultError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<VaultError> for MediaError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Db(error) => Self::Db(error),
            other => Self::Vault(other),
        }
    }
}

impl MediaError {
    /// For people, where there is something to say to them. `None`: it is a fault of ours.
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::NotFound => Some(t!(
                "This is not here any more. Go back to the list and choose again."
            )),
            Self::Refused(text) | Self::NoPlace(text) => Some(text.clone()),
            Self::Form(errors) => errors.iter().next().map(|(_, text)| text.clone()),
            Self::Remote(refusal) => Some(refusal.reason.clone()),
            Self::Unknown(uncertainty) => Some(uncertainty.reason.clone()),
            Self::Entitlements(_) | Self::Vault(_) | Self::Db(_) => None,
        }
    }
}

impl db::IsContention for MediaError {
    fn is_contention(&self) -> bool {
        matches!(self, Self::Db(DbError::TryAgain))
    }
}
