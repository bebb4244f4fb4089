//! Live pages: one stream per tab, topics in the query, fragments drawn for whoever reads them.
//!
//! The pulse carries only what changed, never markup: readers differ in language, zone and rights, so each
//! connection asks the topic's own guard again and draws for its reader. On every connection all its
//! fragments are sent once. Changes within a quarter of a second are one.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use db::Db;
use futures::Stream;
use futures::stream::unfold;
use kit::{Subject, Timestamp};
use maud::Markup;
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::error::PageError;
use crate::guard::Guest;
use crate::site::Site;

/// Something happened to these things.
#[derive(Debug, Clone)]
pub struct Pulse {
    pub subjects: Arc<[Subject]>,
}

type Drawing = Pin<Box<dyn Future<Output = Result<Option<Markup>, PageError>> + Send>>;
type Draw = Arc<dyn Fn(Site, Guest, String) -> Drawing + Send + Sync>;

/// A kind of fragment that can be live: `{name}` or `{name}:{key}` in the query.
#[derive(Clone)]
pub struct LiveTopic {
    name: &'static str,
    draw: Draw,
}

impl LiveTopic {
    /// `draw` asks its own guard and answers `None` to those who may not see.
    pub fn new<F, R>(name: &'static str, draw: F) -> Self
    where
        F: Fn(Site, Guest, String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Option<Markup>, PageError>> + Send + 'static,
    {
        Self {
            name,
            draw: Arc::new(move |site, guest, key| Box::pin(draw(site, guest, key))),
        }
    }
}

/// All topics of the page crates.
#[derive(Clone, Default)]
pub struct Topics(Arc<Vec<LiveTopic>>);

impl Topics {
    pub fn new(topics: Vec<LiveTopic>) -> Self {
        Self(Arc::new(topics))
    }

    fn find(&self, name: &str) -> Option<&LiveTopic> {
        self.0.iter().find(|topic| topic.name == name)
    }
}

/// Where pulses come from. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    pulses: broadcast::Sender<Pulse>,
    topics: Topics,
}

/// What the pulse reads: what happened lately, in this process or another.
#[derive(Debug)]
struct Lately {
    seen: HashSet<String>,
    order: VecDeque<String>,
    newest: Timestamp,
}

impl Live {
    pub fn new(topics: Topics) -> Self {
        Self {
            pulses: broadcast::channel(256).0,
            topics,
        }
    }

    /// Feels the pulse: at each save of this process, else once a second. Ends with the task it runs in.
    pub async fn beat(self, db: Db) {
        let mut lately = Lately {
            seen: HashSet::new(),
            order: VecDeque::new(),
            newest: db.world().now(),
        };
        loop {
            let woken = db.next_save();
            if self.pulses.receiver_count() > 0
                && let Err(error) = self.feel(&db, &mut lately).await
            {
                tracing::debug!(%error, "The pulse could not be felt");
            }
            tokio::select! {
                () = woken => tokio::time::sleep(Duration::from_millis(20)).await,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }

    /// A transaction that began earlier may save later: the last ten seconds are read again each time.
    async fn feel(&self, db: &Db, lately: &mut Lately) -> Result<(), db::DbError> {
        let since = lately.newest - kit::Span::seconds(10);
        for (event, at, subject) in chronicle::since(db, since, 500).await? {
            lately.newest = lately.newest.max(at);
            let key = format!("{event}/{}", subject.as_str());
            if lately.seen.insert(key.clone()) {
                lately.order.push_back(key);
                // Nobody listening is no fault.
                drop(self.pulses.send(Pulse {
                    subjects: [subject].into(),
                }));
            }
        }
        while lately.order.len() > 4_000 {
            if let Some(oldest) = lately.order.pop_front() {
                lately.seen.remove(&oldest);
            }
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    topics: String,
}

/// A connection lives so long at most; browsers come back by themselves.
const LONGEST: Duration = Duration::from_mins(30);
const MOST_TOPICS: usize = 8;

struct Connection {
    site: Site,
    guest: Guest,
    wanted: Vec<(LiveTopic, String)>,
    pulses: broadcast::Receiver<Pulse>,
    is_first: bool,
    until: tokio::time::Instant,
}

/// `GET /events?topics=overview,member:mem_…`
pub(crate) async fn events(
    guest: Guest,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Response {
    let wanted = asked
        .topics
        .split(',')
        .take(MOST_TOPICS)
        .filter_map(|topic| {
            let (name, key) = topic.split_once(':').unwrap_or((topic, ""));
            Some((site.live.topics.find(name)?.clone(), key.to_owned()))
        })
        .collect();
    let connection = Connection {
        pulses: site.live.pulses.subscribe(),
        site,
        guest,
        wanted,
        is_first: true,
        until: tokio::time::Instant::now() + LONGEST,
    };
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    let mut response = Sse::new(stream(connection))
        .keep_alive(keep_alive)
        .into_response();
    // nginx would collect the answer otherwise.
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn stream(connection: Connection) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(connection, |mut connection| async move {
        if !connection.is_first && !connection.next_change().await {
            return None;
        }
        connection.is_first = false;
        let markup = connection.draw().await;
        Some((Ok(Event::default().data(markup)), connection))
    })
}

impl Connection {
    /// Waits until something of what is wanted changed. `false`: the connection has lived long enough.
    async fn next_change(&mut self) -> bool {
        loop {
            let pulse = tokio::select! {
                pulse = self.pulses.recv() => pulse,
                () = tokio::time::sleep_until(self.until) => return false,
            };
            let concerns = match pulse {
                Ok(pulse) => self.is_concerned(&pulse),
                // Some were missed: draw anew.
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return false,
            };
            if concerns {
                tokio::time::sleep(Duration::from_millis(250)).await;
                while self.pulses.try_recv().is_ok() {}
                return true;
            }
        }
    }

    /// A topic without a key, or one that is the visitor's own, is concerned by everything.
    fn is_concerned(&self, pulse: &Pulse) -> bool {
        self.wanted.iter().any(|(_, key)| {
            key.is_empty() || pulse.subjects.iter().any(|subject| subject.as_str() == key)
        })
    }

    async fn draw(&self) -> String {
        let mut all = String::new();
        for (topic, key) in &self.wanted {
            match (topic.draw)(self.site.clone(), self.guest.clone(), key.clone()).await {
                Ok(Some(markup)) => all.push_str(&markup.into_string()),
                Ok(None) => {}
                Err(error) => tracing::debug!(?error, "A live fragment could not be drawn"),
            }
        }
        all
    }
}
