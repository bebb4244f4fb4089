//! Who pays: an account, or a member without one. Owns the wallet, and the row that is written first
//! whenever money of theirs moves.

use db::{DbError, Read, Tx, values};
use kit::id::PayerId;
use kit::{Currency, Money, Subject, Timestamp, t};

use crate::error::BillingError;
use crate::fact::Origin;
use crate::gateway::GatewayRef;

db::row! {
    /// Who pays.
    #[derive(Debug, Clone)]
    pub struct Payer {
        pub id: PayerId,
        /// The account, or the member without one.
        pub owner: Subject,
        pub name: String,
        pub email: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

const INSERT: &str = "
    insert into payers (id, owner, name, email, version, created_at) values ($1, $2, $3, $4, 1, $5)
    on conflict (owner) do update set name = excluded.name, email = excluded.email";

const FIND_BY_OWNER: &str = "
    select id, owner, name, email, version, created_at from payers where owner = $1";

/// The payer of an account or member, made if there is none yet; name and e-mail are brought up to date.
pub async fn ensure(
    tx: &mut Tx<'_>,
    owner: &Subject,
    name: &str,
    email: Option<&str>,
) -> Result<Payer, DbError> {
    let id: PayerId = tx.id();
    let now = tx.now();
    tx.run(
        INSERT,
        values![id, owner, name, email.map(str::to_owned), now],
    )
    .await?;
    tx.one(FIND_BY_OWNER, values![owner]).await
}

/// `None`: this account or member has never been about to pay.
pub async fn find_by_owner(mut read: impl Read, owner: &Subject) -> Result<Option<Payer>, DbError> {
    read.maybe(FIND_BY_OWNER, values![owner]).await
}

const FIND: &str = "select id, owner, name, email, version, created_at from payers where id = $1";

pub async fn find(mut read: impl Read, id: &PayerId) -> Result<Payer, BillingError> {
    let found = read.maybe(FIND, values![id]).await?;
    found.ok_or_else(|| BillingError::not_found(id))
}

const LOCK: &str = "
    update payers set version = version + 1 where id = $1
 returning id, owner, name, email, version, created_at";

/// Takes the payer's row, so that nothing else moves their money until the transaction ends. Comes before
/// the subscription's.
pub async fn lock(tx: &mut Tx<'_>, id: &PayerId) -> Result<Payer, BillingError> {
    let locked = tx.maybe(LOCK, values![id]).await?;
    locked.ok_or_else(|| BillingError::not_found(id))
}

const HAND_OVER: &str = "update payers set owner = $2 where id = $1";

/// Gives the payer to another owner: a member got an account. The new owner has no payer of its own.
pub async fn hand_over(tx: &mut Tx<'_>, id: &PayerId, owner: &Subject) -> Result<(), DbError> {
    tx.run(HAND_OVER, values![id, owner]).await?;
    Ok(())
}

const OPEN_WALLET: &str = "
    insert into wallets (payer_id, currency, balance_minor) values ($1, $2, 0)
    on conflict (payer_id, currency) do nothing";

const MOVE: &str = "
    update wallets set balance_minor = balance_minor + $3
     where payer_id = $1 and currency = $2 and balance_minor + $3 >= 0";

/// Changes a wallet beside its ledger entry. The row itself refuses to go below zero.
pub(crate) async fn move_wallet(
    tx: &mut Tx<'_>,
    payer: &PayerId,
    change: Money,
) -> Result<(), BillingError> {
    tx.run(OPEN_WALLET, values![payer, change.currency]).await?;
    let moved = tx
        .run(MOVE, values![payer, change.currency, change.amount_minor])
        .await?;
    if moved == 0 {
        return Err(BillingError::Refused(t!(
            "There is not enough credit for this."
        )));
    }
    Ok(())
}

const WALLET: &str = "
    select cast(coalesce(sum(balance_minor), 0) as bigint) as balance
      from wallets where payer_id = $1 and currency = $2";

/// What a payer has to their credit.
pub async fn wallet(
    mut read: impl Read,
    payer: &PayerId,
    currency: Currency,
) -> Result<Money, DbError> {
    let balance = read
        .one::<(i64,)>(WALLET, values![payer, currency])
        .await?
        .0;
    Ok(Money::new(balance, currency))
}

const PUT_CUSTOMER: &str = "
    insert into payer_customers (payer_id, provider, provider_account, reference)
    values ($1, $2, $3, $4)
    on conflict (payer_id, provider, provider_account) do update set reference = excluded.reference";

/// Remembers the gateway's customer, so that the next payment page knows them.
pub(crate) async fn remember_customer(
    tx: &mut Tx<'_>,
    payer: &PayerId,
    origin: &Origin,
    customer: &GatewayRef,
) -> Result<(), DbError> {
    tx.run(
        PUT_CUSTOMER,
        values![payer, origin.provider, origin.account, customer],
    )
    .await?;
    Ok(())
}

const CUSTOMER: &str = "
    select reference from payer_customers
     where payer_id = $1 and provider = $2 and provider_account = $3";

/// The gateway's customer, if an earlier payment told it.
pub async fn customer(
    mut read: impl Read,
    payer: &PayerId,
    provider: &str,
    account: &str,
) -> Result<Option<GatewayRef>, DbError> {
    let found = read
        .maybe::<(GatewayRef,)>(CUSTOMER, values![payer, provider, account])
        .await?;
    Ok(found.map(|row| row.0))
}
