//! The messages of gateways, kept as they came: verified, written once, answered; read by a job, which looks
//! at the object they point at. A message of an unknown kind is kept too.

use std::collections::BTreeMap;

use db::{DbError, Listing, Read, Tx, values};
use http::HeaderMap;
use kit::id::{GatewayId, MessageId};
use kit::stored::stored_words;
use kit::{Actor, Json, PageAsked, PageOf, Text, Timestamp};

use crate::gateway::{GatewayRef, Hint, WebhookError};
use crate::gateways::{self, GatewayError, Gateways, Opened};
use crate::money_jobs::ReadMessage;

stored_words! {
    /// Where a message stands.
    pub enum MessageState {
        New = "new",
        Done = "done",
        /// Of a kind that changes nothing here.
        Ignored = "ignored",
        /// The object could not be looked at so far; the problem says why.
        Waiting = "waiting",
    }
}

db::row! {
    /// A message, as listed.
    #[derive(Debug, Clone)]
    pub struct Message {
        pub id: MessageId,
        pub gateway_id: GatewayId,
        pub provider: String,
        pub message_id: String,
        pub kind: String,
        pub object: Option<GatewayRef>,
        pub state: MessageState,
        pub problem: Option<Text>,
        pub received_at: Timestamp,
        pub ended_at: Timestamp,
    }
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// No gateway has this address.
    #[error("there is no gateway at this address")]
    NotFound,
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    #[error(transparent)]
    Gateway(GatewayError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Whether a message was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    New,
    /// It came before; nothing was done.
    Again,
}

/// Takes a message: verifies it, keeps it, and orders its reading, in one transaction. The caller limits the
/// body to 256 KiB; on `Ok` it answers 2xx.
pub async fn receive(
    gateways: &Gateways,
    driver: &str,
    key: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Received, ReceiveError> {
    let opened = gateways
        .open_by_hook(driver, key)
        .await
        .map_err(|error| match error {
            GatewayError::NotFound | GatewayError::UnknownDriver(_) => ReceiveError::NotFound,
            GatewayError::Db(error) => ReceiveError::Db(error),
            other => ReceiveError::Gateway(other),
        })?;
    let now = gateways.db().world().now();
    let hint = opened.driver.read_webhook(headers, body, now)?;
    let mut tx = gateways.db().begin(Actor::gateway(driver)).await?;
    let received = keep(&mut tx, &opened, &hint, headers, body).await?;
    tx.save().await?;
    Ok(received)
}

const INSERT: &str = "
    insert into messages
           (id, gateway_id, provider, provider_account, message_id, kind, object, headers, body, state,
            problem, received_at, ended_at, forgotten)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, $11, $12, false)
    on conflict (provider, provider_account, message_id) do nothing";

async fn keep(
    tx: &mut Tx<'_>,
    opened: &Opened,
    hint: &Hint,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Received, DbError> {
    let id: MessageId = tx.id();
    let now = tx.now();
    let (state, ended_at) = match hint.object {
        Some(_) => (MessageState::New, Timestamp::NEVER),
        None => (MessageState::Ignored, now),
    };
    let row = values![
        id,
        opened.row.id,
        opened.row.driver,
        opened.row.provider_account,
        hint.message,
        hint.kind,
        hint.object.clone(),
        Json(printed(headers)),
        String::from_utf8_lossy(body).into_owned(),
        state,
        now,
        ended_at
    ];
    gateways::note_heard(tx, &opened.row.id).await?;
    if tx.run(INSERT, row).await? == 0 {
        return Ok(Received::Again);
    }
    if hint.object.is_some() {
        jobs::add(tx, &ReadMessage { message: id }).await?;
    }
    Ok(Received::New)
}

/// The headers worth keeping; credentials and cookies are none of them.
fn printed(headers: &HeaderMap) -> BTreeMap<String, String> {
    let kept = headers.iter().filter(|(name, _)| {
        !matches!(
            name.as_str(),
            "authorization" | "cookie" | "proxy-authorization"
        )
    });
    kept.map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    })
    .collect()
}

const FIND: &str = "
    select id, gateway_id, provider, message_id, kind, object, state, problem, received_at, ended_at
      from messages where id = $1";

/// `None`: there is no such message.
pub async fn find(mut read: impl Read, id: &MessageId) -> Result<Option<Message>, DbError> {
    read.maybe(FIND, values![id]).await
}

const END: &str = "
    update messages set state = $2, problem = $3, ended_at = $4 where id = $1 and state <> 'done'";

/// Keeps what came of reading a message.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    id: &MessageId,
    problem: Option<&Text>,
) -> Result<(), DbError> {
    let (state, ended_at) = match problem {
        None => (MessageState::Done, tx.now()),
        Some(_) => (MessageState::Waiting, Timestamp::NEVER),
    };
    tx.run(END, values![id, state, problem.cloned(), ended_at])
        .await?;
    Ok(())
}

const FORGET: &str = "
    update messages set body = '', headers = '{}', forgotten = true
     where id in (select id from messages
                   where received_at < $1 and not forgotten and state in ('done', 'ignored')
                   order by received_at limit 500)
       and not forgotten";

/// Forgets the content of messages from before a moment, 500 at a time; says how many.
pub async fn forget_bodies(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.run(FORGET, values![before]).await
}

const MESSAGES: Listing = Listing {
    base: "
        select id, gateway_id, provider, message_id, kind, object, state, problem, received_at, ended_at
          from messages where true",
    clauses: &[("gateway", "and gateway_id = ?"), ("after", "and (received_at, id) < (?, ?)")],
    orders: &[("newest", "order by received_at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&MESSAGES];

/// Newest first.
pub async fn list(
    read: impl Read,
    gateway: Option<&GatewayId>,
    asked: &PageAsked,
) -> Result<PageOf<Message>, DbError> {
    let rows = MESSAGES
        .ask()
        .filter("gateway", gateway.map(|id| values![id]))
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    let mark = |row: &Message| PageAsked::mark(row.received_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}
