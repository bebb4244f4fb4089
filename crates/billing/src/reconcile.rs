//! Healing: with all messages lost, what gateways list brings everything to the same end. And the nightly
//! proof that each payment has its ledger transaction and its time.

use std::collections::BTreeSet;

use chronicle::{Tone, want};
use db::{Db, DbError, Read, values};
use kit::id::{GatewayId, PaymentId, RefundId};
use kit::{Actor, Outcome, Subject, Text, Timestamp, t};

use crate::apply;
use crate::error::BillingError;
use crate::gateway::{Breadth, GatewayRef, ListedObject};
use crate::gateways::{self, Gateways, Opened};
use crate::ledger;

/// What a listing came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    pub looked_at: usize,
    /// Objects that could not be looked at; the next listing begins before them.
    pub problems: Vec<Text>,
}

/// No more pages than this in one go; the rest waits for the next turn.
const MOST_PAGES: usize = 200;

/// Looks at everything that a gateway lists since the cursor. The cursor moves only past what was taken up.
pub async fn since_cursor(
    gateways: &Gateways,
    id: &GatewayId,
    breadth: Breadth,
) -> Result<Reconciled, BillingError> {
    let opened = gateways.open(id).await?;
    let db = gateways.db();
    let mut cursor = match breadth {
        Breadth::Changes => opened.row.cursor.clone(),
        Breadth::Objects => opened.row.wide_cursor.clone(),
    };
    let mut done = Reconciled::default();
    for _ in 0..MOST_PAGES {
        let listed = match opened.driver.list_since(&cursor, breadth).await.or_reason() {
            Ok(listed) => listed,
            Err(reason) => {
                done.problems.push(reason);
                return Ok(done);
            }
        };
        let mut is_complete = true;
        for object in not_known(db, &opened, &listed.objects).await? {
            match apply::look(db, &opened, &object).await? {
                Outcome::Done(_) => done.looked_at += 1,
                // It will not pass by waiting; waiting for it would hold up everything behind it.
                Outcome::Refused(refusal) if !refusal.may_pass => {
                    let reason = refusal.reason.in_english();
                    tracing::warn!(gateway.object = %object, "An object was left out: {reason}");
                }

                other => {
                    is_complete = false;
                    done.problems.extend(other.or_reason().err());
                }
            }
        }
        if !is_complete {
            return Ok(done);
        }
        let mut tx = db.begin(Actor::gateway(&opened.row.driver)).await?;
        gateways::note_cursor(&mut tx, id, breadth, &listed.cursor).await?;
        tx.save().await?;
        if !listed.has_more || listed.cursor == cursor {
            return Ok(done);
        }
        cursor = listed.cursor;
    }
    Ok(done)
}

const READ: &str = "
    select message_id as name from messages
     where provider = $1 and provider_account = $2 and state = 'done'
       and message_id in (select value from json_each(cast($3 as text)))";

const BOOKED: &str = "
    select provider_transaction as name from payments
     where provider = $1 and provider_account = $2 and fee_known
       and provider_transaction in (select value from json_each(cast($3 as text)))";

/// Leaves out what a message has led to already, and payments that are booked with their fee; each object
/// comes once.
async fn not_known(
    db: &Db,
    opened: &Opened,
    listed: &[ListedObject],
) -> Result<Vec<GatewayRef>, DbError> {
    let (provider, account) = (&opened.row.driver, &opened.row.provider_account);
    let mut names = BTreeSet::new();
    for chunk in listed.chunks(500) {
        let messages: Vec<&str> = chunk
            .iter()
            .filter_map(|it| it.message.as_deref())
            .collect();
        let objects = chunk.iter().filter(|it| it.message.is_none());
        let objects: Vec<&str> = objects.map(|it| it.object.as_str()).collect();
        for (sql, asked) in [(READ, messages), (BOOKED, objects)] {
            let asked = serde_json::to_string(&asked).expect("a list of texts prints as JSON");
            let found: Vec<(String,)> = db.all(sql, values![provider, account, asked]).await?;
            names.extend(found.into_iter().map(|row| row.0));
        }
    }
    let unknown = listed.iter().filter(|it| {
        let name = it.message.as_deref().unwrap_or(it.object.as_str());
        !names.contains(name)
    });
    let mut seen = BTreeSet::new();
    Ok(unknown
        .map(|it| it.object.clone())
        .filter(|object| seen.insert(object.clone()))
        .collect())
}

/// What the proof found wrong. Empty: all is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    pub imbalance_minor: i64,
    /// Payments without a ledger transaction.
    pub unbooked: Vec<PaymentId>,
    /// Payments that paid an order and gave no time.
    pub without_time: Vec<PaymentId>,
    /// Refunds without a ledger transaction.
    pub unbooked_refunds: Vec<RefundId>,
    pub receipts_have_gaps: bool,
}

impl Proof {
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

const UNBOOKED: &str = "
    select p.id from payments p
      left join ledger_transactions t on t.external_id = 'payment/' || p.id
     where p.recorded_at >= $1 and p.amount_minor <> 0 and t.id is null
     order by p.id limit 100";

const WITHOUT_TIME: &str = "
    select p.id from payments p
      left join term_grants g on g.cause_id = p.id and g.cause_kind in ('payment', 'trial')
     where p.recorded_at >= $1 and p.booked = 'order' and g.id is null
     order by p.id limit 100";

const UNBOOKED_REFUNDS: &str = "
    select r.id from refunds r
      left join ledger_transactions t on t.external_id = 'refund/' || r.id
     where r.created_at >= $1 and r.state in ('pending', 'succeeded') and t.id is null
     order by r.id limit 100";

/// Proves everything that was recorded since a moment.
pub async fn prove(mut read: impl Read, since: Timestamp) -> Result<Proof, DbError> {
    let unbooked: Vec<(PaymentId,)> = read.all(UNBOOKED, values![since]).await?;
    let without: Vec<(PaymentId,)> = read.all(WITHOUT_TIME, values![since]).await?;
    let refunds: Vec<(RefundId,)> = read.all(UNBOOKED_REFUNDS, values![since]).await?;
    Ok(Proof {
        imbalance_minor: ledger::imbalance(&mut read).await?,
        unbooked: unbooked.into_iter().map(|row| row.0).collect(),
        without_time: without.into_iter().map(|row| row.0).collect(),
        unbooked_refunds: refunds.into_iter().map(|row| row.0).collect(),
        receipts_have_gaps: !crate::receipt::is_gapless(&mut read).await?,
    })
}

/// Calls for a person if the proof found something, and takes the call back when all is well again.
pub async fn report(db: &Db, proof: &Proof) -> Result<(), DbError> {
    let mut tx = db.begin(Actor::schedule("billing.prove_books")).await?;
    if proof.is_clean() {
        want::done(&mut tx, "books").await?;
        return tx.save().await;
    }
    let detail = t!(
        "Difference {difference}; payments without booking: {unbooked}, without time: {without}; refunds without booking: {refunds}. Please report this with the log.",
        difference = proof.imbalance_minor,
        unbooked = proof.unbooked.len(),
        without = proof.without_time.len(),
        refunds = proof.unbooked_refunds.len()
    );
    tracing::error!(books.proof = ?proof, "The nightly proof of the books found a difference");
    let new = want::NewWant {
        key: "books".to_owned(),
        kind: "books",
        sentence: t!("The nightly proof found a difference in the books."),
        detail: Some(detail),
        action_label: t!("Show payments"),
        action_href: "/office/payments".to_owned(),
        tone: Tone::Bad,
        subject: Subject::named("books"),
    };
    want::open(&mut tx, &new).await?;
    tx.save().await
}
