//! What Stripe sends, as far as it is read. API version 2025-03-31.basil: periods are on subscription items,
//! an invoice names its subscription under `parent`, and its payments are a list of their own.

use std::collections::BTreeMap;

use serde::Deserialize;

pub(super) type Metadata = BTreeMap<String, String>;

/// A reference, or the object itself where it was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Id(String),
    Object(Box<T>),
}

impl<T> Expandable<T> {
    pub fn object(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Object(object) => Some(object),
        }
    }
}

impl<T: Named> Expandable<T> {
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => object.name(),
        }
    }
}

pub(super) trait Named {
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($type:ty),+) => {$(
        impl Named for $type {
            fn name(&self) -> &str {
                &self.id
            }
        }
    )+};
}

named!(
    Bare,
    Intent,
    Charge,
    Invoice,
    Session,
    Subscription,
    Refund,
    Dispute,
    Event,
    BalanceTransaction,
    Endpoint
);

/// Anything of which only the id counts.
#[derive(Debug, Deserialize)]
pub(super) struct Bare {
    pub id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub id: String,
    #[serde(default)]
    pub charges_enabled: bool,
    #[serde(default)]
    pub details_submitted: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub id: String,
    pub livemode: bool,
    pub status: Option<String>,
    pub url: Option<String>,
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
    pub payment_intent: Option<Expandable<Bare>>,
    pub subscription: Option<Expandable<Bare>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    pub id: String,
    pub livemode: bool,
    pub status: String,
    pub amount: i64,
    #[serde(default)]
    pub amount_received: i64,
    pub currency: String,
    pub created: i64,
    #[serde(default)]
    pub metadata: Metadata,
    pub customer: Option<Expandable<Bare>>,
    pub latest_charge: Option<Expandable<Charge>>,
    pub last_payment_error: Option<PaymentError>,
    pub receipt_email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentError {
    pub message: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Charge {
    pub id: String,
    pub created: i64,
    pub payment_intent: Option<Expandable<Bare>>,
    pub balance_transaction: Option<Expandable<BalanceTransaction>>,
    pub billing_details: Option<BillingDetails>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BillingDetails {
    pub email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BalanceTransaction {
    pub id: String,
    pub fee: i64,
    pub currency: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Subscription {
    pub id: String,
    pub livemode: bool,
    pub status: String,
    #[serde(default)]
    pub metadata: Metadata,
    pub customer: Option<Expandable<Bare>>,
    #[serde(default)]
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub trial_end: Option<i64>,
    pub items: Page<SubscriptionItem>,
    pub latest_invoice: Option<Expandable<Bare>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SubscriptionItem {
    pub current_period_end: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Invoice {
    pub id: String,
    pub livemode: bool,
    pub status: Option<String>,
    pub billing_reason: Option<String>,
    pub currency: String,
    pub total: i64,
    pub amount_paid: i64,
    pub amount_due: i64,
    #[serde(default)]
    pub attempted: bool,
    pub created: i64,
    pub customer: Option<Expandable<Bare>>,
    pub customer_email: Option<String>,
    pub parent: Option<InvoiceParent>,
    #[serde(default)]
    pub status_transitions: StatusTransitions,
    pub lines: Option<Page<InvoiceLine>>,
    pub payments: Option<Page<InvoicePayment>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InvoiceParent {
    pub subscription_details: Option<SubscriptionDetails>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SubscriptionDetails {
    pub subscription: Expandable<Bare>,
    pub metadata: Option<Metadata>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct StatusTransitions {
    pub paid_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InvoiceLine {
    pub period: Period,
}

#[derive(Debug, Deserialize)]
pub(super) struct Period {
    pub start: i64,
    pub end: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct InvoicePayment {
    pub status: Option<String>,
    pub invoice: Option<Expandable<Bare>>,
    pub payment: Option<InvoicePaymentOf>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InvoicePaymentOf {
    pub payment_intent: Option<Expandable<Bare>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub created: i64,
    pub status: Option<String>,
    pub failure_reason: Option<String>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
    pub payment_intent: Option<Expandable<Bare>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dispute {
    pub id: String,
    pub livemode: bool,
    pub amount: i64,
    pub currency: String,
    pub created: i64,
    pub status: String,
    #[serde(default)]
    pub reason: String,
    pub payment_intent: Option<Expandable<Bare>>,
    #[serde(default)]
    pub balance_transactions: Vec<BalanceTransaction>,
    pub evidence_details: Option<EvidenceDetails>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EvidenceDetails {
    pub due_by: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Price {
    pub id: String,
    pub active: bool,
    pub currency: String,
    pub unit_amount: Option<i64>,
    pub recurring: Option<Recurring>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Recurring {
    pub interval: String,
    pub interval_count: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Product {
    pub name: String,
    pub active: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Endpoint {
    pub id: String,
    pub url: String,
    pub status: String,
    pub api_version: Option<String>,
    #[serde(default)]
    pub enabled_events: Vec<String>,
    #[serde(default)]
    pub metadata: Metadata,
    /// Only in the answer to its making.
    pub secret: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub created: i64,
    pub data: EventData,
}

#[derive(Debug, Deserialize)]
pub(super) struct EventData {
    pub object: EventObject,
}

/// Only what it is called: its content is never believed.
#[derive(Debug, Deserialize)]
pub(super) struct EventObject {
    pub id: Option<String>,
    pub object: Option<String>,
    pub invoice: Option<Expandable<Bare>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(rename = "type", default)]
    pub kind: String,
    pub code: Option<String>,
    pub message: Option<String>,
}
