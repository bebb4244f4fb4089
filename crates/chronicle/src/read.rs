//! Events as people read them: the whole list, one thing's story, the audit log.

use db::{DbError, Listing, Read, values};
use kit::id::EventId;
use kit::{Actor, Json, PageAsked, PageOf, Subject, Text, Timestamp};

use crate::event::Tone;

db::row! {
    /// An event, for people.
    #[derive(Debug, Clone)]
    pub struct EventRow {
        pub id: EventId,
        pub name: String,
        pub sentence: Text,
        pub tone: Tone,
        pub reason: Option<String>,
        pub subject: Subject,
        pub actor: Json<Actor>,
        pub is_human: bool,
        pub at: Timestamp,
    }
}

/// What of the events is asked for.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    pub tone: Option<Tone>,
    pub name: Option<String>,
    /// Only what people did: the audit log.
    pub by_people: bool,
}

const EVENTS: Listing = Listing {
    base: "select id, name, sentence, tone, reason, subject, actor, is_human, at from events where true",
    clauses: &[
        ("tone", "and tone = ?"),
        ("name", "and name = ?"),
        ("by_people", "and is_human"),
        ("after", "and (at, id) < (?, ?)"),
    ],
    orders: &[("newest", "order by at desc, id desc limit ?")],
};

const OF_SUBJECT: Listing = Listing {
    base: "
        select e.id, e.name, e.sentence, e.tone, e.reason, e.subject, e.actor, e.is_human, e.at
          from event_subjects s join events e on e.id = s.event_id
         where s.subject = ?",
    clauses: &[("after", "and (s.at, s.event_id) < (?, ?)")],
    orders: &[("newest", "order by s.at desc, s.event_id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&EVENTS, &OF_SUBJECT];

/// Newest first.
pub async fn list(
    read: impl Read,
    filter: &EventFilter,
    asked: &PageAsked,
) -> Result<PageOf<EventRow>, DbError> {
    let rows = EVENTS
        .ask()
        .filter("tone", filter.tone.map(|tone| values![tone]))
        .filter("name", filter.name.as_ref().map(|name| values![name]))
        .filter("by_people", filter.by_people.then(|| values![]))
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, mark))
}

/// One thing's story, newest first.
pub async fn of_subject(
    read: impl Read,
    subject: &Subject,
    asked: &PageAsked,
) -> Result<PageOf<EventRow>, DbError> {
    let rows = OF_SUBJECT
        .ask()
        .base(values![subject])
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, mark))
}

const FIND: &str = "
    select id, name, sentence, tone, reason, subject, actor, is_human, at from events where id = $1";

/// `None`: there is no such event.
pub async fn find(mut read: impl Read, id: &EventId) -> Result<Option<EventRow>, DbError> {
    read.maybe(FIND, values![id]).await
}

fn mark(row: &EventRow) -> String {
    PageAsked::mark(row.at.ms(), &row.id)
}

db::row! {
    struct Recent { id: EventId, at: Timestamp, subject: Subject }
}

const SINCE: &str = "
    select e.id, e.at, s.subject
      from events e join event_subjects s on s.event_id = e.id and s.at = e.at
     where e.at >= $1 order by e.at desc, e.id desc limit $2";

/// What happened to which things since a moment, newest first: for live pages.
pub async fn since(
    mut read: impl Read,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<(EventId, Timestamp, Subject)>, DbError> {
    let rows: Vec<Recent> = read.all(SINCE, values![moment, limit]).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.at, row.subject))
        .collect())
}
