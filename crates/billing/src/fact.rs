//! What gateways report, in one form for all of them: the state of an object as re-read, never as told.

use kit::id::{AttemptId, RefundId};
use kit::stored::stored_words;
use kit::{Money, Text, Timestamp};

use crate::gateway::{GatewayRef, Realm};

/// One truth about an object of the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Checkout(CheckoutFact),
    Payment(PaymentFact),
    Refund(RefundFact),
    Dispute(DisputeFact),
    Agreement(AgreementFact),
}

impl Fact {
    /// Our attempt that led to it, where the gateway names one.
    pub(crate) fn attempt(&self) -> Option<&AttemptId> {
        match self {
            Self::Checkout(fact) => fact.attempt.as_ref(),
            Self::Payment(fact) => fact.attempt.as_ref(),
            Self::Agreement(fact) => fact.attempt.as_ref(),
            Self::Refund(_) | Self::Dispute(_) => None,
        }
    }
}

/// Which provider and account an object belongs to. Two gateways of ours may share one account; the same
/// object is then still booked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The driver's key, e.g. `stripe`.
    pub provider: String,
    pub account: String,
    pub realm: Realm,
}

stored_words! {
    /// Where a payment page stands.
    pub enum CheckoutState {
        Open = "open",
        /// The customer did their part; the money may still be on its way.
        Complete = "complete",
        Expired = "expired",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutFact {
    pub origin: Origin,
    pub reference: GatewayRef,
    pub attempt: Option<AttemptId>,
    pub state: CheckoutState,
    pub url: Option<String>,
    pub agreement: Option<GatewayRef>,
}

stored_words! {
    /// Where a payment stands at the gateway.
    pub enum PaymentState {
        /// Under way; nothing is given for it yet.
        Processing = "processing",
        /// The customer has to do something.
        ActionNeeded = "action_needed",
        Settled = "settled",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

stored_words! {
    /// What a payment is for, as far as the gateway knows.
    pub enum PaidFor {
        Once = "once",
        /// A free start of an agreement; its amount is zero.
        Trial = "trial",
        /// A period of an agreement, the first or a later one.
        Period = "period",
        /// Something at an agreement that is not a period, e.g. a difference. Grants no time.
        Other = "other",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFact {
    pub origin: Origin,
    pub transaction: GatewayRef,
    /// 1, unless one transaction pays for several things.
    pub sequence: u32,
    pub state: PaymentState,
    pub paid_for: PaidFor,
    pub amount: Money,
    /// `None` while the gateway does not know it.
    pub fee: Option<Money>,
    pub settled_at: Timestamp,
    /// The start of the period that it pays; periods of an agreement follow each other without a gap, however
    /// late each settles.
    pub covers_from: Option<Timestamp>,
    pub attempt: Option<AttemptId>,
    pub agreement: Option<GatewayRef>,
    pub customer: Option<GatewayRef>,
    pub payer_email: Option<String>,
    /// Why it failed, as the gateway says it.
    pub reason: Option<Text>,
}

stored_words! {
    /// Where a refund stands at the gateway.
    pub enum RefundProgress {
        Pending = "pending",
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundFact {
    pub origin: Origin,
    pub reference: GatewayRef,
    /// The payment's transaction.
    pub transaction: GatewayRef,
    /// Ours, if we asked for it.
    pub refund: Option<RefundId>,
    pub amount: Money,
    pub state: RefundProgress,
    pub at: Timestamp,
    pub reason: Option<Text>,
}

stored_words! {
    /// Where a dispute stands.
    pub enum DisputeProgress {
        /// The bank holds the money.
        Open = "open",
        Won = "won",
        Lost = "lost",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeFact {
    pub origin: Origin,
    pub reference: GatewayRef,
    pub transaction: GatewayRef,
    pub amount: Money,
    /// What the gateway charges for it so far.
    pub fee: Option<Money>,
    pub state: DisputeProgress,
    pub reason: String,
    pub opened_at: Timestamp,
    /// Until when evidence is taken.
    pub answer_by: Option<Timestamp>,
}

stored_words! {
    /// Where an agreement to pay regularly stands.
    pub enum AgreementState {
        /// Made, but its first payment is not through.
        Beginning = "beginning",
        Live = "live",
        /// A renewal failed and the gateway goes on trying.
        Failing = "failing",
        Ended = "ended",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementFact {
    pub origin: Origin,
    pub reference: GatewayRef,
    pub attempt: Option<AttemptId>,
    pub customer: Option<GatewayRef>,
    pub state: AgreementState,
    pub period_ends_at: Option<Timestamp>,
    pub ends_at_period_end: bool,
    /// When it ended; `None` while it has not.
    pub ended_at: Option<Timestamp>,
}
