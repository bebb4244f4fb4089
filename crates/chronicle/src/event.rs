//! Events: facts in the past, told once, in the transaction that made them true.

use db::{DbError, Tx, values};
use kit::id::EventId;
use kit::stored::stored_words;
use kit::{Json, Subject, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;

stored_words! {
    /// How an event is to be taken.
    pub enum Tone {
        Info = "info",
        Good = "good",
        Warn = "warn",
        Bad = "bad",
    }
}

/// A fact that others may hear of.
///
/// The payload is ids plus frozen facts. Fields are only added, with serde defaults; a changed meaning is a
/// new name.
pub trait Event: Serialize + DeserializeOwned + Send + Sync {
    /// The stable name, `capability.thing_happened`.
    const NAME: &'static str;

    const TONE: Tone = Tone::Info;

    /// What it is about, the most telling first: it appears on the pages of all of them.
    fn subjects(&self) -> Vec<Subject>;

    /// What happened, for people; the actor is shown beside it.
    fn sentence(&self) -> Text;
}

/// Whom a save wakes that told something: whoever [turns events into jobs](crate::untold).
pub const TOLD: &str = "told";

/// The row that was written.
#[derive(Debug, Clone)]
pub struct Told(pub EventId);

const INSERT: &str = "
    insert into events
           (id, name, payload, sentence, tone, reason, subject, actor, actor_kind, actor_id, is_human, at, told)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

const INSERT_SUBJECT: &str = "
    insert into event_subjects (subject, at, event_id) values ($1, $2, $3) on conflict do nothing";

/// Writes the event into the transaction of its fact.
pub async fn tell<E: Event>(tx: &mut Tx<'_>, event: &E) -> Result<Told, DbError> {
    write(tx, event, None).await
}

/// Like [`tell`], with the reason that a person gave.
pub async fn tell_because<E: Event>(
    tx: &mut Tx<'_>,
    event: &E,
    reason: &str,
) -> Result<Told, DbError> {
    write(tx, event, Some(reason)).await
}

async fn write<E: Event>(
    tx: &mut Tx<'_>,
    event: &E,
    reason: Option<&str>,
) -> Result<Told, DbError> {
    let id: EventId = tx.id();
    let now = tx.now();
    let actor = tx.actor().clone();
    let payload = serde_json::to_string(event).expect("events have string keys and print as JSON");
    let subjects = event.subjects();
    let main = subjects
        .first()
        .cloned()
        .unwrap_or_else(|| Subject::named("house"));
    let row = values![
        id,
        E::NAME,
        payload,
        event.sentence(),
        E::TONE,
        reason.map(str::to_owned),
        main,
        Json(actor.clone()),
        actor.kind,
        actor.id,
        actor.is_human(),
        now,
        false
    ];
    tx.run(INSERT, row).await?;
    for subject in &subjects {
        tx.run(INSERT_SUBJECT, values![subject, now, id]).await?;
    }
    tx.wake(TOLD);
    Ok(Told(id))
}
