//! The same call twice is one call: answers are kept under the caller's `Idempotency-Key` for a day.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Db, DbError, Read as _, values};
use kit::id::ApiKeyId;
use kit::{Actor, Secret, Span, t};
use settings::{Sealed, Vault};
use sha2::{Digest, Sha256};

use crate::given::Given;
use crate::problem::Problem;

/// Answers are kept for so long.
const KEPT_FOR: Span = Span::hours(24);
/// Stands for an answer that is not there yet.
const UNDER_WAY: i64 = 0;

/// One call under its key.
#[derive(Debug, Clone)]
pub struct Once {
    key: ApiKeyId,
    name: String,
    fingerprint: String,
    actor: Actor,
}

/// What is known of a call before it is done.
#[derive(Debug)]
pub enum Begun {
    Now,
    /// Done before; this was the answer.
    Before(Given),
}

impl Once {
    /// A name has 1 to 255 visible letters.
    pub fn new(actor: Actor, key: &ApiKeyId, name: &str, call: &[&[u8]]) -> Result<Self, Problem> {
        if name.is_empty() || name.len() > 255 || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Problem::bad(t!(
                "The header Idempotency-Key must have 1 to 255 visible ASCII characters, for example a UUID."
            )));
        }
        let mut hash = Sha256::new().chain_update(key.as_str());
        for part in [name.as_bytes()].iter().chain(call) {
            hash = hash
                .chain_update(part.len().to_le_bytes())
                .chain_update(part);
        }
        Ok(Self {
            key: key.clone(),
            name: name.to_owned(),
            fingerprint: URL_SAFE_NO_PAD.encode(hash.finalize()),
            actor,
        })
    }

    /// Where the answer is sealed to.
    fn place(&self) -> String {
        format!("idempotency_keys/{}/{}", self.key, self.name)
    }
}

db::row! {
    struct Kept { fingerprint: String, status: i64, sealed_by: String, sealed: String }
}

const FORGET: &str = "delete from idempotency_keys where began_at < $1";

const INSERT: &str = "
    insert into idempotency_keys (api_key_id, name, fingerprint, status, sealed_by, sealed, began_at)
    values ($1, $2, $3, 0, '', '', $4)
    on conflict (api_key_id, name) do nothing";

const FIND: &str = "
    select fingerprint, status, sealed_by, sealed
      from idempotency_keys where api_key_id = $1 and name = $2";

/// Takes the key for this call, or says what came of it before. Refused: the key was used for another call,
/// or its call is still under way. A call whose process died stays under way for the day: nobody knows
/// whether it took effect, so it is not done again by itself.
pub async fn begin(db: &Db, vault: &Vault, once: &Once) -> Result<Begun, Problem> {
    let mut tx = db.begin(once.actor.clone()).await?;
    let now = tx.now();
    tx.run(FORGET, values![now - KEPT_FOR]).await?;
    let row = values![once.key, once.name, once.fingerprint, now];
    let is_new = tx.run(INSERT, row).await? > 0;
    let kept: Option<Kept> = tx.maybe(FIND, values![once.key, once.name]).await?;
    tx.save().await?;
    match kept {
        Some(kept) if !is_new => before(vault, once, kept),
        _ => Ok(Begun::Now),
    }
}

fn before(vault: &Vault, once: &Once, kept: Kept) -> Result<Begun, Problem> {
    if kept.fingerprint != once.fingerprint {
        return Err(Problem::unprocessable(t!(
            "This Idempotency-Key was used for another call within the last day. Use a new key for each new call."
        )));
    }
    if kept.status == UNDER_WAY {
        return Err(Problem::conflict(t!(
            "The same call is still being done. Wait for its answer; if it never comes, look whether it took effect before you repeat it with a new key."
        )));
    }
    let sealed = Sealed {
        key_id: kept.sealed_by,
        text: kept.sealed,
    };
    // The key file may have been renewed meanwhile.
    let body = vault.open(&once.place(), &sealed).map_err(|_| {
        Problem::conflict(t!(
            "This call was done before, but its answer cannot be shown again."
        ))
    })?;
    let status = u16::try_from(kept.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    Ok(Begun::Before(Given {
        status: status.unwrap_or(StatusCode::OK),
        body: body.reveal().to_owned(),
    }))
}

const KEEP: &str = "
    update idempotency_keys set status = $3, sealed_by = $4, sealed = $5
     where api_key_id = $1 and name = $2";

/// Keeps the answer.
pub async fn keep(db: &Db, vault: &Vault, once: &Once, given: &Given) -> Result<(), DbError> {
    let sealed = vault.seal(db.world(), &once.place(), &Secret::new(&*given.body));
    let status = i64::from(given.status.as_u16());
    let mut tx = db.begin(once.actor.clone()).await?;
    let row = values![once.key, once.name, status, sealed.key_id, sealed.text];
    tx.run(KEEP, row).await?;
    tx.save().await
}

const RELEASE: &str = "delete from idempotency_keys where api_key_id = $1 and name = $2";

/// Frees the key: the call was not done, and may be done when it is sent again.
pub async fn release(db: &Db, once: &Once) -> Result<(), DbError> {
    let mut tx = db.begin(once.actor.clone()).await?;
    tx.run(RELEASE, values![once.key, once.name]).await?;
    tx.save().await
}
