//! What billing asks of a payment gateway, and nothing more.
//!
//! Every call that leaves the house answers with an [`Outcome`]: `Refused` was certainly not carried out,
//! `Unknown` may have been, and whoever gets it looks (`find_…`, `fetch`) before anything else.

use async_trait::async_trait;
use http::HeaderMap;
use kit::id::{AttemptId, PayerId, PlanId, PriceId, RefundId, SubscriptionId};
use kit::stored::{Kind, Stored, Unreadable, Value, stored_words};
use kit::{Length, Money, Outcome, Secret, Text, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::fact::{Fact, RefundFact};

/// The gateway's own name of an object: a payment, a subscription, a checkout page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GatewayRef(String);

impl GatewayRef {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for GatewayRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Stored for GatewayRef {
    const KIND: Kind = Kind::Text;

    fn store(&self) -> Value {
        Value::Text(self.0.clone())
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        String::read(value).map(Self)
    }
}

stored_words! {
    /// Real money, or the gateway's rehearsal.
    pub enum Realm {
        Live = "live",
        Test = "test",
    }
}

stored_words! {
    /// Whether one payment is asked for, or one now and one at each renewal.
    pub enum ChargeMode {
        OneOff = "one_off",
        Recurring = "recurring",
    }
}

/// What a gateway can do at all; what the operator switched on is on its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent abilities, each asked by name"
)]
pub struct Capabilities {
    pub one_off: bool,
    pub recurring: bool,
    pub refunds: bool,
    /// The customer pays on a page of the gateway; otherwise on our page of instructions.
    pub hosted: bool,
}

/// The account behind the keys, and what is missing for selling. No finding: ready.
#[derive(Debug, Clone)]
pub struct CheckUp {
    pub account: String,
    pub realm: Realm,
    pub findings: Vec<Text>,
}

/// What `set_up` made at the gateway.
#[derive(Debug)]
pub struct SetUp {
    /// The gateway's name for the webhook endpoint; `None` if it needs none.
    pub endpoint: Option<GatewayRef>,
    /// Given only when the endpoint was made anew.
    pub webhook_secret: Option<Secret>,
}

/// A recurring price to be made known to the gateway.
#[derive(Debug, Clone)]
pub struct PriceOffer {
    pub plan: PlanId,
    pub price: PriceId,
    /// What customers read on the gateway's page.
    pub name: String,
    pub amount: Money,
    pub length: Length,
}

/// A payment page to be opened.
#[derive(Debug, Clone)]
pub struct CheckoutAsked {
    /// Also the idempotency key, and the mark by which the page is found again.
    pub attempt: AttemptId,
    pub payer: PayerId,
    pub subscription: SubscriptionId,
    pub mode: ChargeMode,
    pub line: CheckoutLine,
    pub customer: Customer,
    pub urls: CheckoutUrls,
    pub expires_at: Timestamp,
}

/// What is bought, in one line.
#[derive(Debug, Clone)]
pub struct CheckoutLine {
    pub name: String,
    pub amount: Money,
    /// The gateway's price, needed for recurring.
    pub price: Option<GatewayRef>,
    pub length: Length,
    /// Days that are free before the first payment; recurring only.
    pub trial_days: Option<u32>,
}

#[derive(Debug, Clone, Default)]
pub struct Customer {
    /// The gateway's own customer, if one is known from an earlier payment.
    pub reference: Option<GatewayRef>,
    pub email: Option<String>,
}

/// Where the gateway sends the customer back to.
#[derive(Debug, Clone)]
pub struct CheckoutUrls {
    pub paid: String,
    pub left: String,
}

/// An open payment page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    pub reference: GatewayRef,
    /// `None`: the page is no longer open.
    pub url: Option<String>,
}

/// Money to be sent back.
#[derive(Debug, Clone)]
pub struct RefundAsked {
    /// Also the idempotency key, and the mark by which the refund is found again.
    pub refund: RefundId,
    pub transaction: GatewayRef,
    pub amount: Money,
}

/// When an agreement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    AtPeriodEnd,
}

/// How far a listing reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// What changed since the cursor, by the gateway's own list of events: cheap, often.
    Changes,
    /// Every object made since a day before the cursor: heals what the list of events lost.
    Objects,
}

/// An object to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    pub object: GatewayRef,
    /// The message that would have pointed at it: if it came and was read, looking is not needed.
    pub message: Option<String>,
}

/// Objects to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub objects: Vec<ListedObject>,
    /// Where the next listing begins.
    pub cursor: String,
    /// Whether there is more before the present is reached.
    pub has_more: bool,
}

/// What a verified message points at. Its content is never booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The gateway's id of the message: the same message comes more than once.
    pub message: String,
    pub kind: String,
    /// `None`: a message of a kind that changes nothing here. It is kept, and that is all.
    pub object: Option<GatewayRef>,
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the message is not signed, or not by this gateway")]
    Forged,
    #[error("the message was signed too long ago or in the future")]
    Stale,
    #[error("the message is signed but cannot be read")]
    Unreadable,
    #[error("this gateway sends no messages")]
    NotSpoken,
}

/// A payment gateway, connected to one account of the operator.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    fn capabilities(&self) -> Capabilities;

    /// Tries the keys and says what is missing, in sentences: for the test button.
    async fn check(&self) -> Outcome<CheckUp>;

    /// Makes the gateway send its messages to this address. Safe to repeat.
    async fn set_up(&self, webhook_url: &str) -> Outcome<SetUp>;

    /// Makes a recurring price known. Safe to repeat: found again by our id.
    async fn offer_price(&self, offer: &PriceOffer) -> Outcome<GatewayRef>;

    /// Whether a price that somebody pasted exists and fits the offer. `Refused` says what does not.
    async fn check_price(&self, price: &GatewayRef, offer: &PriceOffer) -> Outcome<()>;

    /// Opens a payment page. Safe to repeat with the same attempt within a day.
    async fn create_checkout(&self, asked: &CheckoutAsked) -> Outcome<Checkout>;

    /// The look after `Unknown`. `None`: no page was opened for this attempt.
    async fn find_checkout(&self, asked: &CheckoutSought) -> Outcome<Option<Checkout>>;

    /// Closes an open page; `Done` also if it is closed already.
    async fn expire_checkout(&self, reference: &GatewayRef) -> Outcome<()>;

    /// The present truth about an object and what hangs on it. Empty: nothing that concerns us.
    async fn fetch(&self, object: &GatewayRef) -> Outcome<Vec<Fact>>;

    /// Objects to look at again since a cursor; the empty cursor begins at the gateway's own horizon.
    async fn list_since(&self, cursor: &str, breadth: Breadth) -> Outcome<Listed>;

    /// Sends money back. Safe to repeat with the same refund within a day.
    async fn refund(&self, asked: &RefundAsked) -> Outcome<RefundFact>;

    /// The look after `Unknown`. `None`: there is no such refund.
    async fn find_refund(&self, asked: &RefundAsked) -> Outcome<Option<RefundFact>>;

    /// Ends an agreement; `Done` also if it has ended already.
    async fn end_agreement(&self, agreement: &GatewayRef, when: When) -> Outcome<()>;

    /// Takes back an end that lies ahead.
    async fn resume_agreement(&self, agreement: &GatewayRef) -> Outcome<()>;

    /// Says which object to look at again, or refuses the message. There is no default: each gateway
    /// must say how it signs.
    fn read_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Hint, WebhookError>;
}

/// Which checkout is looked for.
#[derive(Debug, Clone)]
pub struct CheckoutSought {
    pub attempt: AttemptId,
    /// Known if the page was ever seen.
    pub reference: Option<GatewayRef>,
    /// When it was sent; bounds the search.
    pub sent_at: Timestamp,
}

/// The refusal of a gateway that cannot do what was asked.
pub fn cannot() -> kit::Refusal {
    kit::Refusal::lasting(
        "cannot",
        t!("This way of paying cannot do that. It has to be done by hand."),
    )
}
