//! Which jobs this process can run.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use kit::t;

use crate::job::{Job, JobError};

type Work = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Hand = Arc<dyn Fn(String) -> Work + Send + Sync>;

/// The jobs by name. A name that is not here waits for a newer process.
#[derive(Clone, Default)]
pub struct Registry {
    hands: HashMap<&'static str, Hand>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.hands.keys()).finish()
    }
}

impl Registry {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a job with what it works with.
    #[must_use]
    pub fn with<J: Job>(mut self, needs: &J::Needs) -> Self {
        let needs = needs.clone();
        let hand: Hand = Arc::new(move |payload| {
            let needs = needs.clone();
            Box::pin(async move {
                let job: J = serde_json::from_str(&payload).map_err(|error| {
                    JobError::Final(t!(
                        "The order cannot be read: {words}",
                        words = error.to_string()
                    ))
                })?;
                job.run(&needs).await
            })
        });
        self.hands.insert(J::NAME, hand);
        self
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.hands.keys().copied()
    }

    /// `None`: this process does not know the job.
    pub(crate) fn work(&self, name: &str, payload: String) -> Option<Work> {
        self.hands.get(name).map(|hand| hand(payload))
    }
}
