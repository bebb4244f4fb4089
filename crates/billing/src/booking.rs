//! How money events are written in the ledger. Pure: facts in, postings out.

use kit::Money;
use kit::id::{DisputeId, PayerId, PaymentId, RefundId};

use crate::fact::{Origin, PaidFor};
use crate::ledger::{Account, Posting};
use crate::order::{Order, OrderState};
use crate::payment::{Booked, NewPayment, Payment};

/// How a payment divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split {
    pub booked: Booked,
    /// How much of the payment goes to the order.
    pub order_minor: i64,
    /// How much of that is tax.
    pub tax_minor: i64,
}

/// Divides a payment that fits between the order and the payer's wallet. `deposit`: what was paid towards
/// the order before.
pub(crate) fn split(order: &Order, paid_for: PaidFor, amount: Money, deposit: i64) -> Split {
    if paid_for == PaidFor::Trial {
        return Split {
            booked: Booked::Order,
            order_minor: 0,
            tax_minor: 0,
        };
    }
    let paid_before = paid_for == PaidFor::Once && order.state == OrderState::Settled;
    if paid_before {
        return Split {
            booked: Booked::Wallet,
            order_minor: 0,
            tax_minor: 0,
        };
    }
    let missing = order.total_minor - deposit;
    if amount.amount_minor < missing {
        return Split {
            booked: Booked::Deposit,
            order_minor: amount.amount_minor,
            tax_minor: 0,
        };
    }
    Split {
        booked: Booked::Order,
        order_minor: missing.max(0),
        tax_minor: order.tax_minor,
    }
}

fn clearing(origin: &Origin) -> Account {
    Account::Clearing {
        provider: origin.provider.clone(),
        account: origin.account.clone(),
    }
}

/// A payment that found its order.
pub(crate) fn payment(
    id: &PaymentId,
    new: &NewPayment,
    payer: &PayerId,
    order: &Order,
    deposit: i64,
) -> Posting {
    let money = |minor: i64| Money::new(minor, new.amount.currency);
    let posting = Posting::new("payment", id.as_str()).debit(clearing(&new.origin), new.amount);
    match new.booked {
        Booked::Unplaced => posting.credit(Account::Unplaced, new.amount),
        Booked::Wallet => posting.credit(Account::Wallet(payer.clone()), new.amount),
        Booked::Deposit => posting.credit(Account::Deposit(order.id.clone()), new.amount),
        Booked::Order => {
            let excess = new.amount.amount_minor - new.order_minor;
            let income = new.order_minor + deposit_used(new, deposit) - new.tax_minor;
            posting
                .debit(
                    Account::Deposit(order.id.clone()),
                    money(deposit_used(new, deposit)),
                )
                .credit(Account::Income, money(income))
                .credit(Account::TaxPayable, money(new.tax_minor))
                .credit(Account::Wallet(payer.clone()), money(excess))
        }
    }
}

/// A trial takes no deposit with it.
fn deposit_used(new: &NewPayment, deposit: i64) -> i64 {
    if new.paid_for == PaidFor::Trial {
        0
    } else {
        deposit
    }
}

/// Money that nobody has been found for.
pub(crate) fn unplaced(id: &PaymentId, new: &NewPayment) -> Posting {
    Posting::new("payment", id.as_str())
        .debit(clearing(&new.origin), new.amount)
        .credit(Account::Unplaced, new.amount)
}

/// An unplaced payment that a person put on an order.
pub(crate) fn placing(payment: &Payment, tax_minor: i64) -> Posting {
    let amount = payment.amount();
    Posting::new("placing", payment.id.as_str())
        .debit(Account::Unplaced, amount)
        .credit(
            Account::Income,
            Money::new(amount.amount_minor - tax_minor, amount.currency),
        )
        .credit(Account::TaxPayable, Money::new(tax_minor, amount.currency))
}

/// What the gateway kept.
pub(crate) fn fee(kind: &'static str, id: &str, origin: &Origin, fee: Money) -> Posting {
    Posting::new(kind, id)
        .debit(Account::Fees, fee)
        .credit(clearing(origin), fee)
}

/// Where the money of a reversal comes from, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sources {
    /// What this payment has given back before.
    pub returned: i64,
    /// What the payer's wallet still holds.
    pub wallet: i64,
    /// What still lies as a deposit on the order.
    pub deposit: i64,
}

/// Takes `amount` of a payment out of where it was booked, towards `other`: the part that paid the order
/// first, then credit as far as it was not spent.
fn reversal(
    posting: Posting,
    payment: &Payment,
    amount: Money,
    sources: Sources,
    other: Account,
) -> Posting {
    let money = |minor: i64| Money::new(minor, amount.currency);
    let minor = amount.amount_minor;
    let posting = posting.credit(other, amount);
    if payment.booked == Booked::Unplaced {
        return posting.debit(Account::Unplaced, amount);
    }
    if let (Booked::Deposit, Some(order)) = (payment.booked, &payment.order_id)
        && sources.deposit >= minor
    {
        return posting.debit(Account::Deposit(order.clone()), amount);
    }
    let order_left = (payment.order_minor - sources.returned).clamp(0, minor);
    let from_wallet = (minor - order_left).min(sources.wallet).max(0);
    let from_order = minor - from_wallet;
    let tax =
        tax_part(payment, sources.returned + from_order) - tax_part(payment, sources.returned);
    let posting = match &payment.payer_id {
        Some(payer) => posting.debit(Account::Wallet(payer.clone()), money(from_wallet)),
        None => posting,
    };
    posting
        .debit(Account::TaxPayable, money(tax))
        .debit(Account::Income, money(from_order - tax))
}

/// The tax in the first `minor` of a payment, so that the parts of several refunds add up.
pub(crate) fn tax_part(payment: &Payment, minor: i64) -> i64 {
    if payment.order_minor <= 0 {
        return 0;
    }
    let share = i128::from(minor.min(payment.order_minor));
    let tax = i128::from(payment.tax_minor) * share / i128::from(payment.order_minor);
    i64::try_from(tax).unwrap_or(0)
}

/// Money that went back to the payer; the fee of the payment stays a cost.
pub(crate) fn refund(id: &RefundId, payment: &Payment, amount: Money, sources: Sources) -> Posting {
    let posting = Posting::new("refund", id.as_str());
    reversal(
        posting,
        payment,
        amount,
        sources,
        clearing(&payment.origin()),
    )
}

/// A refund that the gateway had reported as done and then took back.
pub(crate) fn undone(kind: &'static str, id: &str, before: &[crate::ledger::Entry]) -> Posting {
    before
        .iter()
        .fold(Posting::new(kind, id), |posting, entry| {
            posting.credit(entry.account.clone(), entry.amount)
        })
}

/// A payment entered by mistake.
pub(crate) fn void(payment: &Payment, sources: Sources) -> Posting {
    let posting = Posting::new("void", payment.id.as_str());
    reversal(
        posting,
        payment,
        payment.amount(),
        sources,
        clearing(&payment.origin()),
    )
}

/// The bank holds the money.
pub(crate) fn dispute_opened(id: &DisputeId, origin: &Origin, amount: Money) -> Posting {
    Posting::new("dispute_opened", id.as_str())
        .debit(Account::Disputed, amount)
        .credit(clearing(origin), amount)
}

/// The bank gave it back.
pub(crate) fn dispute_won(id: &DisputeId, origin: &Origin, amount: Money) -> Posting {
    Posting::new("dispute_won", id.as_str())
        .debit(clearing(origin), amount)
        .credit(Account::Disputed, amount)
}

/// The payer has it.
pub(crate) fn dispute_lost(
    id: &DisputeId,
    payment: &Payment,
    amount: Money,
    sources: Sources,
) -> Posting {
    let posting = Posting::new("dispute_lost", id.as_str());
    reversal(posting, payment, amount, sources, Account::Disputed)
}
