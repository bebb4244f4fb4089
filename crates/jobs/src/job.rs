//! What a job is, and what it may answer.

use async_trait::async_trait;
use db::DbError;
use kit::stored::stored_words;
use kit::{Span, Text, t};
use serde::Serialize;
use serde::de::DeserializeOwned;

stored_words! {
    /// Lanes keep a slow remote or a bulk letter from delaying a purchase.
    pub enum Lane {
        Money = "money",
        Access = "access",
        Mail = "mail",
        /// Looking at what plays: a server that answers slowly keeps nobody waiting.
        Viewing = "viewing",
        Bulk = "bulk",
    }
}

impl Lane {
    /// How many jobs of the lane one process runs at a time.
    pub const fn hands(self) -> usize {
        match self {
            // A purchase brings three messages, and the gateway is asked about each: four hands were too few.
            Self::Money | Self::Access => 8,
            Self::Mail | Self::Viewing => 4,
            Self::Bulk => 1,
        }
    }
}

/// An order to do something. The struct is the payload; it is stored as JSON.
#[async_trait]
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The stable name, `capability.verb_object`; renaming the type must not change it.
    const NAME: &'static str;
    const LANE: Lane;
    /// How often it is begun before it goes to the list of failures.
    const ATTEMPTS: i64 = 12;
    /// What it works with: database, drivers, settings.
    type Needs: Clone + Send + Sync + 'static;

    /// Safe to run twice: the process may die after the work and before the note of it.
    async fn run(&self, needs: &Self::Needs) -> Result<(), JobError>;
}

/// Why a job did not succeed.
#[derive(Debug, Clone)]
pub enum JobError {
    /// Worth another try, after a pause that grows.
    Again(Text),
    /// Worth another try after so long.
    After(Span, Text),
    /// Another try would end the same.
    Final(Text),
}

impl JobError {
    pub fn reason(&self) -> &Text {
        match self {
            Self::Again(reason) | Self::After(_, reason) | Self::Final(reason) => reason,
        }
    }
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::TryAgain => Self::After(
                Span::ms(200),
                t!("Somebody else was changing the same rows; this is done again at once."),
            ),
            other => Self::Again(t!(
                "The database refused: {words}",
                words = other.to_string()
            )),
        }
    }
}
