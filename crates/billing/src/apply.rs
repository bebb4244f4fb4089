//! From what a gateway reports to what it effects, in the order given.

use db::{Db, Tx};
use kit::id::MessageId;
use kit::{Actor, Outcome};

use crate::error::BillingError;
use crate::fact::Fact;
use crate::gateway::GatewayRef;
use crate::gateways::Opened;
use crate::{agreement, attempt, dispute, inbox, payer, refund, settle};

/// Takes up one fact. Safe to repeat, in any order.
pub async fn fact(
    tx: &mut Tx<'_>,
    gateway: &kit::id::GatewayId,
    fact: &Fact,
) -> Result<(), BillingError> {
    match fact {
        Fact::Checkout(fact) => attempt::note_checkout(tx, fact).await,
        Fact::Agreement(fact) => agreement::note(tx, fact).await,
        Fact::Payment(fact) => settle::settle(tx, gateway, fact).await.map(drop),
        Fact::Refund(fact) => refund::note(tx, gateway, fact).await,
        Fact::Dispute(fact) => dispute::note(tx, fact).await,
    }
}

/// Takes up all that hangs on an object.
pub async fn facts(db: &Db, opened: &Opened, facts: &[Fact]) -> Result<(), BillingError> {
    taken_up(db, opened, facts, None).await
}

/// In one transaction, together with the end of the message that pointed there. If one of the facts cannot be
/// taken up, those before it are kept all the same, each by itself, and the message waits.
async fn taken_up(
    db: &Db,
    opened: &Opened,
    facts: &[Fact],
    message: Option<&MessageId>,
) -> Result<(), BillingError> {
    if together(db, opened, facts, message).await.is_ok() {
        return Ok(());
    }
    for one in facts {
        together(db, opened, std::slice::from_ref(one), None).await?;
    }
    together(db, opened, &[], message).await
}

async fn together(
    db: &Db,
    opened: &Opened,
    facts: &[Fact],
    message: Option<&MessageId>,
) -> Result<(), BillingError> {
    db.attempt(|| async {
        let mut tx = db.begin(Actor::gateway(&opened.row.driver)).await?;
        if facts.len() > 1 {
            lock_payer(&mut tx, facts).await?;
        }
        for one in facts {
            fact(&mut tx, &opened.row.id, one).await?;
        }
        if let Some(message) = message {
            inbox::end(&mut tx, message, None).await?;
        }
        Ok(tx.save().await?)
    })
    .await
}

/// Before several facts, of which an earlier one may write what belongs to the payer: three messages about one
/// purchase are read at the same time, and would wait for each other crosswise.
async fn lock_payer(tx: &mut Tx<'_>, facts: &[Fact]) -> Result<(), BillingError> {
    let Some(id) = facts.iter().find_map(Fact::attempt) else {
        return Ok(());
    };
    if let Some(attempt) = attempt::maybe(&mut *tx, id).await? {
        payer::lock(tx, &attempt.payer_id).await?;
    }
    Ok(())
}

/// Looks at an object again and takes up what is found. The outer result is ours, the inner the gateway's.
pub async fn look(
    db: &Db,
    opened: &Opened,
    object: &GatewayRef,
) -> Result<Outcome<usize>, BillingError> {
    look_for(db, opened, object, None).await
}

/// Like [`look`], because of a message, which has been read once what was found is taken up.
pub(crate) async fn look_for(
    db: &Db,
    opened: &Opened,
    object: &GatewayRef,
    message: Option<&MessageId>,
) -> Result<Outcome<usize>, BillingError> {
    match opened.driver.fetch(object).await {
        Outcome::Done(found) => {
            taken_up(db, opened, &found, message).await?;
            Ok(Outcome::Done(found.len()))
        }
        Outcome::Refused(refusal) => Ok(Outcome::Refused(refusal)),
        Outcome::Unknown(doubt) => Ok(Outcome::Unknown(doubt)),
    }
}
