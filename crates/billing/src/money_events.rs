//! What happened to money, for people and for flows.

use chronicle::{Event, Tone};
use kit::id::{
    AttemptId, DisputeId, GatewayId, OrderId, PayerId, PaymentId, ReceiptId, RefundId,
    SubscriptionId,
};
use kit::{Money, Subject, Text, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::fact::PaidFor;

/// A payment was settled, placed, and granted what it was for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentSettled {
    pub payment: PaymentId,
    pub payer: PayerId,
    pub owner: Subject,
    pub subscription: SubscriptionId,
    pub order: OrderId,
    pub amount: Money,
    pub paid_for: PaidFor,
    pub receipt: Option<ReceiptId>,
    #[serde(default)]
    pub is_renewal: bool,
}

impl Event for PaymentSettled {
    const NAME: &'static str = "billing.payment_settled";
    const TONE: Tone = Tone::Good;

    fn subjects(&self) -> Vec<Subject> {
        vec![
            Subject::of(&self.payment),
            self.owner.clone(),
            Subject::of(&self.subscription),
            Subject::of(&self.payer),
        ]
    }

    fn sentence(&self) -> Text {
        match (self.paid_for, self.is_renewal) {
            (PaidFor::Trial, _) => t!("A free trial with an agreement to pay has begun."),
            (_, true) => t!("A renewal of {amount} was paid.", amount = self.amount),
            _ => t!("{amount} was paid.", amount = self.amount),
        }
    }
}

/// Money arrived that could not be placed, or did not fit what was asked. Nothing was granted for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentUnplaced {
    pub payment: PaymentId,
    pub amount: Money,
    pub problem: Text,
    /// The attempt that it claims to belong to.
    pub attempt: Option<AttemptId>,
}

impl Event for PaymentUnplaced {
    const NAME: &'static str = "billing.payment_unplaced";
    const TONE: Tone = Tone::Warn;

    fn subjects(&self) -> Vec<Subject> {
        vec![Subject::of(&self.payment)]
    }

    fn sentence(&self) -> Text {
        t!(
            "{amount} arrived and needs a person: {problem}",
            amount = self.amount,
            problem = self.problem.clone()
        )
    }
}

/// A payment did not go through.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentFailed {
    pub payer: PayerId,
    pub owner: Subject,
    pub subscription: SubscriptionId,
    pub order: OrderId,
    pub amount: Money,
    pub reason: Option<Text>,
    pub is_renewal: bool,
}

impl Event for PaymentFailed {
    const NAME: &'static str = "billing.payment_failed";
    const TONE: Tone = Tone::Warn;

    fn subjects(&self) -> Vec<Subject> {
        vec![
            self.owner.clone(),
            Subject::of(&self.subscription),
            Subject::of(&self.payer),
        ]
    }

    fn sentence(&self) -> Text {
        let reason = self
            .reason
            .clone()
            .unwrap_or(t!("the gateway gave no reason."));
        t!(
            "A payment of {amount} failed: {reason}",
            amount = self.amount,
            reason = reason
        )
    }
}

/// An attempt to pay ended without money.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AttemptEnded {
    pub attempt: AttemptId,
    pub payer: PayerId,
    pub owner: Subject,
    pub subscription: SubscriptionId,
    pub order: OrderId,
    pub reason: Text,
}

impl Event for AttemptEnded {
    const NAME: &'static str = "billing.attempt_ended";

    fn subjects(&self) -> Vec<Subject> {
        vec![
            self.owner.clone(),
            Subject::of(&self.subscription),
            Subject::of(&self.attempt),
        ]
    }

    fn sentence(&self) -> Text {
        t!(
            "An order was not paid: {reason}",
            reason = self.reason.clone()
        )
    }
}

/// Somebody says that they paid by hand, and shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProofUploaded {
    pub attempt: AttemptId,
    pub payer: PayerId,
    pub owner: Subject,
    pub subscription: SubscriptionId,
    pub amount: Money,
    pub code: String,
}

impl Event for ProofUploaded {
    const NAME: &'static str = "billing.proof_uploaded";

    fn subjects(&self) -> Vec<Subject> {
        vec![
            self.owner.clone(),
            Subject::of(&self.subscription),
            Subject::of(&self.attempt),
        ]
    }

    fn sentence(&self) -> Text {
        t!(
            "A proof of payment of {amount} was uploaded, reference {code}.",
            amount = self.amount,
            code = &self.code
        )
    }
}

/// A payment that staff had entered was taken back because it was a mistake.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentVoided {
    pub payment: PaymentId,
    pub payer: PayerId,
    pub owner: Subject,
    pub subscription: SubscriptionId,
    pub amount: Money,
}

impl Event for PaymentVoided {
    const NAME: &'static str = "billing.payment_voided";
    const TONE: Tone = Tone::Warn;

    fn subjects(&self) -> Vec<Subject> {
        vec![
            Subject::of(&self.payment),
            self.owner.clone(),
            Subject::of(&self.subscription),
            Subject::of(&self.payer),
        ]
    }

    fn sentence(&self) -> Text {
        t!(
            "A payment of {amount} entered by hand was voided.",
            amount = self.amount
        )
    }
}

/// Money went back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefundSettled {
    pub refund: RefundId,
    pub payment: PaymentId,
    pub payer: Option<PayerId>,
    pub owner: Option<Subject>,
    pub subscription: Option<SubscriptionId>,
    pub amount: Money,
    /// Whether the payment is refunded as a whole by now.
    pub is_whole: bool,
}

impl Event for RefundSettled {
    const NAME: &'static str = "billing.refund_settled";

    fn subjects(&self) -> Vec<Subject> {
        let main = Subject::of(&self.payment);
        let others = [
            self.owner.clone(),
            self.subscription.as_ref().map(Subject::of),
        ];
        std::iter::once(main)
            .chain(others.into_iter().flatten())
            .collect()
    }

    fn sentence(&self) -> Text {
        t!("{amount} was refunded.", amount = self.amount)
    }
}

/// The gateway did not send the money back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefundFailed {
    pub refund: RefundId,
    pub payment: PaymentId,
    pub amount: Money,
    pub reason: Text,
}

impl Event for RefundFailed {
    const NAME: &'static str = "billing.refund_failed";
    const TONE: Tone = Tone::Bad;

    fn subjects(&self) -> Vec<Subject> {
        vec![Subject::of(&self.payment), Subject::of(&self.refund)]
    }

    fn sentence(&self) -> Text {
        t!(
            "A refund of {amount} failed: {reason}",
            amount = self.amount,
            reason = self.reason.clone()
        )
    }
}

/// A payer disputes a payment at their bank.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisputeOpened {
    pub dispute: DisputeId,
    pub payment: PaymentId,
    pub owner: Option<Subject>,
    pub subscription: Option<SubscriptionId>,
    pub amount: Money,
    pub answer_by: Option<Timestamp>,
}

impl Event for DisputeOpened {
    const NAME: &'static str = "billing.dispute_opened";
    const TONE: Tone = Tone::Bad;

    fn subjects(&self) -> Vec<Subject> {
        let main = Subject::of(&self.payment);
        let others = [
            self.owner.clone(),
            self.subscription.as_ref().map(Subject::of),
        ];
        std::iter::once(main)
            .chain(others.into_iter().flatten())
            .collect()
    }

    fn sentence(&self) -> Text {
        t!(
            "A payment of {amount} is disputed at the payer's bank.",
            amount = self.amount
        )
    }
}

/// A dispute was decided.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisputeClosed {
    pub dispute: DisputeId,
    pub payment: PaymentId,
    pub owner: Option<Subject>,
    pub subscription: Option<SubscriptionId>,
    pub amount: Money,
    pub is_won: bool,
}

impl Event for DisputeClosed {
    const NAME: &'static str = "billing.dispute_closed";

    fn subjects(&self) -> Vec<Subject> {
        let main = Subject::of(&self.payment);
        let others = [
            self.owner.clone(),
            self.subscription.as_ref().map(Subject::of),
        ];
        std::iter::once(main)
            .chain(others.into_iter().flatten())
            .collect()
    }

    fn sentence(&self) -> Text {
        if self.is_won {
            t!("The dispute about {amount} was won.", amount = self.amount)
        } else {
            t!("The dispute about {amount} was lost.", amount = self.amount)
        }
    }
}

/// An agreement to pay regularly began, is failing, or ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgreementChanged {
    pub gateway: GatewayId,
    pub payer: PayerId,
    pub owner: Subject,
    pub subscription: SubscriptionId,
    pub state: crate::fact::AgreementState,
    pub ends_at_period_end: bool,
    pub period_ends_at: Option<Timestamp>,
}

impl Event for AgreementChanged {
    const NAME: &'static str = "billing.agreement_changed";

    fn subjects(&self) -> Vec<Subject> {
        vec![
            self.owner.clone(),
            Subject::of(&self.subscription),
            Subject::of(&self.payer),
        ]
    }

    fn sentence(&self) -> Text {
        use crate::fact::AgreementState as State;
        match (self.state, self.ends_at_period_end) {
            (State::Beginning, _) => t!("An agreement to pay regularly is being made."),
            (State::Live, false) => t!("The agreement to pay regularly is live."),
            (State::Live | State::Failing, true) => {
                t!("The agreement to pay regularly ends with this period.")
            }
            (State::Failing, false) => t!("A renewal failed; the gateway goes on trying."),
            (State::Ended, _) => t!("The agreement to pay regularly has ended."),
        }
    }
}
