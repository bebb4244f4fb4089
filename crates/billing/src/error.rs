//! What billing refuses, told apart as far as callers act on it.

use db::DbError;
use kit::{Subject, Text};

/// Why billing did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    /// There is no such thing (any more); holds what was looked for.
    #[error("{} does not exist", .0.as_str())]
    NotFound(Subject),
    /// A rule forbids it; the sentence says which, and what to do instead.
    #[error("{}", .0.in_english())]
    Refused(Text),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl BillingError {
    pub(crate) fn not_found<T: kit::id::Id>(id: &T) -> Self {
        Self::NotFound(Subject::of(id))
    }
}

impl db::IsContention for BillingError {
    fn is_contention(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_contention())
    }
}
