//! What was read a moment ago, kept so that a page which everybody opens does not read it each time.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kit::{Span, Timestamp};
use tokio::time::Instant;

use crate::open::Db;

/// Another process may have saved meanwhile, whose saves this one does not count.
const KEPT_FOR: Duration = Duration::from_secs(1);
const KEPT_FOR_BY_CLOCK: Span = Span::seconds(1);

/// One value of each type and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<RwLock<HashMap<TypeId, BTreeMap<String, Kept>>>>);

#[derive(Debug, Clone)]
struct Kept {
    value: Arc<dyn Any + Send + Sync>,
    generation: u64,
    read_at: Instant,
    /// By the house's clock, which tests move: what was read may depend on the hour.
    now: Timestamp,
}

impl Db {
    /// Answers what `read` answered before, as long as this process has saved nothing since, and for a second
    /// at most. The type is the key: a value of its own type for each thing that is kept.
    pub async fn kept<T, E, F>(&self, read: impl FnOnce() -> F) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, E>>,
    {
        self.kept_as("", read).await
    }

    /// Like [`Db::kept`], under a name beside the type: of these there may be a handful, such as languages.
    pub async fn kept_as<T, E, F>(&self, name: &str, read: impl FnOnce() -> F) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, E>>,
    {
        // Before reading: what is saved while we read makes the value stale.
        let generation = self.generation();
        let now = self.world.now();
        if let Some(value) = self.shelf.find::<T>(name, generation, now) {
            return Ok(value);
        }
        let read_at = Instant::now();
        let value = Arc::new(read().await?);
        let kept = Kept {
            value: value.clone(),
            generation,
            read_at,
            now,
        };
        self.shelf.put::<T>(name, kept);
        Ok(value)
    }
}

impl Shelf {
    fn find<T>(&self, name: &str, generation: u64, now: Timestamp) -> Option<Arc<T>>
    where
        T: Send + Sync + 'static,
    {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(&TypeId::of::<T>())?.get(name)?;
        let is_good = kept.generation == generation
            && kept.read_at.elapsed() < KEPT_FOR
            && (kept.now..kept.now + KEPT_FOR_BY_CLOCK).contains(&now);
        is_good.then(|| kept.value.clone().downcast().ok())?
    }

    fn put<T: 'static>(&self, name: &str, kept: Kept) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let of_type = all.entry(TypeId::of::<T>()).or_default();
        of_type.insert(name.to_owned(), kept);
    }
}
