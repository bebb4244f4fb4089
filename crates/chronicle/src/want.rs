//! What wants a person: one open line per cause, staying until it is done or closed with a note.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::WantId;
use kit::{PageAsked, PageOf, Subject, Text, Timestamp};

use crate::event::Tone;

/// A line to put under "Needs you".
#[derive(Debug, Clone)]
pub struct NewWant {
    /// What makes it the same line when it is wanted again, e.g. `paid_not_in/sub_…`.
    pub key: String,
    /// The sort of thing, for lists: `paid_not_in`, `server_down`, `job_failed`, `dispute`, …
    pub kind: &'static str,
    pub sentence: Text,
    /// Why, and what happens next by itself.
    pub detail: Option<Text>,
    /// The one action: its words and where it leads.
    pub action_label: Text,
    pub action_href: String,
    pub tone: Tone,
    pub subject: Subject,
}

db::row! {
    /// A line under "Needs you".
    #[derive(Debug, Clone)]
    pub struct Want {
        pub id: WantId,
        pub want_key: String,
        pub kind: String,
        pub sentence: Text,
        pub detail: Option<Text>,
        pub action_label: Text,
        pub action_href: String,
        pub tone: Tone,
        pub subject: Subject,
        pub since: Timestamp,
        pub closed_at: Timestamp,
        pub closed_by: Option<String>,
        pub note: Option<String>,
    }
}

const OPEN: &str = "
    insert into wants
           (id, want_key, kind, sentence, detail, action_label, action_href, tone, subject, since, closed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 9223372036854775807)
    on conflict (want_key) where closed_at = 9223372036854775807 do update
       set sentence = excluded.sentence, detail = excluded.detail, action_label = excluded.action_label,
           action_href = excluded.action_href, tone = excluded.tone";

/// Opens the line, or freshens its words if it is open already. Safe to repeat.
pub async fn open(tx: &mut Tx<'_>, want: &NewWant) -> Result<(), DbError> {
    let id: WantId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        want.key,
        want.kind,
        want.sentence,
        want.detail,
        want.action_label,
        want.action_href,
        want.tone,
        want.subject,
        now
    ];
    tx.run(OPEN, row).await?;
    Ok(())
}

const DONE: &str = "
    update wants set closed_at = $2, closed_by = $3
     where want_key = $1 and closed_at = 9223372036854775807";

/// Closes the line because its cause is gone. Says whether it was open. Safe to repeat.
pub async fn done(tx: &mut Tx<'_>, key: &str) -> Result<bool, DbError> {
    let by = tx.actor().name.clone();
    let now = tx.now();
    Ok(tx.run(DONE, values![key, now, by]).await? > 0)
}

const CLOSE: &str = "
    update wants set closed_at = $2, closed_by = $3, note = $4
     where id = $1 and closed_at = 9223372036854775807";

/// Closes the line by hand, with a note. `false`: it was closed already, or never there.
pub async fn close(tx: &mut Tx<'_>, id: &WantId, note: &str) -> Result<bool, DbError> {
    let by = tx.actor().name.clone();
    let now = tx.now();
    Ok(tx.run(CLOSE, values![id, now, by, note]).await? > 0)
}

const FIND: &str = "
    select id, want_key, kind, sentence, detail, action_label, action_href, tone, subject, since,
           closed_at, closed_by, note
      from wants where id = $1";

/// A line, open or closed.
pub async fn find(mut read: impl Read, id: &WantId) -> Result<Option<Want>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LIST_OPEN: &str = "
    select id, want_key, kind, sentence, detail, action_label, action_href, tone, subject, since,
           closed_at, closed_by, note
      from wants where closed_at = 9223372036854775807 order by since desc, id desc limit $1";

/// The open lines, newest first.
pub async fn list_open(mut read: impl Read, limit: i64) -> Result<Vec<Want>, DbError> {
    read.all(LIST_OPEN, values![limit]).await
}

const COUNT_OPEN: &str = "
    select count(*) as n from wants where closed_at = 9223372036854775807";

pub async fn count_open(mut read: impl Read) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(COUNT_OPEN, values![]).await?.0)
}

const CLOSED: Listing = Listing {
    base: "
        select id, want_key, kind, sentence, detail, action_label, action_href, tone, subject, since,
               closed_at, closed_by, note
          from wants where closed_at < 9223372036854775807",
    clauses: &[
        ("by_hand", "and note is not null"),
        ("after", "and (closed_at, since, id) < (?, ?, ?)"),
    ],
    orders: &[(
        "latest",
        "order by closed_at desc, since desc, id desc limit ?",
    )],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&CLOSED];

/// How a line came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    AnyHow,
    /// Somebody closed it with a note.
    ByHand,
}

/// The lines that are closed, latest first.
pub async fn list_closed(
    read: impl Read,
    ended: Ended,
    asked: &PageAsked,
) -> Result<PageOf<Want>, DbError> {
    let rows = CLOSED
        .ask()
        .filter("by_hand", (ended == Ended::ByHand).then(|| values![]))
        .filter("after", after(asked))
        .rows(read, "latest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |want: &Want| {
        format!("{}.{}.{}", want.closed_at.ms(), want.since.ms(), want.id)
    }))
}

/// A mark that is not ours is ignored: the first page is shown.
fn after(asked: &PageAsked) -> Option<Vec<db::Value>> {
    let mut parts = asked.after.as_deref()?.splitn(3, '.');
    let closed_at = Timestamp::from_ms(parts.next()?.parse().ok()?);
    let since = Timestamp::from_ms(parts.next()?.parse().ok()?);
    Some(values![closed_at, since, parts.next()?.to_owned()])
}
