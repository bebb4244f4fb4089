//! Bells: who waits for work of one kind is not woken by every save.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// One bell for each topic. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bells(Arc<Mutex<HashMap<&'static str, Arc<Notify>>>>);

impl Bells {
    pub(crate) fn of(&self, topic: &'static str) -> Arc<Notify> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(topic).or_default().clone()
    }

    pub(crate) fn ring(&self, topics: &[&'static str]) {
        for topic in topics {
            self.of(topic).notify_waiters();
        }
    }
}
