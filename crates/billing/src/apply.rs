//! From what a gateway reports to what it effects: each fact in a transaction of its own, in the order given.

use db::Db;
use db::Tx;
use kit::{Actor, Outcome};

use crate::error::BillingError;
use crate::fact::Fact;
use crate::gateway::GatewayRef;
use crate::gateways::Opened;
use crate::{agreement, attempt, dispute, refund, settle};

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
    for one in facts {
        db.attempt(|| async {
            let mut tx = db.begin(Actor::gateway(&opened.row.driver)).await?;
            fact(&mut tx, &opened.row.id, one).await?;
            Ok::<(), BillingError>(tx.save().await?)
        })
        .await?;
    }
    Ok(())
}

/// Looks at an object again and takes up what is found. The outer result is ours, the inner the gateway's.
pub async fn look(
    db: &Db,
    opened: &Opened,
    object: &GatewayRef,
) -> Result<Outcome<usize>, BillingError> {
    match opened.driver.fetch(object).await {
        Outcome::Done(found) => {
            facts(db, opened, &found).await?;
            Ok(Outcome::Done(found.len()))
        }
        Outcome::Refused(refusal) => Ok(Outcome::Refused(refusal)),
        Outcome::Unknown(doubt) => Ok(Outcome::Unknown(doubt)),
    }
}
