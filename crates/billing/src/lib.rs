//! Billing: what people can buy, what they owe, and what they have paid.
//!
//! A [`plan`] is offered in versions, each at its [`price`]s; a [`subscription`] is one subject on one version,
//! paid for by a payer; [`term`] grants are lengths of time, each given for exactly one cause; a [`hold`]
//! withholds access. Where all that leads at one moment is the [`status`], and [`standing`] says what will
//! happen next and when. Money comes in through a [`PaymentGateway`]. Nothing here opens access to anything:
//! billing tells [`events::TermChanged`] and [`events::StatusChanged`], and flows listen.
//!
//! To add a gateway, write one file in `drivers/src/payment/` and add one line to its list. To add a reason
//! for giving time, add a [`term::CauseKind`].

pub mod agreement;
pub mod apply;
pub mod attempt;
mod booking;
pub mod checkout;
pub mod dispute;
pub mod enter;
pub mod entitlements;
pub mod events;
pub mod fact;
mod fold;
pub mod gateway;
pub mod gateways;
pub mod hold;
pub mod inbox;
pub mod jobs;
pub mod joining;
pub mod ledger;
pub mod manual;
pub mod money_events;
pub mod money_jobs;
mod next;
pub mod order;
pub mod payer;
pub mod payment;
pub mod plan;
pub mod price;
pub mod privacy;
pub mod receipt;
pub mod reconcile;
mod refresh;
pub mod refund;
pub mod reminder;
pub mod settings;
pub mod settle;
pub mod standing;
pub mod status;
pub mod subscription;
pub mod sweep;
pub mod term;
pub mod trial;

mod error;

pub use error::BillingError;
pub use gateway::PaymentGateway;

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &[
    "plans",
    "plan_versions",
    "prices",
    "gateway_prices",
    "subscriptions",
    "term_grants",
    "holds",
    "trials",
    "reminders",
    "payers",
    "wallets",
    "payer_customers",
    "gateways",
    "orders",
    "order_lines",
    "attempts",
    "proofs",
    "agreements",
    "payments",
    "receipt_series",
    "receipts",
    "failures",
    "refunds",
    "disputes",
    "ledger_transactions",
    "ledger_entries",
    "messages",
];
