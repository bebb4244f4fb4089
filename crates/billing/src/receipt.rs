//! Receipts: numbered without gaps, and frozen: seller, lines and tax as they were when the money moved.

use db::{DbError, Read, Tx, values};
use kit::id::{PaymentId, ReceiptId};
use kit::stored::stored_words;
use kit::{Currency, Json, Money, Text, Timestamp, t};
use serde::{Deserialize, Serialize};
use settings::Section;

use crate::error::BillingError;
use crate::order::{self, Order};
use crate::payer::Payer;
use crate::payment::{self, Booked, Payment};

/// Who sells, as printed on receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Seller {
    pub name: String,
    /// Several lines.
    pub address: String,
    pub tax_number: String,
    /// Comes before the number, e.g. `R-`.
    pub number_prefix: String,
    pub footer: String,
}

impl Section for Seller {
    const NAME: &'static str = "seller";
}

stored_words! {
    /// What a receipt confirms.
    pub enum ReceiptKind {
        Payment = "payment",
        Refund = "refund",
        Void = "void",
    }
}

/// A receipt's content, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub number: String,
    pub seller: Seller,
    pub payer_name: String,
    pub payer_email: Option<String>,
    pub lines: Vec<PaperLine>,
    /// What was paid; negative when it went back.
    pub total: Money,
    pub tax: Money,
    /// When the money moved.
    pub settled_at: Timestamp,
}

/// One line of a receipt, tax included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLine {
    pub label: Text,
    pub amount: Money,
    pub tax: Money,
    #[serde(default)]
    pub tax_label: String,
}

db::row! {
    /// A receipt.
    #[derive(Debug, Clone)]
    pub struct Receipt {
        pub id: ReceiptId,
        pub series: String,
        pub number: i64,
        pub payment_id: PaymentId,
        pub kind: ReceiptKind,
        pub paper: Json<Paper>,
        pub total_minor: i64,
        pub tax_minor: i64,
        pub currency: Currency,
        pub issued_at: Timestamp,
    }
}

const SERIES: &str = "receipts";

// The row stays locked until the transaction ends: a number that is rolled back is given again.
const NEXT: &str = "
    insert into receipt_series (series, last_number) values ($1, 1)
    on conflict (series) do update set last_number = receipt_series.last_number + 1
 returning last_number";

const INSERT: &str = "
    insert into receipts
           (id, series, number, payment_id, payer_id, kind, paper, total_minor, tax_minor, currency, issued_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

struct Draft {
    kind: ReceiptKind,
    lines: Vec<PaperLine>,
    total: Money,
    tax: Money,
    settled_at: Timestamp,
}

async fn write(
    tx: &mut Tx<'_>,
    payment: &PaymentId,
    payer: &Payer,
    draft: Draft,
) -> Result<ReceiptId, BillingError> {
    let (seller, _) = settings::load::<Seller>(&mut *tx).await?;
    let number = tx.one::<(i64,)>(NEXT, values![SERIES]).await?.0;
    let id: ReceiptId = tx.id();
    let now = tx.now();
    let printed = Paper {
        number: format!("{}{number:06}", seller.number_prefix),
        seller,
        payer_name: payer.name.clone(),
        payer_email: payer.email.clone(),
        lines: draft.lines,
        total: draft.total,
        tax: draft.tax,
        settled_at: draft.settled_at,
    };
    let row = values![
        id,
        SERIES,
        number,
        payment,
        payer.id,
        draft.kind,
        Json(printed),
        draft.total.amount_minor,
        draft.tax.amount_minor,
        draft.total.currency,
        now
    ];
    tx.run(INSERT, row).await?;
    Ok(id)
}

/// Writes the receipt of a payment. `None` for one of nothing, e.g. the start of a trial.
pub(crate) async fn issue(
    tx: &mut Tx<'_>,
    id: &PaymentId,
    payer: &Payer,
    order: &Order,
) -> Result<Option<ReceiptId>, BillingError> {
    let payment = payment::find(&mut *tx, id).await?;
    if payment.amount_minor == 0 {
        return Ok(None);
    }
    let draft = Draft {
        kind: ReceiptKind::Payment,
        lines: lines(&mut *tx, &payment, order).await?,
        total: payment.amount(),
        tax: Money::new(payment.tax_minor, payment.currency),
        settled_at: payment.settled_at,
    };
    write(tx, id, payer, draft).await.map(Some)
}

async fn lines(
    read: impl Read,
    payment: &Payment,
    order: &Order,
) -> Result<Vec<PaperLine>, BillingError> {
    let money = |minor: i64| Money::new(minor, payment.currency);
    let plain = |label: Text, minor: i64| PaperLine {
        label,
        amount: money(minor),
        tax: money(0),
        tax_label: String::new(),
    };
    let credit = payment.amount_minor - payment.order_minor;
    let mut lines = Vec::new();
    match payment.booked {
        Booked::Order => {
            lines.extend(
                order::lines(read, &order.id)
                    .await?
                    .into_iter()
                    .map(|line| PaperLine {
                        label: Text::verbatim(line.label),
                        amount: money(line.net_minor + line.tax_minor),
                        tax: money(line.tax_minor),
                        tax_label: line.tax_label,
                    }),
            );
            let difference = payment.order_minor - order.total_minor;
            if difference != 0 {
                lines.push(plain(
                    t!("Difference to the price, or paid before"),
                    difference,
                ));
            }
            if credit != 0 {
                lines.push(plain(t!("Credit for later"), credit));
            }
        }
        Booked::Deposit => {
            let label = t!("Part payment for {title}", title = &order.title);
            lines.push(plain(label, payment.amount_minor));
        }
        Booked::Wallet | Booked::Unplaced => {
            lines.push(plain(t!("Credit for later"), payment.amount_minor));
        }
    }
    Ok(lines)
}

/// Writes the paper about money that went back.
pub(crate) async fn issue_reversal(
    tx: &mut Tx<'_>,
    kind: ReceiptKind,
    payment: &Payment,
    payer: &Payer,
    amount: Money,
    tax_minor: i64,
) -> Result<ReceiptId, BillingError> {
    let back = Money::new(-amount.amount_minor, amount.currency);
    let tax = Money::new(-tax_minor, amount.currency);
    let label = match kind {
        ReceiptKind::Void => t!("Entered by mistake and taken back"),
        _ => t!("Refund"),
    };
    let line = PaperLine {
        label,
        amount: back,
        tax,
        tax_label: String::new(),
    };
    let settled_at = tx.now();
    let draft = Draft {
        kind,
        lines: vec![line],
        total: back,
        tax,
        settled_at,
    };
    write(tx, &payment.id, payer, draft).await
}

const OF_PAYMENT: &str = "
    select id, series, number, payment_id, kind, paper, total_minor, tax_minor, currency, issued_at
      from receipts where payment_id = $1 order by number";

/// The papers about a payment: its receipt, then refunds.
pub async fn of_payment(mut read: impl Read, id: &PaymentId) -> Result<Vec<Receipt>, DbError> {
    read.all(OF_PAYMENT, values![id]).await
}

const FIND: &str = "
    select id, series, number, payment_id, kind, paper, total_minor, tax_minor, currency, issued_at
      from receipts where id = $1";

pub async fn find(mut read: impl Read, id: &ReceiptId) -> Result<Receipt, BillingError> {
    let found = read.maybe(FIND, values![id]).await?;
    found.ok_or_else(|| BillingError::not_found(id))
}

const COUNT: &str = "
    select cast(count(*) as bigint) as n, cast(coalesce(max(number), 0) as bigint) as newest
      from receipts where series = $1";

db::row! {
    struct Count { n: i64, newest: i64 }
}

/// Whether the numbers run from 1 without a gap.
pub async fn is_gapless(mut read: impl Read) -> Result<bool, DbError> {
    let count: Count = read.one(COUNT, values![SERIES]).await?;
    Ok(count.n == count.newest)
}
