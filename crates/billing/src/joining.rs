//! Two who were one person: their time, payments and credit come together. Nothing in the books is rewritten; credit
//! moves by an entry of its own, and rows only change whose they are.

use db::{Read, Tx, values};
use kit::id::{PayerId, SubscriptionId};
use kit::{Currency, Money, Subject, t};

use crate::error::BillingError;
use crate::events::Change;
use crate::ledger::{self, Account, Posting};
use crate::payer::{self, Payer};
use crate::subscription::{self, Subscription, When};
use crate::{refresh, standing};

const MOVE: &str = "update subscriptions set subject = $2 where id = $1";

const DROP_TRIAL: &str = "
    delete from trials where subject = $1
       and exists (select 1 from trials other where other.subject = $2)";

const MOVE_TRIAL: &str = "update trials set subject = $2 where subject = $1";

/// Gives all that is one's to another. Where both have a living subscription of a kind, the time of the one is added
/// to the other, and the empty one ends. Refused while a gateway still charges for the one that would end.
pub async fn subjects(tx: &mut Tx<'_>, from: &Subject, into: &Subject) -> Result<(), BillingError> {
    if from == into {
        return Ok(());
    }
    for one in subscription::of_subject(&mut *tx, from).await? {
        subscription::lock(tx, &one.id).await?;
        let other = if one.is_living() {
            subscription::living_of_kind(&mut *tx, into, one.kind).await?
        } else {
            None
        };
        match other {
            Some(other) => add_time(tx, &one, &other).await?,
            None => move_one(tx, &one, into).await?,
        }
    }
    tx.run(DROP_TRIAL, values![from, into]).await?;
    tx.run(MOVE_TRIAL, values![from, into]).await?;
    Ok(())
}

async fn move_one(tx: &mut Tx<'_>, one: &Subscription, into: &Subject) -> Result<(), BillingError> {
    tx.run(MOVE, values![one.id, into]).await?;
    if one.is_living() {
        refresh::after(tx, &one.id, Change::Merged, None).await?;
    }
    Ok(())
}

const MOVE_GRANTS: &str = "
    update term_grants set subscription_id = $2 where subscription_id = $1";
const MOVE_HOLDS: &str = "update holds set subscription_id = $2 where subscription_id = $1";

/// The fold over all grants is the time of both, one after the other.
async fn add_time(
    tx: &mut Tx<'_>,
    one: &Subscription,
    other: &Subscription,
) -> Result<(), BillingError> {
    if one.agreement_state.renews() {
        return Err(renews());
    }
    subscription::lock(tx, &other.id).await?;
    for sql in [MOVE_GRANTS, MOVE_HOLDS] {
        tx.run(sql, values![one.id, other.id]).await?;
    }
    close(tx, &one.id).await?;
    refresh::after(tx, &other.id, Change::Merged, None).await
}

/// Why two cannot be joined.
fn renews() -> BillingError {
    BillingError::Refused(t!(
        "Both have a membership, and the one that would end renews by itself. Cancel that renewal first, then join them again."
    ))
}

async fn close(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<(), BillingError> {
    let now = tx.now();
    let is_over = standing::standing(&mut *tx, id, now)
        .await?
        .subscription
        .cancel_at
        <= now;
    if !is_over {
        subscription::cancel(tx, id, When::Now, None).await?;
    }
    refresh::settle(tx, id).await
}

/// Gives what one payer has paid, and their credit, to another. The receipts say whom they were written for.
pub async fn payers(tx: &mut Tx<'_>, from: &Subject, into: &Subject) -> Result<(), BillingError> {
    if from == into {
        return Ok(());
    }
    let Some(one) = payer::find_by_owner(&mut *tx, from).await? else {
        return Ok(());
    };
    match payer::find_by_owner(&mut *tx, into).await? {
        None => Ok(payer::hand_over(tx, &one.id, into).await?),
        Some(other) => bring_together(tx, &one, &other).await,
    }
}

const SUBSCRIPTIONS: &str = "update subscriptions set payer_id = $2 where payer_id = $1";
const ORDERS: &str = "update orders set payer_id = $2 where payer_id = $1";
const ATTEMPTS: &str = "update attempts set payer_id = $2 where payer_id = $1";
const AGREEMENTS: &str = "update agreements set payer_id = $2 where payer_id = $1";
const PAYMENTS: &str = "update payments set payer_id = $2 where payer_id = $1";
const RECEIPTS: &str = "update receipts set payer_id = $2 where payer_id = $1";
const CUSTOMERS: &str = "
    insert into payer_customers (payer_id, provider, provider_account, reference)
    select $2, provider, provider_account, reference from payer_customers where payer_id = $1
    on conflict do nothing";

async fn bring_together(tx: &mut Tx<'_>, one: &Payer, other: &Payer) -> Result<(), BillingError> {
    // In one order everywhere, so that two who join at once wait instead of blocking each other.
    let (first, second) = if one.id < other.id {
        (one, other)
    } else {
        (other, one)
    };
    payer::lock(tx, &first.id).await?;
    payer::lock(tx, &second.id).await?;
    move_credit(tx, &one.id, &other.id).await?;
    for sql in [
        SUBSCRIPTIONS,
        ORDERS,
        ATTEMPTS,
        AGREEMENTS,
        PAYMENTS,
        RECEIPTS,
        CUSTOMERS,
    ] {
        tx.run(sql, values![one.id, other.id]).await?;
    }
    Ok(())
}

db::row! {
    struct Credit { currency: Currency, balance_minor: i64 }
}

const WALLETS: &str = "
    select currency, balance_minor from wallets where payer_id = $1 and balance_minor > 0";

async fn move_credit(tx: &mut Tx<'_>, from: &PayerId, into: &PayerId) -> Result<(), BillingError> {
    let wallets: Vec<Credit> = tx.all(WALLETS, values![from]).await?;
    for wallet in wallets {
        let currency = wallet.currency;
        let credit = Money::new(wallet.balance_minor, currency);
        let posting = Posting::new("joined", &format!("{from}/{into}/{}", currency.code()))
            .debit(Account::Wallet(from.clone()), credit)
            .credit(Account::Wallet(into.clone()), credit);
        ledger::post(tx, &posting).await?;
    }
    Ok(())
}
