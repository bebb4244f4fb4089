//! From events to jobs: each event is turned once, by whoever claims it, into one job per flow that hears it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use chronicle::{Event, Heard};
use db::{Db, DbError, Tx};
use jobs::{Job, JobError, Lane};
use kit::id::EventId;
use kit::{Actor, t};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::tools::Tools;

/// A story that begins when something was told.
///
/// Events come at least once and in any order, so a flow re-reads what it acts on.
#[async_trait]
pub trait Flow: Send + Sync + 'static {
    /// The sentence: `flows.term_change_sets_access`. Stable, since jobs are stored under it.
    const NAME: &'static str;
    const LANE: Lane;
    type Event: Event + Clone + 'static;

    async fn run(heard: Self::Event, tools: &Tools) -> Result<(), JobError>;
}

/// The job that runs one flow for one event.
#[derive(Serialize, Deserialize)]
#[serde(bound(
    serialize = "F::Event: Serialize",
    deserialize = "F::Event: DeserializeOwned"
))]
pub struct Hear<F: Flow> {
    event: EventId,
    payload: F::Event,
}

#[async_trait]
impl<F: Flow> Job for Hear<F> {
    const NAME: &'static str = F::NAME;
    const LANE: Lane = F::LANE;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        F::run(self.payload.clone(), tools).await
    }
}

type Adding<'a> = Pin<Box<dyn Future<Output = Result<(), DbError>> + Send + 'a>>;
type Add = Arc<dyn for<'a> Fn(&'a mut Tx<'_>, &'a Heard) -> Adding<'a> + Send + Sync>;

/// Which flows hear which events.
#[derive(Clone, Default)]
pub struct Hearing {
    by_event: BTreeMap<&'static str, Vec<Add>>,
    /// Events that this version knows and nobody hears: people alone read them.
    known: BTreeSet<&'static str>,
}

impl std::fmt::Debug for Hearing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.by_event.keys()).finish()
    }
}

/// How many events are turned in one transaction, which stays short.
const AT_ONCE: i64 = 100;

impl Hearing {
    pub fn new() -> Self {
        Self::default()
    }

    /// Names of events that this version knows; others wait for a newer process.
    #[must_use]
    pub fn knowing(mut self, names: &[&'static str]) -> Self {
        self.known.extend(names);
        self
    }

    /// Whether events of this name are turned by this version.
    pub fn knows(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    #[must_use]
    pub fn with<F: Flow>(mut self) -> Self {
        let add: Add = Arc::new(|tx, heard| Box::pin(add_job::<F>(tx, heard)));
        self.known.insert(F::Event::NAME);
        self.by_event.entry(F::Event::NAME).or_default().push(add);
        self
    }

    /// Turns untold events into jobs; says how many it turned. Safe to run anywhere, at any time.
    pub async fn turn(&self, db: &Db) -> Result<usize, DbError> {
        let names: Vec<&str> = self.known.iter().copied().collect();
        let ours = chronicle::untold(db, &names, AT_ONCE).await?;
        if ours.is_empty() {
            return Ok(0);
        }
        let mut tx = db.begin(Actor::flow("hearing")).await?;
        let ids: Vec<EventId> = ours.iter().map(|heard| heard.id.clone()).collect();
        let claimed: BTreeSet<EventId> = chronicle::mark_told(&mut tx, &ids)
            .await?
            .into_iter()
            .collect();
        for heard in ours.iter().filter(|heard| claimed.contains(&heard.id)) {
            for add in self.by_event.get(heard.name.as_str()).into_iter().flatten() {
                add(&mut tx, heard).await?;
            }
        }
        tx.save().await?;
        Ok(claimed.len())
    }
}

async fn add_job<F: Flow>(tx: &mut Tx<'_>, heard: &Heard) -> Result<(), DbError> {
    match serde_json::from_str(&heard.payload) {
        Ok(payload) => {
            jobs::add(
                tx,
                &Hear::<F> {
                    event: heard.id.clone(),
                    payload,
                },
            )
            .await
        }
        Err(error) => {
            // A sample of every released payload is kept and tested: this is damage, and is shown.
            tracing::error!(event.id = %heard.id, event.name = heard.name, %error, "An event cannot be read");
            jobs::add(
                tx,
                &Unreadable {
                    event: heard.id.clone(),
                    name: heard.name.clone(),
                },
            )
            .await
        }
    }
}

/// Stands in the list of failures for an event that cannot be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unreadable {
    event: EventId,
    name: String,
}

#[async_trait]
impl Job for Unreadable {
    const NAME: &'static str = "flows.unreadable_event";
    const LANE: Lane = Lane::Bulk;
    type Needs = ();

    async fn run(&self, (): &()) -> Result<(), JobError> {
        Err(JobError::Final(t!(
            "The event {name} ({id}) cannot be read by this version; what should follow from it did not happen.",
            name = &self.name,
            id = self.event.as_str()
        )))
    }
}
