//! Facts about plans and time that others may hear. Facts about money are in `money_events`.

use chronicle::events;
use kit::calendar::{Length, Unit};
use kit::id::{GatewayId, PlanId, PriceId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Arg, Money, Subject, Text, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::hold::HoldReason;
use crate::status::Status;
use crate::subscription::AgreementState;
use crate::term::CauseKind;

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Change {
    Started {
        plan: String,
    },
    Given {
        length: Length,
        cause: CauseKind,
    },
    TakenBack {
        length: Length,
        cause: CauseKind,
    },
    Shortened {
        until: Timestamp,
    },
    Held {
        reason: HoldReason,
        until: Timestamp,
    },
    Lifted {
        reason: HoldReason,
    },
    PlanMoved {
        plan: String,
    },
    CancelPlanned {
        at: Timestamp,
    },
    CancelUndone,
    AgreementMoved {
        state: AgreementState,
    },
    /// Two members were found to be one person.
    Merged,
}

events! {
    /// Something that a subscription's term, holds or plan depend on has changed. What it may reach is to be
    /// worked out anew.
    TermChanged = "billing.term_changed", Info {
        subscription: SubscriptionId,
        subject: Subject,
        change: Change,
    }
    about(it) [it.subject, it.subscription]
    says match &it.change {
        Change::Started { plan } => t!("Put on the plan {plan}", plan = plan),
        Change::Given { length, cause } => given(*length, *cause),
        Change::TakenBack { length, cause } => t!(
            "Taken back: {length} ({cause})",
            length = length_text(*length),
            cause = cause_text(*cause)
        ),
        Change::Shortened { until } => {
            t!("Given time now ends on {day}", day = Arg::Day(*until))
        }
        Change::Held { reason, until } => held(*reason, *until),
        Change::Lifted { reason } => {
            t!("No longer suspended: {reason}", reason = reason.text())
        }
        Change::PlanMoved { plan } => t!("Moved to the plan {plan}", plan = plan),
        Change::CancelPlanned { at } => t!("Cancelled as of {at}", at = *at),
        Change::CancelUndone => t!("Cancellation taken back"),
        Change::AgreementMoved { state } => agreement(*state),
        Change::Merged => t!("Joined with another member: both were one person"),
    };
}

fn given(length: Length, cause: CauseKind) -> Text {
    if length.unit == Unit::Once {
        return t!("Made permanent ({cause})", cause = cause_text(cause));
    }
    t!(
        "Given: {length} ({cause})",
        length = length_text(length),
        cause = cause_text(cause)
    )
}

fn held(reason: HoldReason, until: Timestamp) -> Text {
    match until.some() {
        Some(until) => t!(
            "Suspended until {day}: {reason}",
            day = Arg::Day(until),
            reason = reason.text()
        ),
        None => t!("Suspended: {reason}", reason = reason.text()),
    }
}

fn agreement(state: AgreementState) -> Text {
    match state {
        AgreementState::None => t!("Has no agreement to renew"),
        AgreementState::Live => t!("Renews by itself from now on"),
        AgreementState::Failing => t!("The renewal could not be charged"),
        AgreementState::Ended => t!("No longer renews by itself"),
    }
}

/// A length as people say it: "3 months".
pub fn length_text(length: Length) -> Text {
    let n = i64::from(length.count);
    match length.unit {
        Unit::Days => Text::counted(n, "{n} day", "{n} days"),
        Unit::Weeks => Text::counted(n, "{n} week", "{n} weeks"),
        Unit::Months => Text::counted(n, "{n} month", "{n} months"),
        Unit::Years => Text::counted(n, "{n} year", "{n} years"),
        Unit::Once => t!("without end"),
    }
}

/// For what time was given, as people say it.
pub fn cause_text(cause: CauseKind) -> Text {
    match cause {
        CauseKind::Payment => t!("payment"),
        CauseKind::Trial => t!("trial"),
        CauseKind::Gift => t!("gift"),
        CauseKind::Referral => t!("referral"),
        CauseKind::Credit => t!("credit"),
        CauseKind::Compensation => t!("compensation"),
        CauseKind::Import => t!("import"),
        CauseKind::Staff => t!("by the operator"),
    }
}

events! {
    /// The status became another one: told once for each change, whether by a fact or by the clock.
    StatusChanged = "billing.status_changed", Info {
        subscription: SubscriptionId,
        subject: Subject,
        from: Status,
        to: Status,
    }
    about(it) [it.subject, it.subscription]
    says match it.to {
        Status::Cancelled => t!("The cancellation took effect; access is withdrawn"),
        Status::Suspended => t!("Access is withheld; every sign-in is kept"),
        Status::Paused => t!("Paused; access is withheld"),
        Status::Permanent => t!("Permanent: never ends and is never limited"),
        Status::Pending => t!("Waiting for the first payment"),
        Status::Trial => t!("The trial has begun"),
        Status::Active if it.from == Status::Suspended => t!("Access is restored"),
        Status::Active => t!("The subscription is active"),
        Status::PastDue => t!("The renewal is overdue; access stays for now"),
        Status::Grace => t!("The paid time is over; access stays for the days of grace"),
        Status::Expired => t!("The subscription has expired"),
    };

    /// Paid time is running out, and it is time to say so.
    ExpiringSoon = "billing.expiring_soon", Info {
        subscription: SubscriptionId,
        subject: Subject,
        until: Timestamp,
        /// Which of the operator's steps this is.
        step_days: u32,
    }
    about(it) [it.subject, it.subscription]
    says t!(
        "A reminder is due: the time ends on {day}",
        day = Arg::Day(it.until)
    );

    /// The announced days after expiry are over: the media accounts are to be deleted.
    DeletionDue = "billing.deletion_due", Warn {
        subscription: SubscriptionId,
        subject: Subject,
        /// Since when the subscription has been over.
        over_since: Timestamp,
    }
    about(it) [it.subject, it.subscription]
    says t!(
        "Over since {day}, and the days until deletion have passed: the media accounts are deleted",
        day = Arg::Day(it.over_since)
    );
}

stored_words! {
    /// What happened to a plan.
    pub enum PlanChange {
        Created = "created",
        Revised = "revised",
        Offered = "offered",
        Withdrawn = "withdrawn",
        MadeDefault = "made_default",
        /// Whoever had an earlier version is put on the newest.
        MembersMoved = "members_moved",
        Archived = "archived",
        Deleted = "deleted",
    }
}

events! {
    /// A plan was made or changed.
    PlanChanged = "billing.plan_changed", Info {
        plan: PlanId,
        name: String,
        change: PlanChange,
    }
    about(it) [it.plan]
    says {
        let name = &it.name;
        match it.change {
            PlanChange::Created => t!("The plan {name} was made", name = name),
            PlanChange::Revised => t!("The plan {name} has a new version", name = name),
            PlanChange::Offered => t!("The plan {name} is on sale", name = name),
            PlanChange::Withdrawn => t!("The plan {name} is no longer on sale", name = name),
            PlanChange::MadeDefault => t!("The plan {name} is the default plan", name = name),
            PlanChange::MembersMoved => {
                t!("Everybody on the plan {name} moves to its newest version", name = name)
            }
            PlanChange::Archived => t!("The plan {name} was archived", name = name),
            PlanChange::Deleted => t!("The plan {name} was deleted", name = name),
        }
    };
}

stored_words! {
    /// What happened to a price.
    pub enum PriceChange {
        Created = "created",
        Offered = "offered",
        Withdrawn = "withdrawn",
        Archived = "archived",
    }
}

stored_words! {
    /// What happened to a gateway.
    pub enum GatewayChange {
        Added = "added",
        Changed = "changed",
    }
}

events! {
    /// A price was made, or what it is sold for changed. One that replaces another is made, the other archived.
    PriceChanged = "billing.price_changed", Info {
        price: PriceId,
        plan: PlanId,
        amount: Money,
        change: PriceChange,
    }
    about(it) [it.plan, it.price]
    says match it.change {
        PriceChange::Created => t!("The price {amount} was added", amount = it.amount),
        PriceChange::Offered => t!("The price {amount} is on sale", amount = it.amount),
        PriceChange::Withdrawn => t!("The price {amount} is no longer on sale", amount = it.amount),
        PriceChange::Archived => t!("The price {amount} was archived", amount = it.amount),
    };

    /// The operator connected a gateway or changed what is set for it.
    GatewayChanged = "billing.gateway_changed", Info {
        gateway: GatewayId,
        title: String,
        change: GatewayChange,
    }
    about(it) [it.gateway]
    says match it.change {
        GatewayChange::Added => t!("The gateway {gateway} was added", gateway = &it.title),
        GatewayChange::Changed => t!("The gateway {gateway} was changed", gateway = &it.title),
    };
}
