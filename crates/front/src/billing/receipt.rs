//! A payment's receipts as on paper: number, seller, lines, tax.

use axum::extract::{Path, State};
use billing::receipt::{self, Paper, Receipt, ReceiptKind};
use kit::id::{Id, PaymentId};
use kit::{Reader, Text, t};
use lists::my_account::{self, Owners};
use maud::{Markup, html};
use web::{PageError, PageResult, SignedIn, Site, front};

/// `GET /account/payments/{id}/receipt`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let id = PaymentId::parse(&id).ok_or(PageError::NotFound)?;
    let owners = Owners::of(&site.db, &visitor.visit.account.id).await?;
    if !my_account::owns_payment(&site.db, &owners, &id).await? {
        return Err(PageError::NotFound);
    }
    let papers = receipt::of_payment(&site.db, &id).await?;
    let reader = &visitor.reader;
    let body = html! {
        p { a.link href="/account/payments" { (reader.say(&t!("Back to the payments"))) } }
        @for receipt in &papers { (paper(reader, receipt)) }
        @if papers.is_empty() {
            (ui::empty("receipt", t!("No receipt yet"))
                .sentence(t!("It is written as soon as the payment is placed. Please look again in a moment."))
                .render(reader))
        }
    };
    front(&site, &visitor.as_guest(), t!("Receipt"), "/account", body).await
}

fn paper(reader: &Reader, receipt: &Receipt) -> Markup {
    let paper = &receipt.paper.0;
    html! {
        article.receipt {
            header {
                div {
                    h1 { (reader.say(&title(receipt.kind, &paper.number))) }
                    p { (ui::date(reader, paper.settled_at)) }
                }
                (seller(reader, paper))
            }
            (payer(reader, paper))
            (lines(reader, paper))
            @if !paper.seller.footer.is_empty() { p.soft { (paper.seller.footer) } }
        }
    }
}

fn title(kind: ReceiptKind, number: &str) -> Text {
    match kind {
        ReceiptKind::Payment => t!("Receipt {number}", number = number),
        ReceiptKind::Refund => t!("Refund {number}", number = number),
        ReceiptKind::Void => t!("Reversal {number}", number = number),
    }
}

fn seller(reader: &Reader, paper: &Paper) -> Markup {
    let seller = &paper.seller;
    html! {
        div {
            p { b { (seller.name) } }
            address { (seller.address) }
            @if !seller.tax_number.is_empty() {
                p.soft { (reader.say(&t!("Tax number: {number}", number = seller.tax_number.clone()))) }
            }
        }
    }
}

fn payer(reader: &Reader, paper: &Paper) -> Markup {
    html! {
        div {
            p.soft { (reader.say(&t!("For"))) }
            p { (paper.payer_name) }
            @if let Some(email) = &paper.payer_email { p { (email) } }
        }
    }
}

fn lines(reader: &Reader, paper: &Paper) -> Markup {
    let tax_label = paper.lines.iter().find(|line| !line.tax_label.is_empty());
    html! {
        table {
            thead { tr {
                th scope="col" { (reader.say(&t!("What"))) }
                th scope="col" { (reader.say(&t!("Amount"))) }
            } }
            tbody {
                @for line in &paper.lines {
                    tr { td { (reader.say(&line.label)) } td { (ui::money(reader, line.amount)) } }
                }
            }
            tfoot {
                tr { td { (reader.say(&t!("Total"))) } td { (ui::money(reader, paper.total)) } }
                @if let Some(line) = tax_label {
                    tr { td { (reader.say(&t!("Including {tax}", tax = line.tax_label.clone()))) } td { (ui::money(reader, paper.tax)) } }
                }
            }
        }
    }
}
