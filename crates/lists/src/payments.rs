//! Payments with who paid, for what, and by which way.

use billing::payment::Booked;
use db::{DbError, Listing, Read, values};
use kit::id::{GatewayId, Id, PaymentId, SubscriptionId};
use kit::{Currency, Money, PageAsked, PageOf, Text, Timestamp};

db::row! {
    /// A payment as the list shows it.
    #[derive(Debug, Clone)]
    pub struct PaymentRow {
        pub id: PaymentId,
        amount_minor: i64,
        currency: Currency,
        pub settled_at: Timestamp,
        pub voided_at: Timestamp,
        pub placed: bool,
        pub booked: Booked,
        pub problem: Option<Text>,
        pub provider: String,
        /// `None`: entered by hand.
        pub gateway: Option<String>,
        pub payer: Option<String>,
        pub payer_email: Option<String>,
        /// What was bought, as frozen on the order.
        pub title: Option<String>,
        /// How much of it went back.
        pub refunded_minor: i64,
        /// Whether the bank disputes it at the moment.
        pub disputed: bool,
        sort_at: Timestamp,
        sort_id: String,
    }
}

impl PaymentRow {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    pub fn is_voided(&self) -> bool {
        !self.voided_at.is_never()
    }

    pub fn is_refunded(&self) -> bool {
        self.refunded_minor >= self.amount_minor && self.amount_minor > 0
    }
}

/// Which of the payments' states is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    Unmatched,
    Refunded,
    Disputed,
    Voided,
}

impl PaymentState {
    pub const ALL: &'static [Self] = &[
        Self::Unmatched,
        Self::Refunded,
        Self::Disputed,
        Self::Voided,
    ];

    /// As in the list's address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::Voided => "voided",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.word() == word)
    }
}

/// Which payments are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilter {
    /// A payment's number of ours, or the gateway's own.
    pub search: String,
    pub state: Option<PaymentState>,
    pub gateway: Option<GatewayId>,
    pub subscription: Option<SubscriptionId>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

macro_rules! columns {
    ($sort_at:literal, $sort_id:literal) => {
        concat!(
            "
        select p.id, p.amount_minor, p.currency, p.settled_at, p.voided_at, p.placed, p.booked, p.problem,
               p.provider, g.title as gateway, y.name as payer, coalesce(p.payer_email, y.email) as payer_email,
               o.title,
               (select cast(coalesce(sum(b.amount_minor), 0) as bigint) from refunds b
                 where b.payment_id = p.id and b.state = 'succeeded') as refunded_minor,
               exists (select 1 from disputes c where c.payment_id = p.id and c.state = 'open') as disputed,
               ",
            $sort_at,
            " as sort_at, ",
            $sort_id,
            " as sort_id"
        )
    };
}

macro_rules! joins {
    () => {
        "
          left join payers y on y.id = p.payer_id
          left join orders o on o.id = p.order_id
          left join gateways g on g.id = p.gateway_id"
    };
}

const BY_TIME: Listing = Listing {
    base: concat!(
        columns!("p.settled_at", "p.id"),
        " from payments p",
        joins!(),
        " where true"
    ),
    clauses: &[
        ("unmatched", "and not p.placed"),
        ("voided", "and p.voided_at < 9223372036854775807"),
        ("gateway", "and p.gateway_id = ?"),
        ("subscription", "and p.subscription_id = ?"),
        ("id", "and p.id = ?"),
        ("transaction", "and p.provider_transaction = ?"),
        ("from", "and p.settled_at >= ?"),
        ("until", "and p.settled_at < ?"),
        ("after", "and (p.settled_at, p.id) < (?, ?)"),
    ],
    orders: &[("newest", "order by p.settled_at desc, p.id desc limit ?")],
};

const REFUNDED: Listing = Listing {
    base: concat!(
        columns!("r.created_at", "r.id"),
        " from refunds r cross join payments p",
        joins!(),
        " where p.id = r.payment_id and r.state = 'succeeded'"
    ),
    clauses: &[
        ("gateway", "and p.gateway_id = ?"),
        ("from", "and r.created_at >= ?"),
        ("until", "and r.created_at < ?"),
        ("after", "and (r.created_at, r.id) < (?, ?)"),
    ],
    orders: &[("newest", "order by r.created_at desc, r.id desc limit ?")],
};

const DISPUTED: Listing = Listing {
    base: concat!(
        columns!("d.opened_at", "d.id"),
        " from disputes d cross join payments p",
        joins!(),
        " where p.id = d.payment_id and d.state = 'open'"
    ),
    clauses: &[
        ("gateway", "and p.gateway_id = ?"),
        ("from", "and d.opened_at >= ?"),
        ("until", "and d.opened_at < ?"),
        ("after", "and (d.opened_at, d.id) < (?, ?)"),
    ],
    orders: &[("newest", "order by d.opened_at desc, d.id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&BY_TIME, &REFUNDED, &DISPUTED];

/// One page of the payments that fit, newest first.
pub async fn page(
    read: impl Read,
    filter: &PaymentFilter,
    asked: &PageAsked,
) -> Result<PageOf<PaymentRow>, DbError> {
    let listing = match filter.state {
        Some(PaymentState::Refunded) => &REFUNDED,
        Some(PaymentState::Disputed) => &DISPUTED,
        _ => &BY_TIME,
    };
    let mut ask = listing
        .ask()
        .filter("gateway", filter.gateway.as_ref().map(|id| values![id]))
        .filter("from", filter.from.map(|from| values![from]))
        .filter("until", filter.until.map(|until| values![until]))
        .filter("after", asked.after_number());
    let is_by_time = !matches!(
        filter.state,
        Some(PaymentState::Refunded | PaymentState::Disputed)
    );
    if is_by_time {
        let searched = filter.search.trim();
        let id = PaymentId::parse(searched);
        let transaction = (id.is_none() && !searched.is_empty()).then(|| values![searched]);
        ask = ask
            .filter("id", id.map(|id| values![id]))
            .filter("transaction", transaction)
            .filter(
                "subscription",
                filter.subscription.as_ref().map(|id| values![id]),
            )
            .filter(
                "unmatched",
                (filter.state == Some(PaymentState::Unmatched)).then(Vec::new),
            )
            .filter(
                "voided",
                (filter.state == Some(PaymentState::Voided)).then(Vec::new),
            );
    }
    let rows = ask.rows(read, "newest", values![asked.probe()]).await?;
    Ok(PageOf::cut(rows, asked, |row: &PaymentRow| {
        PageAsked::mark(row.sort_at.ms(), &row.sort_id)
    }))
}
