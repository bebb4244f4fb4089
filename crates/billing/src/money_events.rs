//! What happened to money, for people and for flows.

use chronicle::events;
use kit::id::{
    AttemptId, DisputeId, GatewayId, OrderId, PayerId, PaymentId, ReceiptId, RefundId,
    SubscriptionId,
};
use kit::{Money, Subject, Text, Timestamp, t};

use crate::fact::PaidFor;

events! {
    /// A payment was settled, placed, and granted what it was for.
    PaymentSettled = "billing.payment_settled", Good {
        payment: PaymentId,
        payer: PayerId,
        owner: Subject,
        subscription: SubscriptionId,
        order: OrderId,
        amount: Money,
        paid_for: PaidFor,
        receipt: Option<ReceiptId>,
        #[serde(default)]
        is_renewal: bool,
    }
    about(it) [it.payment, it.owner, it.subscription, it.payer]
    says match (it.paid_for, it.is_renewal) {
        (PaidFor::Trial, _) => t!("A free trial with an agreement to pay has begun."),
        (_, true) => t!("A renewal of {amount} was paid.", amount = it.amount),
        _ => t!("{amount} was paid.", amount = it.amount),
    };

    /// Money arrived that could not be placed, or did not fit what was asked. Nothing was granted for it.
    PaymentUnplaced = "billing.payment_unplaced", Warn {
        payment: PaymentId,
        amount: Money,
        problem: Text,
        /// The attempt that it claims to belong to.
        attempt: Option<AttemptId>,
    }
    about(it) [it.payment]
    says t!(
        "{amount} arrived and needs a person. {problem}",
        amount = it.amount,
        problem = it.problem.clone()
    );

    /// A payment did not go through.
    PaymentFailed = "billing.payment_failed", Warn {
        payer: PayerId,
        owner: Subject,
        subscription: SubscriptionId,
        order: OrderId,
        amount: Money,
        reason: Option<Text>,
        is_renewal: bool,
    }
    about(it) [it.owner, it.subscription, it.payer]
    says {
        let reason = it.reason.clone().unwrap_or(t!("the gateway gave no reason."));
        t!(
            "A payment of {amount} failed: {reason}",
            amount = it.amount,
            reason = reason
        )
    };

    /// An attempt to pay ended without money.
    AttemptEnded = "billing.attempt_ended", Info {
        attempt: AttemptId,
        payer: PayerId,
        owner: Subject,
        subscription: SubscriptionId,
        order: OrderId,
        reason: Text,
    }
    about(it) [it.owner, it.subscription, it.attempt]
    says t!(
        "An order was not paid: {reason}",
        reason = it.reason.clone()
    );

    /// Somebody says that they paid by hand, and shows it.
    ProofUploaded = "billing.proof_uploaded", Info {
        attempt: AttemptId,
        payer: PayerId,
        owner: Subject,
        subscription: SubscriptionId,
        amount: Money,
        code: String,
    }
    about(it) [it.owner, it.subscription, it.attempt]
    says t!(
        "A proof of payment of {amount} was uploaded, reference {code}.",
        amount = it.amount,
        code = &it.code
    );

    /// A payment that staff had entered was taken back because it was a mistake.
    PaymentVoided = "billing.payment_voided", Warn {
        payment: PaymentId,
        payer: PayerId,
        owner: Subject,
        subscription: SubscriptionId,
        amount: Money,
    }
    about(it) [it.payment, it.owner, it.subscription, it.payer]
    says t!(
        "A payment of {amount} entered by hand was voided.",
        amount = it.amount
    );

    /// Somebody wants money sent back; the gateway has not been asked yet.
    RefundOrdered = "billing.refund_ordered", Info {
        refund: RefundId,
        payment: PaymentId,
        amount: Money,
    }
    about(it) [it.payment, it.refund]
    says t!("A refund of {amount} was ordered.", amount = it.amount);

    /// Money went back.
    RefundSettled = "billing.refund_settled", Info {
        refund: RefundId,
        payment: PaymentId,
        payer: Option<PayerId>,
        owner: Option<Subject>,
        subscription: Option<SubscriptionId>,
        amount: Money,
        /// Whether the payment is refunded as a whole by now.
        is_whole: bool,
    }
    about(it) [it.payment, it.owner, it.subscription]
    says t!("{amount} was refunded.", amount = it.amount);

    /// The gateway did not send the money back.
    RefundFailed = "billing.refund_failed", Bad {
        refund: RefundId,
        payment: PaymentId,
        amount: Money,
        reason: Text,
    }
    about(it) [it.payment, it.refund]
    says t!(
        "A refund of {amount} failed: {reason}",
        amount = it.amount,
        reason = it.reason.clone()
    );

    /// A payer disputes a payment at their bank.
    DisputeOpened = "billing.dispute_opened", Bad {
        dispute: DisputeId,
        payment: PaymentId,
        owner: Option<Subject>,
        subscription: Option<SubscriptionId>,
        amount: Money,
        answer_by: Option<Timestamp>,
    }
    about(it) [it.payment, it.owner, it.subscription]
    says t!(
        "A payment of {amount} is disputed at the payer's bank.",
        amount = it.amount
    );

    /// A dispute was decided.
    DisputeClosed = "billing.dispute_closed", Info {
        dispute: DisputeId,
        payment: PaymentId,
        owner: Option<Subject>,
        subscription: Option<SubscriptionId>,
        amount: Money,
        is_won: bool,
    }
    about(it) [it.payment, it.owner, it.subscription]
    says if it.is_won {
        t!("The dispute about {amount} was won.", amount = it.amount)
    } else {
        t!("The dispute about {amount} was lost.", amount = it.amount)
    };

    /// An agreement to pay regularly began, is failing, or ended.
    AgreementChanged = "billing.agreement_changed", Info {
        gateway: GatewayId,
        payer: PayerId,
        owner: Subject,
        subscription: SubscriptionId,
        state: crate::fact::AgreementState,
        ends_at_period_end: bool,
        period_ends_at: Option<Timestamp>,
    }
    about(it) [it.owner, it.subscription, it.payer]
    says {
        use crate::fact::AgreementState as State;
        match (it.state, it.ends_at_period_end) {
            (State::Beginning, _) => t!("An agreement to pay regularly is being made."),
            (State::Live, false) => t!("The agreement to pay regularly is live."),
            (State::Live | State::Failing, true) => {
                t!("The agreement to pay regularly ends with this period.")
            }
            (State::Failing, false) => t!("A renewal failed; the gateway goes on trying."),
            (State::Ended, _) => t!("The agreement to pay regularly has ended."),
        }
    };
}
