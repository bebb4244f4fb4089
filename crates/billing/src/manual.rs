//! Paying by hand: instructions and a reference, a proof, and staff who approve or reject.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chronicle::{Tone, want};
use db::{DbError, Read, Tx, values};
use kit::id::{AttemptId, PaymentId, ProofId};
use kit::{Money, Subject, Text, Timestamp, t};

use crate::attempt::{self, Attempt, AttemptState};
use crate::enter::{self, EnteredPayment};
use crate::error::BillingError;
use crate::money_events::ProofUploaded;
use crate::{order, payer};

/// The driver's key.
pub const DRIVER: &str = "manual";

/// The field of its form that customers read.
pub const INSTRUCTIONS: &str = "instructions";

/// No proof is larger.
pub const LARGEST_PROOF: usize = 2 * 1024 * 1024;

/// How many proofs one attempt may have.
const MOST_PROOFS: i64 = 5;

db::row! {
    /// A picture or document that somebody paid.
    #[derive(Debug, Clone)]
    pub struct Proof {
        pub id: ProofId,
        pub attempt_id: AttemptId,
        pub name: String,
        pub media_type: String,
        pub size_bytes: i64,
        pub uploaded_at: Timestamp,
    }
}

/// What the first bytes say it is. `None`: nothing that is taken as a proof.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        _ => None,
    }
}

const COUNT: &str = "
    select cast(count(*) as bigint) as n from proofs where attempt_id = $1";

const INSERT: &str = "
    insert into proofs (id, attempt_id, name, media_type, size_bytes, content, uploaded_at)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Keeps a proof and asks staff to look at it.
pub async fn upload_proof(
    tx: &mut Tx<'_>,
    id: &AttemptId,
    name: &str,
    bytes: &[u8],
) -> Result<ProofId, BillingError> {
    let attempt = awaiting(tx, id).await?;
    let media_type = media_type(bytes).filter(|_| bytes.len() <= LARGEST_PROOF).ok_or_else(|| {
        BillingError::Refused(t!(
            "This file cannot be taken. Send a picture (PNG, JPEG or WebP) or a PDF of 2 MB at most."
        ))
    })?;
    if tx.one::<(i64,)>(COUNT, values![id]).await?.0 >= MOST_PROOFS {
        return Err(BillingError::Refused(t!(
            "There are enough proofs already. Please wait until somebody has looked at them."
        )));
    }
    let proof: ProofId = tx.id();
    let now = tx.now();
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    let row = values![
        proof,
        id,
        name,
        media_type,
        size,
        STANDARD.encode(bytes),
        now
    ];
    tx.run(INSERT, row).await?;
    let payer = payer::find(&mut *tx, &attempt.payer_id).await?;
    let event = ProofUploaded {
        attempt: id.clone(),
        payer: payer.id,
        owner: payer.owner,
        subscription: attempt.subscription_id.clone(),
        amount: attempt.amount(),
        code: attempt.code.clone(),
    };
    chronicle::tell(tx, &event).await?;
    want_look(tx, &attempt, &payer.name).await?;
    Ok(proof)
}

async fn want_look(tx: &mut Tx<'_>, attempt: &Attempt, payer: &str) -> Result<(), BillingError> {
    let new = want::NewWant {
        key: want_key(&attempt.id),
        kind: "proof",
        sentence: t!(
            "{payer} says that {amount} was paid by hand.",
            payer = payer,
            amount = attempt.amount()
        ),
        detail: Some(t!(
            "Reference {code}. Access is given when you approve.",
            code = &attempt.code
        )),
        action_label: t!("Approve or reject"),
        action_href: format!("/office/payments/attempts/{}", attempt.id),
        tone: Tone::Info,
        subject: Subject::of(&attempt.id),
    };
    Ok(want::open(tx, &new).await?)
}

fn want_key(id: &AttemptId) -> String {
    format!("proof/{id}")
}

async fn awaiting(tx: &mut Tx<'_>, id: &AttemptId) -> Result<Attempt, BillingError> {
    let attempt = attempt::find(&mut *tx, id).await?;
    if attempt.state == AttemptState::AwaitingProof {
        return Ok(attempt);
    }
    Err(BillingError::Refused(t!(
        "This order is not waiting for a payment by hand any more."
    )))
}

/// Confirms that the money arrived: it is settled like any other payment.
pub async fn approve(
    tx: &mut Tx<'_>,
    id: &AttemptId,
    amount: Money,
    note: Option<&str>,
) -> Result<PaymentId, BillingError> {
    let attempt = attempt::find(&mut *tx, id).await?;
    payer::lock(tx, &attempt.payer_id).await?;
    let attempt = awaiting(tx, id).await?;
    let now = tx.now();
    let entered = EnteredPayment {
        order: order::find(&mut *tx, &attempt.order_id).await?,
        amount,
        transaction: Some(attempt.code.clone()),
        sequence: next_sequence(tx, &attempt).await?,
        settled_at: now,
        from: now,
        until: Timestamp::NEVER,
        note: note.map(str::to_owned),
        attempt: Some(attempt),
    };
    let payment = enter::enter(tx, &entered).await?;
    want::done(tx, &want_key(id)).await?;
    Ok(payment)
}

const PAYMENTS_OF: &str = "
    select cast(coalesce(max(sequence), 0) + 1 as bigint) as next
      from payments where provider = $1 and provider_account = $2 and provider_transaction = $3";

/// A second transfer with the same reference completes the first.
async fn next_sequence(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<u32, DbError> {
    let key = values![attempt.provider, attempt.provider_account, attempt.code];
    Ok(tx.one::<(u32,)>(PAYMENTS_OF, key).await?.0)
}

/// Says that the money did not arrive. The customer reads the reason.
pub async fn reject(tx: &mut Tx<'_>, id: &AttemptId, reason: &str) -> Result<(), BillingError> {
    let attempt = awaiting(tx, id).await?;
    let words = Text::verbatim(reason);
    attempt::end(tx, &attempt, AttemptState::Rejected, &words).await?;
    want::done(tx, &want_key(id)).await?;
    Ok(())
}

/// Whether somebody uploaded a proof: then staff decide, not the clock.
pub(crate) async fn has_proof(mut read: impl Read, id: &AttemptId) -> Result<bool, DbError> {
    Ok(read.one::<(i64,)>(COUNT, values![id]).await?.0 > 0)
}

const PROOFS: &str = "
    select id, attempt_id, name, media_type, size_bytes, uploaded_at
      from proofs where attempt_id = $1 order by uploaded_at desc, id desc";

/// The proofs of an attempt, newest first, without their content.
pub async fn proofs(mut read: impl Read, id: &AttemptId) -> Result<Vec<Proof>, DbError> {
    read.all(PROOFS, values![id]).await
}

db::row! {
    struct Content { media_type: String, content: String }
}

const CONTENT: &str = "
    select media_type, content from proofs where id = $1 and attempt_id = $2";

/// A proof's type and bytes. `None`: this attempt has no such proof.
pub async fn content(
    mut read: impl Read,
    attempt: &AttemptId,
    id: &ProofId,
) -> Result<Option<(String, Vec<u8>)>, DbError> {
    let held: Option<Content> = read.maybe(CONTENT, values![id, attempt]).await?;
    Ok(held.map(|held| {
        let bytes = STANDARD.decode(&held.content).unwrap_or_default();
        (held.media_type, bytes)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_known_by_its_first_bytes_and_not_by_its_name() {
        assert_eq!(media_type(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(
            media_type(b"RIFF\x01\x02\x03\x04WEBPVP8 "),
            Some("image/webp")
        );
        assert_eq!(media_type(b"<svg onload=alert(1)>"), None);
        assert_eq!(media_type(b""), None);
    }
}
