//! The ledger: double-entry, append-only. Debits are positive, credits negative, and every transaction
//! comes to zero in each currency. A correction is another transaction.

use std::collections::BTreeMap;

use db::{DbError, Read, Tx, values};
use kit::id::{EntryId, Id, LedgerId, OrderId, PayerId};
use kit::{Currency, Money, Timestamp, t};

use crate::error::BillingError;
use crate::payer;

/// An account of the ledger; its stored name is stable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// What a provider account holds for us.
    Clearing {
        provider: String,
        account: String,
    },
    Fees,
    Income,
    TaxPayable,
    /// What we owe a payer.
    Wallet(PayerId),
    /// Paid towards an order that is not paid in full.
    Deposit(OrderId),
    /// Money that nobody has been found for.
    Unplaced,
    /// Money that a dispute holds.
    Disputed,
}

impl Account {
    pub fn name(&self) -> String {
        match self {
            Self::Clearing { provider, account } => format!("clearing/{provider}/{account}"),
            Self::Fees => "fees".to_owned(),
            Self::Income => "income".to_owned(),
            Self::TaxPayable => "tax_payable".to_owned(),
            Self::Wallet(payer) => format!("wallet/{payer}"),
            Self::Deposit(order) => format!("deposit/{order}"),
            Self::Unplaced => "unplaced".to_owned(),
            Self::Disputed => "disputed".to_owned(),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let (kind, rest) = name.split_once('/').unwrap_or((name, ""));
        match kind {
            "clearing" => {
                let (provider, account) = rest.split_once('/')?;
                Some(Self::Clearing {
                    provider: provider.to_owned(),
                    account: account.to_owned(),
                })
            }
            "fees" => Some(Self::Fees),
            "income" => Some(Self::Income),
            "tax_payable" => Some(Self::TaxPayable),
            "wallet" => PayerId::parse(rest).map(Self::Wallet),
            "deposit" => OrderId::parse(rest).map(Self::Deposit),
            "unplaced" => Some(Self::Unplaced),
            "disputed" => Some(Self::Disputed),
            _ => None,
        }
    }
}

/// One side of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub account: Account,
    /// Positive: debit.
    pub amount: Money,
}

/// A transaction to be written.
#[derive(Debug, Clone)]
pub struct Posting {
    /// The business event, once for ever: `payment/pay_…`, `fee/pay_…`, `refund/ref_…`.
    pub external_id: String,
    pub kind: &'static str,
    pub entries: Vec<Entry>,
}

impl Posting {
    pub fn new(kind: &'static str, id: &str) -> Self {
        Self {
            external_id: format!("{kind}/{id}"),
            kind,
            entries: Vec::new(),
        }
    }

    /// Entries of zero are left out.
    #[must_use]
    pub fn debit(mut self, account: Account, amount: Money) -> Self {
        if !amount.is_zero() {
            self.entries.push(Entry { account, amount });
        }
        self
    }

    #[must_use]
    pub fn credit(self, account: Account, amount: Money) -> Self {
        self.debit(account, Money::new(-amount.amount_minor, amount.currency))
    }

    /// Whether debits and credits are equal in each currency.
    pub fn is_balanced(&self) -> bool {
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for entry in &self.entries {
            *sums.entry(entry.amount.currency).or_default() +=
                i128::from(entry.amount.amount_minor);
        }
        sums.values().all(|sum| *sum == 0)
    }
}

/// Whether a posting was written now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    Now,
    /// This business event was written before; nothing was done.
    Before,
}

const INSERT: &str = "
    insert into ledger_transactions (id, external_id, kind, at) values ($1, $2, $3, $4)
    on conflict (external_id) do nothing";

const INSERT_ENTRY: &str = "
    insert into ledger_entries (id, transaction_id, account, amount_minor, currency, at)
    values ($1, $2, $3, $4, $5, $6)";

/// Writes a transaction, and moves the wallets it names. Safe to repeat. A posting without entries (nothing
/// moved) leaves no trace; a wallet that would go below zero refuses the whole.
pub async fn post(tx: &mut Tx<'_>, posting: &Posting) -> Result<Posted, BillingError> {
    if !posting.is_balanced() {
        return Err(BillingError::Refused(t!(
            "The two sides of a booking differ ({booking}), so it was not made. Please report this.",
            booking = &posting.external_id
        )));
    }
    if posting.entries.is_empty() {
        return Ok(Posted::Now);
    }
    let id: LedgerId = tx.id();
    let now = tx.now();
    let row = values![id, posting.external_id, posting.kind, now];
    if tx.run(INSERT, row).await? == 0 {
        return Ok(Posted::Before);
    }
    for entry in &posting.entries {
        let entry_id: EntryId = tx.id();
        let Money {
            amount_minor,
            currency,
        } = entry.amount;
        let row = values![
            entry_id,
            id,
            entry.account.name(),
            amount_minor,
            currency,
            now
        ];
        tx.run(INSERT_ENTRY, row).await?;
        if let Account::Wallet(payer) = &entry.account {
            payer::move_wallet(tx, payer, Money::new(-amount_minor, currency)).await?;
        }
    }
    Ok(Posted::Now)
}

db::row! {
    /// One side of a transaction, for people.
    #[derive(Debug, Clone)]
    pub struct EntryRow {
        pub account: String,
        pub amount_minor: i64,
        pub currency: Currency,
        pub at: Timestamp,
    }
}

impl EntryRow {
    /// `None`: a newer version wrote it to an account that this one does not know.
    pub(crate) fn entry(&self) -> Option<Entry> {
        let account = Account::parse(&self.account)?;
        Some(Entry {
            account,
            amount: Money::new(self.amount_minor, self.currency),
        })
    }
}

const ENTRIES_OF: &str = "
    select e.account, e.amount_minor, e.currency, e.at
      from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
     where t.external_id = $1 order by e.id";

/// The entries of a business event; empty if it was never written.
pub async fn entries_of(mut read: impl Read, external_id: &str) -> Result<Vec<EntryRow>, DbError> {
    read.all(ENTRIES_OF, values![external_id]).await
}

const BALANCE: &str = "
    select cast(coalesce(sum(amount_minor), 0) as bigint) as balance
      from ledger_entries where account = $1 and currency = $2";

/// The sum of an account's entries: positive is a debit balance.
pub async fn balance(
    mut read: impl Read,
    account: &Account,
    currency: Currency,
) -> Result<Money, DbError> {
    let sum = read
        .one::<(i64,)>(BALANCE, values![account.name(), currency])
        .await?
        .0;
    Ok(Money::new(sum, currency))
}

const IMBALANCE: &str = "
    select cast(coalesce(sum(abs(difference)), 0) as bigint) as imbalance from (
        select sum(amount_minor) as difference
          from ledger_entries group by transaction_id, currency) as sums";

/// The sum of all differences between debits and credits. Anything but zero is a fault.
pub async fn imbalance(mut read: impl Read) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(IMBALANCE, values![]).await?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_two_currencies_do_not_make_up_for_each_other() {
        let dollars = Currency::parse("USD").expect("a currency");
        let posting = Posting::new("test", "1")
            .debit(Account::Fees, Money::new(5, Currency::EUR))
            .credit(Account::Income, Money::new(5, dollars));
        assert!(!posting.is_balanced());
    }
}
