//! A payment: what was bought, what time it gave, its receipt, refunds and entries in the books.

use axum::extract::{Path, State};
use billing::order::{self, OrderLine};
use billing::payment::{self, Payment};
use billing::receipt::{self, Receipt, ReceiptKind};
use billing::refund::{self, Refund};
use billing::term::{self, Cause, CauseKind};
use billing::{dispute, enter, ledger};
use kit::id::{Id, PaymentId};
use kit::{FormErrors, Money, Text, Timestamp, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::{Span, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use super::{refund as refunding, unmatched};
use crate::ask::{Ask, Here, ask};
use crate::{desk, menu, words};

/// The payment of an address.
pub async fn found(site: &Site, id: &str) -> Result<Payment, PageError> {
    let id = PaymentId::parse(id).ok_or(PageError::NotFound)?;
    Ok(payment::find(&site.db, &id).await?)
}

/// Its page, for whatever is asked on it.
pub fn here(payment: &Payment) -> Here {
    let title = t!("Payment of {amount}", amount = payment.amount());
    Here::new(
        menu::PAYMENTS,
        title,
        format!("/office/payments/{}", payment.id),
    )
}

/// `GET /office/payments/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let payment = found(&site, &id).await?;
    let reader = &staff.reader;
    let left = refund::refundable(&site.db, &payment).await?;
    let body = html! {
        (trouble(&site, &staff, &payment).await?)
        @if !payment.placed && !payment.is_voided() { (unmatched::card(&site, &staff, &payment).await?) }
        (ui::grid(&[
            facts(&site, &staff, &payment).await?,
            html! { div.stack data-span="7" {
                (lines(&site, &staff, &payment).await?)
                (papers(&site, &staff, &payment).await?)
            } },
        ]))
        (ui::grid(&[
            refunds(&site, &staff, &payment).await?,
            books(&site, &staff, &payment).await?,
        ]))
        (ui::grid(&[story(&site, &staff, &payment).await?]))
    };
    let title = t!("Payment of {amount}", amount = payment.amount());
    let mut parts = desk::below(title, t!("Payments"), menu::PAYMENTS);
    parts.actions = Some(html! {
        @if staff.may(Permission::RefundsMake) && left.amount_minor > 0 && !payment.is_voided() {
            (ui::link_button(format!("/office/payments/{}/refund", payment.id), t!("Refund…")).render(reader))
        }
        @if staff.may(Permission::PaymentsChange) && enter::is_by_hand(&payment) && !payment.is_voided() {
            (void(&staff, &payment))
        }
    });
    desk::page(&site, &staff, parts, body).await
}

fn void<'a>(staff: &'a Staff, payment: &Payment) -> Ask<'a> {
    ask(staff, "void", t!("Void…"), format!("/office/payments/{}/void", payment.id))
        .question(t!("Void this payment?"))
        .sentence(t!(
            "It was entered by hand and did not happen: its time is taken back and the books are turned. A receipt that was issued is cancelled by another."
        ))
        .because()
        .gravely(t!("Void it"))
}

async fn trouble(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let disputes = dispute::of_payment(&site.db, &payment.id).await?;
    let open = disputes
        .iter()
        .filter(|dispute| dispute.ended_at.is_never());
    Ok(html! {
        @if payment.is_voided() {
            (ui::notice(Tone::Info, t!("This payment is voided")).sentence(t!("It counts for nothing any more.")).render(reader))
        }
        @if let Some(problem) = payment.problem.as_ref().filter(|_| !payment.is_voided()) {
            (ui::notice(Tone::Warn, t!("This payment needs a look")).sentence(problem.clone()).render(reader))
        }
        @for dispute in open {
            (ui::notice(Tone::Bad, t!("The bank disputes it: {reason}", reason = dispute.reason.as_str()))
                .sentence(t!("Answer at the gateway until {day}.", day = dispute.answer_by))
                .render(reader))
        }
    })
}

async fn facts(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let payer = match &payment.payer_id {
        Some(id) => Some(billing::payer::find(&site.db, id).await?),
        None => None,
    };
    let member = match &payment.payer_id {
        Some(id) => lists::names::member_of_payer(&site.db, id).await?,
        None => None,
    };
    let from = match (&payer, &member) {
        (Some(payer), Some(member)) => ui::link(&format!("/office/members/{member}"), &payer.name),
        (Some(payer), None) => html! { (payer.name) },
        (None, _) => ui::nothing(reader),
    };
    let gateway = match &payment.gateway_id {
        Some(id) => billing::gateways::find(&site.db, id)
            .await?
            .map(|gateway| gateway.title),
        None => None,
    };
    let by = gateway.unwrap_or_else(|| reader.say(&t!("By hand")));
    let fee = Money::new(payment.fee_minor, payment.currency);
    let grant = given(site, staff, payment).await?;
    let facts = ui::facts()
        .line(t!("Amount"), ui::money(reader, payment.amount()))
        .line(t!("Paid on"), ui::moment(reader, payment.settled_at))
        .line(t!("From"), from)
        .line(
            t!("E-mail"),
            words::or_nothing(reader, payment.payer_email.as_deref()),
        )
        .line(t!("By"), html! { (by) })
        .line(t!("Time given"), grant)
        .maybe(t!("Fee"), payment.fee_known.then(|| ui::money(reader, fee)))
        .maybe(
            t!("Note"),
            payment.note.as_ref().map(|note| html! { (note) }),
        )
        .line(
            t!("The gateway’s number"),
            ui::code(payment.provider_transaction.as_str()),
        )
        .line(t!("Our number"), ui::code(payment.id.as_str()))
        .line(t!("Recorded"), ui::moment(reader, payment.recorded_at));
    Ok(ui::card(t!("Payment"))
        .span(Span::Five)
        .render(reader, &facts.render(reader)))
}

/// The time that this payment gave, as the fold over all grants says.
async fn given(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let cause = Cause::new(CauseKind::Payment, payment.id.as_str());
    let Some(grant) = term::find_by_cause(&site.db, &cause).await? else {
        return Ok(html! { (reader.say(&t!("None"))) });
    };
    let standing =
        billing::standing::standing(&site.db, &grant.subscription_id, site.now()).await?;
    let stretch = standing
        .term
        .stretches
        .iter()
        .find(|stretch| stretch.grant == grant.id);
    Ok(html! {
        @if let Some(stretch) = stretch {
            (reader.say(&words::length(grant.length()))) ": "
            (ui::date(reader, stretch.from)) " – " (ui::date(reader, stretch.until))
        } @else { (reader.say(&t!("Taken back"))) }
    })
}

async fn lines(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let lines = match &payment.order_id {
        Some(id) => order::lines(&site.db, id).await?,
        None => Vec::new(),
    };
    let currency = payment.currency;
    let table = ui::table("lines")
        .caption(t!("What was bought"))
        .column(t!("Line"), |row: &OrderLine| html! { (row.label) })
        .column(t!("Net"), |row| ui::money(reader, Money::new(row.net_minor, currency)))
        .numeric()
        .column(t!("Tax"), |row| html! {
            (ui::money(reader, Money::new(row.tax_minor, currency))) " " small { (row.tax_label) }
        })
        .numeric()
        .empty(t!("It belongs to no order yet."))
        .render_rows(reader, &lines);
    Ok(ui::card(t!("What was bought"))
        .flush()
        .render(reader, &table))
}

async fn papers(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let receipts = receipt::of_payment(&site.db, &payment.id).await?;
    let rows = ui::rows()
        .rows(receipts.iter().map(|receipt| paper(staff, receipt)))
        .empty(t!(
            "No receipt yet: it is issued when the payment is placed."
        ));
    Ok(ui::card(t!("Receipts"))
        .flush()
        .render(reader, &rows.render(reader)))
}

fn paper(staff: &Staff, receipt: &Receipt) -> ui::Row {
    let reader = &staff.reader;
    let kind = match receipt.kind {
        ReceiptKind::Payment => t!("Receipt"),
        ReceiptKind::Refund => t!("Refund"),
        ReceiptKind::Void => t!("Cancellation"),
    };
    let detail = html! {
        (reader.say(&kind)) " · " (ui::date(reader, receipt.issued_at)) " · "
        (ui::money(reader, receipt.paper.0.total))
    };
    let words = Text::verbatim(receipt.paper.0.number.clone());
    ui::row(reader, Tone::Neutral, "receipt", &words).detail(detail)
}

async fn refunds(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let refunds = refund::of_payment(&site.db, &payment.id).await?;
    let rows = ui::rows()
        .rows(refunds.iter().map(|refund| refunding_row(staff, refund)))
        .empty(t!("Nothing went back."));
    Ok(ui::card(t!("Refunds"))
        .span(Span::Five)
        .flush()
        .render(reader, &rows.render(reader)))
}

fn refunding_row(staff: &Staff, refund: &Refund) -> ui::Row {
    let reader = &staff.reader;
    let (tone, word) = words::refund_state(refund.state);
    let detail = html! {
        (refund.reason) " · " (ui::moment(reader, refund.created_at))
        @if let Some(problem) = &refund.problem { p { (reader.say(problem)) } }
    };
    ui::row(reader, tone, "undo", &refunding::amount_words(refund))
        .detail(detail)
        .state(ui::badge(reader, tone, &word))
}

/// A line of the books: an account, and a debit or a credit.
struct Line {
    account: String,
    amount: Money,
    at: Timestamp,
}

async fn books(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let mut lines = Vec::new();
    for event in ["payment", "placing", "fee", "void"] {
        for entry in ledger::entries_of(&site.db, &format!("{event}/{}", payment.id)).await? {
            lines.push(Line {
                account: entry.account,
                amount: Money::new(entry.amount_minor, entry.currency),
                at: entry.at,
            });
        }
    }
    let side = |amount: Money, is_debit: bool| {
        let shown = Money::new(amount.amount_minor.abs(), amount.currency);
        if (amount.amount_minor > 0) == is_debit {
            ui::money(reader, shown)
        } else {
            html! {}
        }
    };
    let table = ui::table("entries")
        .caption(t!("Entries in the books"))
        .column(t!("Account"), |row: &Line| ui::code(&row.account))
        .column(t!("Debit"), |row| side(row.amount, true))
        .numeric()
        .column(t!("Credit"), |row| side(row.amount, false))
        .numeric()
        .column(t!("Booked"), |row| ui::date(reader, row.at))
        .minor()
        .empty(t!("Nothing is booked."))
        .render_rows(reader, &lines);
    Ok(ui::card(t!("Entries in the books"))
        .span(Span::Seven)
        .flush()
        .render(reader, &table))
}

async fn story(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let subject = kit::Subject::of(&payment.id);
    let events = chronicle::of_subject(&site.db, &subject, &kit::PageAsked::first(20)).await?;
    let moments = events
        .rows
        .iter()
        .map(crate::house::events::moment)
        .collect();
    let timeline = ui::timeline(moments).empty(t!("Nothing has happened yet."));
    Ok(ui::card(t!("What happened")).render(reader, &timeline.render(reader)))
}

/// `POST /office/payments/{id}/void`
pub async fn void_now(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let payment = found(&site, &id).await?;
    let done = make_void(&site, &staff, &payment, &form).await;
    void(&staff, &payment)
        .answer(&site, &here(&payment), &form, done)
        .await
}

async fn make_void(site: &Site, staff: &Staff, payment: &Payment, form: &Posted) -> PageResult {
    let reason = form
        .required("reason", 500)
        .map_err(|error| FormErrors::one("reason", error.text()))?;
    let mut tx = site.db.begin(staff.actor()).await?;
    enter::void(&mut tx, &payment.id, &reason).await?;
    tx.save().await?;
    Ok(Done::at(
        site,
        &here(payment).href,
        t!("The payment is voided."),
    ))
}
