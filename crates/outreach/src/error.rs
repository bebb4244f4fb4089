//! What can go wrong with letters.

use db::DbError;

use crate::template::TemplateError;

/// What can go wrong with letters.
#[derive(Debug, thiserror::Error)]
pub enum OutreachError {
    #[error("the text of this letter cannot be used: {0}")]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Db(#[from] DbError),
}
