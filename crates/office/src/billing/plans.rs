//! Plans: what is sold, for how much, where it can be had, and why it cannot.

use axum::extract::State;
use kit::{Text, t};
use lists::offers::{Offers, PlanOffer};
use maud::{Markup, html};
use media::placement::Offer;
use people::role::Permission;
use ui::Tone;
use web::{PageResult, Site, Staff};

use crate::{desk, menu, words};

/// `GET /office/plans`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let offers = lists::offers::all(&site.db, site.now()).await?;
    let reader = &staff.reader;
    let body = html! {
        (table(&staff, &offers))
        @if !offers.plans.is_empty() && !offers.servers.is_empty() {
            (ui::section(reader, &t!("Which plan can be had where"),
                Some(&t!("For somebody new, at this moment. Each no says why.")), &matrix(&staff, &offers)))
        }
    };
    let mut parts = desk::parts(t!("Plans"), menu::PLANS);
    parts.intro = Some(t!(
        "What you sell. Any change makes a new version; what was sold keeps its own."
    ));
    if staff.may(Permission::PlansChange) {
        parts.actions = Some(add(&staff));
    }
    desk::page(&site, &staff, parts, body).await
}

fn add(staff: &Staff) -> Markup {
    ui::link_button("/office/plans/new", t!("New plan"))
        .primary()
        .icon("plus")
        .render(&staff.reader)
}

fn table(staff: &Staff, offers: &Offers) -> Markup {
    let reader = &staff.reader;
    let table = ui::table("plans")
        .caption(t!("Plans"))
        .column(t!("Plan"), |row: &PlanOffer| html! {
            (row.plan.version.name)
            @if row.plan.is_default { " " (ui::badge(reader, Tone::Info, &t!("Default"))) }
            @if row.plan.version.trial().is_some() { " " (ui::badge(reader, Tone::Info, &t!("Trial"))) }
        })
        .column(t!("Prices"), |row| prices(staff, row))
        .column(t!("Offered"), |row| {
            if row.hidden.is_empty() {
                ui::badge(reader, Tone::Good, &t!("On sale"))
            } else {
                ui::badge(reader, Tone::Warn, &t!("Hidden"))
            }
        })
        .column(t!("Why it is hidden"), |row| html! {
            @for reason in &row.hidden { p { (reader.say(reason)) } }
            @if row.hidden.is_empty() { (ui::nothing(reader)) }
        })
        .column(t!("Version"), |row| ui::number(reader, row.plan.version.number))
        .numeric()
        .minor()
        .row_link(|row| format!("/office/plans/{}", row.plan.id))
        .row_state(|row| if row.plan.is_active { "living" } else { "ended" });
    let empty = t!("No plans yet. A plan opens groups of libraries for a price and a time.");
    let table = if staff.may(Permission::PlansChange) {
        table.empty_with(empty, add(staff))
    } else {
        table.empty(empty)
    };
    table.render_rows(reader, &offers.plans)
}

fn prices(staff: &Staff, row: &PlanOffer) -> Markup {
    let reader = &staff.reader;
    html! {
        @for price in row.prices.iter().filter(|price| price.is_on_sale()) {
            p { (reader.say(&words::price(price))) }
        }
        @if !row.prices.iter().any(billing::price::Price::is_on_sale) {
            @match row.plan.version.trial() {
                Some(length) => (reader.say(&t!("Free for {length}", length = words::length(length)))),
                None => (ui::nothing(reader)),
            }
        }
    }
}

fn matrix(staff: &Staff, offers: &Offers) -> Markup {
    let reader = &staff.reader;
    let first = ui::table("offers").caption(t!("Plans and servers")).column(
        t!("Plan"),
        |row: &PlanOffer| html! { (row.plan.version.name) },
    );
    let table = offers.servers.iter().fold(first, |table, candidate| {
        let id = candidate.server.id.clone();
        table.column(
            Text::verbatim(candidate.server.name.clone()),
            move |row: &PlanOffer| {
                let offer = row.servers.iter().find(|offer| offer.server == id);
                answer(staff, offer)
            },
        )
    });
    table.render_rows(reader, &offers.plans)
}

/// Yes, or no with its reason.
fn answer(staff: &Staff, offer: Option<&Offer>) -> Markup {
    let reader = &staff.reader;
    let not_named = t!("The plan does not name this server.");
    let obstacle = offer.map_or(Some(&not_named), |offer| offer.obstacle.as_ref());
    html! {
        @if let Some(reason) = obstacle {
            (ui::badge(reader, Tone::Neutral, &t!("No")))
            p { small { (reader.say(reason)) } }
        } @else { (ui::badge(reader, Tone::Good, &t!("Yes"))) }
    }
}
