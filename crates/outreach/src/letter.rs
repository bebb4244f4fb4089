//! Letters: posted once for a cause, carried by a job, listed for the operator.

use std::collections::BTreeMap;

use db::{DbError, Listing, Read, Tx, values};
use kit::id::LetterId;
use kit::stored::stored_words;
use kit::{Email, Json, PageAsked, PageOf, Subject, Text, Timestamp};

use crate::events::LetterRepeated;
use crate::jobs::DeliverLetter;
use crate::kind::LetterKind;

stored_words! {
    /// How far a letter has come.
    pub enum LetterState {
        Waiting = "waiting",
        Sent = "sent",
        Failed = "failed",
        /// The operator switched this kind off.
        Withheld = "withheld",
    }
}

/// A letter to post.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// Its cause: a second letter of the same key is not posted, e.g. `welcome/shr_…`.
    pub key: String,
    pub kind: LetterKind,
    pub to_email: Email,
    pub to_name: String,
    pub language: String,
    pub zone: String,
    /// Values of the kind's own variables. One-time links are forgotten once the letter is sent.
    pub context: BTreeMap<String, String>,
    pub subject: Subject,
}

/// Whether a letter was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    New(LetterId),
    /// One of this key was posted before.
    AlreadyThere,
}

db::row! {
    /// A letter and how far it has come.
    #[derive(Debug, Clone)]
    pub struct Letter {
        pub id: LetterId,
        pub kind: LetterKind,
        pub to_email: Email,
        pub to_name: String,
        pub language: String,
        pub zone: String,
        pub context: Json<BTreeMap<String, String>>,
        pub subject: Subject,
        pub state: LetterState,
        pub title: Option<String>,
        pub reason: Option<Text>,
        pub tries: i64,
        pub created_at: Timestamp,
        pub sent_at: Timestamp,
    }
}

const POST: &str = "
    insert into letters
           (id, letter_key, kind, to_email, to_name, language, zone, context, subject, state, title, reason,
            tries, created_at, sent_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', null, null, 0, $10, 9223372036854775807)
    on conflict (letter_key) do nothing";

/// Posts a letter in the transaction of its cause; a job carries it. Safe to repeat.
pub async fn post(tx: &mut Tx<'_>, letter: &NewLetter) -> Result<Posted, DbError> {
    let id: LetterId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        letter.key,
        letter.kind,
        letter.to_email,
        letter.to_name,
        letter.language,
        letter.zone,
        Json(letter.context.clone()),
        letter.subject,
        now
    ];
    if tx.run(POST, row).await? == 0 {
        return Ok(Posted::AlreadyThere);
    }
    jobs::add(tx, &DeliverLetter { letter: id.clone() }).await?;
    Ok(Posted::New(id))
}

const FIND: &str = "
    select id, kind, to_email, to_name, language, zone, context, subject, state, title, reason, tries,
           created_at, sent_at
      from letters where id = $1";

/// `None`: there is no such letter.
pub async fn find(mut read: impl Read, id: &LetterId) -> Result<Option<Letter>, DbError> {
    read.maybe(FIND, values![id]).await
}

/// Which letters are asked for.
#[derive(Debug, Clone, Default)]
pub struct LetterFilter {
    pub state: Option<LetterState>,
    pub subject: Option<Subject>,
}

const LETTERS: Listing = Listing {
    base: "
        select id, kind, to_email, to_name, language, zone, context, subject, state, title, reason, tries,
               created_at, sent_at
          from letters where true",
    clauses: &[
        ("state", "and state = ?"),
        ("subject", "and subject = ?"),
        ("after", "and (created_at, id) < (?, ?)"),
    ],
    orders: &[("newest", "order by created_at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&LETTERS];

/// Newest first.
pub async fn list(
    read: impl Read,
    filter: &LetterFilter,
    asked: &PageAsked,
) -> Result<PageOf<Letter>, DbError> {
    let rows = LETTERS
        .ask()
        .filter("state", filter.state.map(|state| values![state]))
        .filter(
            "subject",
            filter.subject.as_ref().map(|subject| values![subject]),
        )
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &Letter| {
        PageAsked::mark(row.created_at.ms(), &row.id)
    }))
}

const SENT: &str = "
    update letters set state = 'sent', title = $2, reason = null, context = '{}', tries = tries + 1, sent_at = $3
     where id = $1";

/// Notes that the letter left, and forgets what it spoke of.
pub(crate) async fn sent(tx: &mut Tx<'_>, id: &LetterId, title: &str) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(SENT, values![id, title, now]).await?;
    Ok(())
}

const NOTED: &str = "update letters set state = $2, reason = $3, tries = tries + 1 where id = $1";

/// Notes why the letter has not left.
pub(crate) async fn noted(
    tx: &mut Tx<'_>,
    id: &LetterId,
    state: LetterState,
    reason: &Text,
) -> Result<(), DbError> {
    tx.run(NOTED, values![id, state, reason]).await?;
    Ok(())
}

db::row! {
    struct Repeated { kind: LetterKind, subject: Subject }
}

const WAIT: &str = "
    update letters set state = 'waiting' where id = $1 and state = 'failed'
 returning kind, subject";

/// Tries a failed letter again. `false`: it did not fail.
pub async fn send_again(tx: &mut Tx<'_>, id: &LetterId) -> Result<bool, DbError> {
    let Some(repeated) = tx.maybe::<Repeated>(WAIT, values![id]).await? else {
        return Ok(false);
    };
    let Repeated { kind, subject } = repeated;
    jobs::add(tx, &DeliverLetter { letter: id.clone() }).await?;
    chronicle::tell(tx, &LetterRepeated { kind, subject }).await?;
    Ok(true)
}

const WAITING: &str = "select id from letters where state = 'waiting' order by created_at limit $1";

/// Letters that have not left, oldest first.
pub(crate) async fn waiting(mut read: impl Read, limit: i64) -> Result<Vec<LetterId>, DbError> {
    let rows: Vec<(LetterId,)> = read.all(WAITING, values![limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const FORGET: &str = "delete from letters where created_at < $1 and state <> 'waiting'";

/// Forgets letters from before a moment; says how many.
pub(crate) async fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.run(FORGET, values![before]).await
}

const EXPORT: &str = "
    select id, kind, to_email, to_name, language, zone, context, subject, state, title, reason, tries,
           created_at, sent_at
      from letters where to_email = $1 order by created_at";

/// All letters to an address, for its owner.
pub async fn export_of(mut read: impl Read, email: &Email) -> Result<Vec<Letter>, DbError> {
    read.all(EXPORT, values![email]).await
}

const ERASE: &str = "delete from letters where to_email = $1";

/// Forgets all letters to an address.
pub async fn erase(tx: &mut Tx<'_>, email: &Email) -> Result<u64, DbError> {
    tx.run(ERASE, values![email]).await
}
