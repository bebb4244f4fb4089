//! Payments: all money that moved, whatever the way.

use axum::extract::{Query, State};
use axum::response::Response;
use kit::id::{GatewayId, Id, SubscriptionId};
use kit::{PageOf, Reader, Text, Zone, t};
use lists::payments::{PaymentFilter, PaymentRow, PaymentState, page};
use maud::{Markup, html};
use people::role::Permission;
use serde::Deserialize;
use ui::{Tone, field};
use web::{PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{csv, desk, menu, typed, words};

/// The filters as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    state: String,
    gateway: String,
    subscription: String,
    from: String,
    until: String,
    after: String,
}

impl Asked {
    fn filter(&self, zone: &Zone) -> PaymentFilter {
        let day = |text: &str| typed::parse_day(text, zone).ok().flatten();
        PaymentFilter {
            search: self.q.clone(),
            state: PaymentState::parse(&self.state),
            gateway: GatewayId::parse(&self.gateway),
            subscription: SubscriptionId::parse(&self.subscription),
            from: day(&self.from),
            // The day itself is meant too.
            until: day(&self.until).map(|day| zone.start_of_day(day + kit::Span::hours(36))),
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::PAYMENTS)
            .with("q", &self.q)
            .with("state", &self.state)
            .with("gateway", &self.gateway)
            .with("subscription", &self.subscription)
            .with("from", &self.from)
            .with("until", &self.until)
    }

    fn is_plain(&self) -> bool {
        self.address().to_string() == menu::PAYMENTS
    }
}

/// `GET /office/payments`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let filter = asked.filter(&staff.reader.zone);
    let payments = page(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let gateways = billing::gateways::list(&site.db).await?;
    let body = html! {
        (filters(&staff, &asked, &gateways))
        (table(&staff, &asked, &payments))
    };
    let mut parts = desk::parts(t!("Payments"), menu::PAYMENTS);
    parts.intro = Some(t!("Money that moved, as the gateway or you recorded it."));
    parts.actions = Some(html! {
        (ui::link_button("/office/payments/awaiting", t!("Waiting for proof")).icon("receipt").render(&staff.reader))
        @if staff.may(Permission::PaymentsChange) {
            (ui::link_button("/office/payments/new", t!("Enter a payment")).primary().icon("plus").render(&staff.reader))
        }
    });
    desk::page(&site, &staff, parts, body).await
}

fn filters(staff: &Staff, asked: &Asked, gateways: &[billing::gateways::Gateway]) -> Markup {
    let address = asked.address();
    let mut bar = ui::filters(menu::PAYMENTS)
        .search(
            "q",
            &asked.q,
            t!("Number of the payment, or the gateway’s own"),
        )
        .chip(t!("All"), menu::PAYMENTS, asked.is_plain());
    for state in PaymentState::ALL {
        let is_current = asked.state == state.word();
        let word = if is_current { "" } else { state.word() };
        bar = bar.chip(state_words(*state), address.with("state", word), is_current);
    }
    for gateway in gateways {
        let is_current = asked.gateway == gateway.id.as_str();
        let id = if is_current { "" } else { gateway.id.as_str() };
        let title = Text::verbatim(gateway.title.clone());
        bar = bar.chip(title, address.with("gateway", id), is_current);
    }
    bar.extra(days(staff, asked))
        .csv(address.at("/office/payments.csv"))
        .render(&staff.reader)
}

fn days(staff: &Staff, asked: &Asked) -> Markup {
    let form = ui::get_form(menu::PAYMENTS)
        .id("days")
        .hidden("state", &asked.state)
        .hidden("gateway", &asked.gateway)
        .field(field::date("from", t!("From")).value(&asked.from))
        .field(field::date("until", t!("Until")).value(&asked.until))
        .submit(t!("Show"));
    let reader = &staff.reader;
    ui::dialog(
        reader,
        "days-asked",
        &t!("Days…"),
        &t!("Payments of some days"),
        &form.render(reader),
    )
}

fn state_words(state: PaymentState) -> Text {
    match state {
        PaymentState::Unmatched => t!("Unmatched"),
        PaymentState::Refunded => t!("Refunded"),
        PaymentState::Disputed => t!("Disputed"),
        PaymentState::Voided => t!("Voided"),
    }
}

fn table(staff: &Staff, asked: &Asked, payments: &PageOf<PaymentRow>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    let empty = if asked.is_plain() {
        t!(
            "No payments yet. They appear here as soon as a gateway reports one, or when you enter one by hand."
        )
    } else {
        t!("No payment fits these filters.")
    };
    ui::table("payments")
        .caption(t!("Payments"))
        .column(t!("Paid"), |row: &PaymentRow| {
            ui::date(reader, row.settled_at)
        })
        .column(t!("Amount"), |row| ui::money(reader, row.amount()))
        .numeric()
        .column(t!("From"), |row| {
            ui::person(reader, row.payer.as_deref().or(row.payer_email.as_deref()))
        })
        .column(t!("For"), |row| {
            words::or_nothing(reader, row.title.as_deref())
        })
        .column(t!("By"), |row| html! { (by(reader, row)) })
        .column(t!("State"), |row| state(staff, row))
        .row_link(|row| format!("/office/payments/{}", row.id))
        .row_state(|row| if row.is_voided() { "ended" } else { "living" })
        .empty(empty)
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, payments)
}

fn by(reader: &Reader, row: &PaymentRow) -> String {
    let by_hand = || reader.say(&t!("By hand"));
    row.gateway.clone().unwrap_or_else(by_hand)
}

fn state(staff: &Staff, row: &PaymentRow) -> Markup {
    let (tone, word) = row_state(row);
    ui::badge(&staff.reader, tone, &word)
}

fn row_state(row: &PaymentRow) -> (Tone, Text) {
    match () {
        () if row.is_voided() => (Tone::Neutral, t!("Voided")),
        () if row.disputed => (Tone::Bad, t!("Disputed")),
        () if row.is_refunded() => (Tone::Neutral, t!("Refunded")),
        () if row.refunded_minor > 0 => (Tone::Info, t!("Refunded in part")),
        () if !row.placed => (Tone::Warn, t!("Unmatched")),
        () => (Tone::Good, t!("Booked")),
    }
}

/// `GET /office/payments.csv`
pub async fn export(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let filter = asked.filter(&staff.reader.zone);
    let head = [
        t!("Number"),
        t!("Paid"),
        t!("Amount"),
        t!("Currency"),
        t!("From"),
        t!("E-mail"),
        t!("For"),
        t!("By"),
        t!("State"),
    ];
    let reader = staff.reader.clone();
    Ok(csv::file("payments", &staff.reader, &head, move |asked| {
        let (db, filter, reader) = (site.db.clone(), filter.clone(), reader.clone());
        async move {
            let payments = page(&db, &filter, &asked).await?;
            Ok(payments.map(|row| {
                let amount = row.amount();
                vec![
                    row.id.to_string(),
                    typed::day_value(row.settled_at, &reader.zone),
                    amount.plain(),
                    amount.currency.code().to_owned(),
                    row.payer.clone().unwrap_or_default(),
                    row.payer_email.clone().unwrap_or_default(),
                    row.title.clone().unwrap_or_default(),
                    by(&reader, &row),
                    reader.say(&row_state(&row).1),
                ]
            }))
        }
    }))
}
