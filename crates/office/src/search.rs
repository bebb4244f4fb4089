//! Search over the whole house: people, sign-ins, payments, plans, servers, settings.

use axum::extract::{Query, State};
use kit::{PageAsked, Text, t};
use lists::accounts::AccountFilter;
use lists::members::MemberFilter;
use lists::payments::PaymentFilter;
use maud::{Markup, html};
use people::role::Permission;
use serde::Deserialize;
use ui::{Row, Tone};
use web::{PageError, PageResult, Site, Staff};

use crate::settings::index;
use crate::{desk, menu};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// More than these are the list's own business.
const EACH: u32 = 8;

/// `GET /office/search`
pub async fn show(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let sought = asked.q.trim().chars().take(100).collect::<String>();
    let found = if sought.is_empty() {
        Vec::new()
    } else {
        everything(&site, &staff, &sought).await?
    };
    let reader = &staff.reader;
    let nothing = found.is_empty();
    let cards: Vec<Markup> = found
        .into_iter()
        .map(|(title, rows)| {
            let list = ui::rows().rows(rows).render(reader);
            ui::card(title).flush().render(reader, &list)
        })
        .collect();
    let body = html! {
        (ui::filters("/office/search")
            .search("q", &sought, t!("Find a person, payment, server, plan or setting"))
            .render(reader))
        @if nothing {
            (ui::empty("search", if sought.is_empty() { t!("What are you looking for?") } else { t!("Nothing was found") })
                .sentence(t!("Search for the beginning of a name, a whole address, or a number such as a gateway’s transaction."))
                .render(reader))
        } @else { (ui::grid(&cards)) }
    };
    desk::page(
        &site,
        &staff,
        desk::parts(t!("Search"), menu::OVERVIEW),
        body,
    )
    .await
}

type Found = Vec<(Text, Vec<Row>)>;

async fn everything(site: &Site, staff: &Staff, sought: &str) -> Result<Found, PageError> {
    let mut found = vec![
        (t!("Members"), members(site, staff, sought).await?),
        (t!("Sign-ins"), accounts(site, staff, sought).await?),
        (t!("Payments"), payments(site, staff, sought).await?),
        (t!("Servers"), servers(site, staff, sought).await?),
        (t!("Plans"), plans(site, staff, sought).await?),
        (t!("Settings"), settings(staff, sought)),
    ];
    found.retain(|(_, rows)| !rows.is_empty());
    Ok(found)
}

fn line(staff: &Staff, icon: &str, href: &str, title: &str, detail: Markup) -> Row {
    ui::row(&staff.reader, Tone::Neutral, icon, &Text::verbatim(title))
        .title(ui::link(href, title))
        .detail(detail)
}

async fn members(site: &Site, staff: &Staff, sought: &str) -> Result<Vec<Row>, PageError> {
    if !staff.may(Permission::MembersSee) {
        return Ok(Vec::new());
    }
    let filter = MemberFilter {
        search: sought.to_owned(),
        ..MemberFilter::default()
    };
    let page = lists::members::page(&site.db, &filter, &PageAsked::first(EACH)).await?;
    Ok(page
        .rows
        .iter()
        .map(|row| {
            let detail = html! { (row.email.as_deref().unwrap_or_default()) };
            line(
                staff,
                "member",
                &format!("/office/members/{}", row.id),
                &row.name,
                detail,
            )
        })
        .collect())
}

async fn accounts(site: &Site, staff: &Staff, sought: &str) -> Result<Vec<Row>, PageError> {
    if !staff.may(Permission::AccountsSee) {
        return Ok(Vec::new());
    }
    let filter = AccountFilter {
        search: sought.to_owned(),
        ..AccountFilter::default()
    };
    let page = lists::accounts::page(&site.db, &filter, &PageAsked::first(EACH)).await?;
    Ok(page
        .rows
        .iter()
        .map(|row| {
            let href = format!("/office/accounts/{}", row.id);
            line(staff, "sign-ins", &href, &row.name, html! { (row.email) })
        })
        .collect())
}

async fn payments(site: &Site, staff: &Staff, sought: &str) -> Result<Vec<Row>, PageError> {
    if !staff.may(Permission::PaymentsSee) {
        return Ok(Vec::new());
    }
    let filter = PaymentFilter {
        search: sought.to_owned(),
        ..PaymentFilter::default()
    };
    let page = lists::payments::page(&site.db, &filter, &PageAsked::first(EACH)).await?;
    let reader = &staff.reader;
    Ok(page
        .rows
        .iter()
        .map(|row| {
            let href = format!("/office/payments/{}", row.id);
            let detail = html! { (row.payer.as_deref().unwrap_or_default()) " · " (ui::date(reader, row.settled_at)) };
            line(staff, "payments", &href, &reader.money(row.amount()), detail)
        })
        .collect())
}

fn has(text: &str, sought: &str) -> bool {
    text.to_lowercase().contains(&sought.to_lowercase())
}

async fn servers(site: &Site, staff: &Staff, sought: &str) -> Result<Vec<Row>, PageError> {
    if !staff.may(Permission::ServersSee) {
        return Ok(Vec::new());
    }
    let servers = media::server::list(&site.db).await?;
    Ok(servers
        .iter()
        .filter(|server| has(&server.name, sought) || has(&server.address, sought))
        .map(|server| {
            let href = format!("/office/servers/{}", server.id);
            line(
                staff,
                "servers",
                &href,
                &server.name,
                html! { (server.address) },
            )
        })
        .collect())
}

async fn plans(site: &Site, staff: &Staff, sought: &str) -> Result<Vec<Row>, PageError> {
    if !staff.may(Permission::PlansSee) {
        return Ok(Vec::new());
    }
    let plans = billing::plan::list(&site.db).await?;
    Ok(plans
        .iter()
        .filter(|plan| has(&plan.version.name, sought))
        .map(|plan| {
            let href = format!("/office/plans/{}", plan.id);
            line(
                staff,
                "plans",
                &href,
                &plan.version.name,
                html! { (plan.version.description) },
            )
        })
        .collect())
}

fn settings(staff: &Staff, sought: &str) -> Vec<Row> {
    if !staff.may(Permission::SettingsSee) {
        return Vec::new();
    }
    let reader = &staff.reader;
    index::topics()
        .into_iter()
        .map(|(href, title, about)| (href, reader.say(&title), reader.say(&about)))
        .filter(|(_, title, about)| has(title, sought) || has(about, sought))
        .map(|(href, title, about)| line(staff, "settings", href, &title, html! { (about) }))
        .collect()
}
