//! `events`: what happened, by whom and why.

use chronicle::{EventFilter, EventRow, Tone};
use kit::id::EventId;
use kit::{PageAsked, Subject};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::table::Table;
use crate::values::{Moment, Page, wished};

const ALL: &str = "/api/v1/events";

pub fn table() -> Table {
    let see = Permission::EventsSee;
    Table::of("events")
        .list(ALL, (see, "Lists events, newest first"), list)
        .read("/api/v1/events/{id}", (see, "Shows an event"), show)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
struct EventShown {
    id: String,
    /// A stable name, e.g. `billing.term_changed`.
    name: String,
    /// In the caller's language.
    sentence: String,
    /// `info`, `good`, `warn` or `bad`.
    tone: String,
    reason: Option<String>,
    /// What it is about, by id.
    subject: String,
    /// `account`, `api_key`, `visitor`, `schedule`, `flow`, `gateway` or `console`.
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    at: Moment,
}

fn shown(call: &Call, row: EventRow) -> EventShown {
    let actor = row.actor.0;
    EventShown {
        id: row.id.to_string(),
        name: row.name,
        sentence: call.say(&row.sentence),
        tone: row.tone.word().to_owned(),
        reason: row.reason,
        subject: row.subject.as_str().to_owned(),
        actor_kind: actor.kind.word().to_owned(),
        actor_id: actor.id,
        actor_name: actor.name,
        at: Moment(row.at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// An id: the time line of one thing. It goes with no other filter.
    subject: Option<String>,
    tone: Option<String>,
    name: Option<String>,
    /// Only what people did, themselves or through a key: the audit log.
    #[serde(default)]
    by_people: bool,
}

/// `GET /api/v1/events`
async fn list(call: Call, filter: Filter) -> Answer<Page<EventShown>> {
    let db = &call.site.db;
    let asked: &PageAsked = &call.page;
    let page = if let Some(subject) = filter.subject {
        chronicle::of_subject(db, &Subject::named(&subject), asked).await?
    } else {
        let filter = EventFilter {
            tone: wished("tone", filter.tone.as_ref(), Tone::parse)?,
            name: filter.name,
            by_people: filter.by_people,
        };
        chronicle::list(db, &filter, asked).await?
    };
    Ok(Page::of(page, |row| shown(&call, row)))
}

/// `GET /api/v1/events/{id}`
async fn show(call: Call) -> Answer<EventShown> {
    let id: EventId = call.id()?;
    let row = found(chronicle::find(&call.site.db, &id).await?)?;
    Ok(shown(&call, row))
}
