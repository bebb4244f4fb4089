//! How fast somebody may go: counted in memory, per process, in windows of a minute.
//!
//! This guards the machine's breath, not a secret: what must hold over all processes is counted in a table.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use kit::{Span, Timestamp};

const WINDOW: Span = Span::minutes(1);
/// So many names are remembered; with more, those whose window is over are forgotten.
const MOST_NAMES: usize = 10_000;

/// Counts by name.
#[derive(Debug)]
pub struct Pace<K> {
    most: u32,
    counted: Mutex<HashMap<K, (Timestamp, u32)>>,
}

impl<K: Hash + Eq + Clone> Pace<K> {
    /// So many within a minute.
    pub fn new(most: u32) -> Self {
        Self {
            most,
            counted: Mutex::default(),
        }
    }

    /// Counts one. `Some`: it is one too many, and how long to wait.
    pub fn count(&self, name: &K, now: Timestamp) -> Option<Span> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MOST_NAMES {
            counted.retain(|_, (since, _)| now.since(*since) < WINDOW);
        }
        // Still full of living names: more cannot be told apart, and are let through.
        if counted.len() >= MOST_NAMES && !counted.contains_key(name) {
            return None;
        }
        let (since, n) = counted.entry(name.clone()).or_insert((now, 0));
        if now.since(*since) >= WINDOW {
            (*since, *n) = (now, 0);
        }
        *n = n.saturating_add(1);
        (*n > self.most).then(|| (*since + WINDOW).since(now))
    }

    /// Whether the next one would be too many.
    pub fn is_spent(&self, name: &K, now: Timestamp) -> bool {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted
            .get(name)
            .is_some_and(|(since, n)| now.since(*since) < WINDOW && *n >= self.most)
    }

    /// Forgets a name: it has shown that it is trusted.
    pub fn clear(&self, name: &K) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_minute_begins_anew() {
        let pace = Pace::new(2);
        let start = Timestamp::from_s(1_000);
        assert_eq!(pace.count(&"a", start), None);
        assert_eq!(pace.count(&"a", start), None);
        assert_eq!(
            pace.count(&"a", start + Span::seconds(10)),
            Some(Span::seconds(50))
        );
        assert_eq!(pace.count(&"b", start), None);
        assert!(pace.is_spent(&"a", start));
        assert_eq!(pace.count(&"a", start + WINDOW), None);
    }
}
