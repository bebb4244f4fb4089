//! Gateways: the ways that customers can pay.

use axum::extract::State;
use billing::gateway::Realm;
use billing::gateways::{self, Gateway};
use kit::{Text, Timestamp, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::{Span, Tone};
use web::{PageResult, Site, Staff};

use crate::{desk, menu};

/// `GET /office/gateways`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let gateways = gateways::list(&site.db).await?;
    let body = html! {
        (table(&staff, &gateways))
        @if staff.may(Permission::SettingsChange) { (drivers(&site, &staff)) }
    };
    let mut parts = desk::parts(t!("Gateways"), menu::GATEWAYS);
    parts.intro = Some(t!(
        "The ways that customers can pay. Each can be offered for single payments, renewals, or both."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn table(staff: &Staff, gateways: &[Gateway]) -> Markup {
    let reader = &staff.reader;
    ui::table("gateways")
        .caption(t!("Gateways"))
        .column(t!("Gateway"), |row: &Gateway| {
            html! {
                (row.title)
                @if row.realm == Realm::Test && row.driver != billing::manual::DRIVER {
                    " " (ui::badge(reader, Tone::Warn, &t!("Test money")))
                }
            }
        })
        .column(t!("State"), |row| {
            let (tone, word) = state(row);
            ui::badge(reader, tone, &word)
        })
        .column(
            t!("Offered for"),
            |row| html! { (reader.say(&offered(row))) },
        )
        .column(t!("Checked"), |row| moment(staff, row.checked_at))
        .column(t!("Last heard"), |row| moment(staff, row.heard_at))
        .row_link(|row| format!("/office/gateways/{}", row.id))
        .empty(t!("No way to pay is connected yet. Choose one below."))
        .render_rows(reader, gateways)
}

fn moment(staff: &Staff, at: Timestamp) -> Markup {
    if at > Timestamp::EPOCH {
        ui::ago(&staff.reader, at)
    } else {
        ui::nothing(&staff.reader)
    }
}

/// How a gateway stands.
pub fn state(gateway: &Gateway) -> (Tone, Text) {
    match () {
        () if !gateway.enabled => (Tone::Neutral, t!("Switched off")),
        () if !gateway.findings.0.is_empty() => (Tone::Warn, t!("Needs a look")),
        () => (Tone::Good, t!("Ready")),
    }
}

pub fn offered(gateway: &Gateway) -> Text {
    match (gateway.one_off, gateway.recurring) {
        (true, true) => t!("Single payments and renewals"),
        (true, false) => t!("Single payments"),
        (false, true) => t!("Renewals"),
        (false, false) => t!("Nothing"),
    }
}

fn drivers(site: &Site, staff: &Staff) -> Markup {
    let reader = &staff.reader;
    let cards: Vec<Markup> = site
        .tools
        .gateways
        .cards()
        .map(|card| {
            let href = format!("/office/gateways/new/{}", card.key);
            let body = html! {
                p { (reader.say(&card.about)) }
                (ui::link_button(href, t!("Connect {name}", name = card.title)).render(reader))
            };
            ui::card(Text::verbatim(card.title))
                .span(Span::Third)
                .badge(ui::brand(card.icon))
                .render(reader, &body)
        })
        .collect();
    ui::section(reader, &t!("Connect another"), None, &ui::grid(&cards))
}
