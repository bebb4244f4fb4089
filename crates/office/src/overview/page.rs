//! The page itself. Its pieces are drawn by the same functions when they change while it is open.

use axum::extract::State;
use kit::{Text, Timestamp, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::Span;
use web::{LiveTopic, PageError, PageResult, Site, Staff};

use super::{IncomeDays, Outside, figures, income, needs, setup};
use crate::{desk, menu};

/// `GET /office`
pub async fn show(
    staff: Staff,
    State(site): State<Site>,
    (income_days, outside): (IncomeDays, Outside),
) -> PageResult {
    let chart = if staff.may(Permission::PaymentsSee) {
        Some(income::card(&site, &staff, &income_days).await?)
    } else {
        None
    };
    let (set_up, is_new) = setup::card(&site, &staff, &outside).await?;
    let body = html! {
        (ui::live("/events?topics=overview"))
        @if is_new { (set_up) }
        (moving(&site, &staff).await?)
        (ui::grid(&[
            chart.unwrap_or_default(),
            figures::places(&site, &staff).await?,
        ]))
        @if !is_new { (set_up) }
        (backup_line(&site, &staff).await?)
    };
    let mut parts = desk::parts(greeting(&site, &staff), menu::OVERVIEW);
    parts.intro = Some(how_it_stands(&site).await?);
    parts.actions = Some(html! {
        @if staff.may(Permission::MembersChange) {
            (ui::link_button("/office/members/new", t!("Add a member")).icon("plus").render(&staff.reader))
        }
        @if staff.may(Permission::PaymentsChange) {
            (ui::link_button("/office/payments/new", t!("Enter a payment")).icon("payments").render(&staff.reader))
        }
    });
    desk::page(&site, &staff, parts, body).await
}

/// What changes while the page is open: what needs somebody, and the numbers.
async fn moving(site: &Site, staff: &Staff) -> Result<Markup, PageError> {
    Ok(html! {
        div.stack id="overview" {
            (ui::grid(&[needs::card(site, staff).await?]))
            (figures::cards(site, staff).await?)
        }
    })
}

/// The live piece of this page.
pub fn topic() -> LiveTopic {
    LiveTopic::new("overview", |site, guest, _| async move {
        let Some(staff) = desk::staff_of(guest, None) else {
            return Ok(None);
        };
        let markup = moving(&site, &staff).await?;
        Ok(Some(ui::partial("overview", &markup)))
    })
}

fn greeting(site: &Site, staff: &Staff) -> Text {
    let name = staff
        .visit
        .account
        .name
        .split_whitespace()
        .next()
        .unwrap_or_default();
    match staff.reader.zone.civil(site.now()).hour() {
        4..=11 => t!("Good morning, {name}", name = name),
        12..=17 => t!("Good afternoon, {name}", name = name),
        _ => t!("Good evening, {name}", name = name),
    }
}

async fn how_it_stands(site: &Site) -> Result<Text, PageError> {
    let servers = media::server::list(&site.db).await?;
    let down = servers
        .iter()
        .filter(|server| !server.down_since.is_never())
        .count();
    let wants = chronicle::want::count_open(&site.db).await?;
    let machines = match (servers.is_empty(), down) {
        (true, _) => t!("No server is connected yet."),
        (false, 0) => t!("Every server answers."),
        (false, down) => Text::counted(
            i64::try_from(down).unwrap_or(i64::MAX),
            "One server does not answer.",
            "{n} servers do not answer.",
        ),
    };
    let people = match wants {
        0 => t!("Nothing needs you."),
        wants => Text::counted(wants, "One thing needs you.", "{n} things need you."),
    };
    Ok(t!(
        "{machines} {people}",
        machines = machines,
        people = people
    ))
}

/// When the last good backup was made. Nothing as long as nobody tells.
async fn backup_line(site: &Site, staff: &Staff) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let last = last_backup(site).await?;
    let sentence = match last {
        Some(at) => {
            html! { p { (reader.say(&t!("The last good backup was made"))) " " (ui::ago(reader, at)) "." } }
        }
        None => {
            html! { p { (reader.say(&t!("No backup has been made yet. One is made every night."))) } }
        }
    };
    Ok(ui::grid(&[ui::card(t!("Backup"))
        .span(Span::Full)
        .render(reader, &sentence)]))
}

async fn last_backup(site: &Site) -> Result<Option<Timestamp>, PageError> {
    let filter = chronicle::EventFilter {
        name: Some("house.backup_made".to_owned()),
        ..chronicle::EventFilter::default()
    };
    let page = chronicle::list(&site.db, &filter, &kit::PageAsked::first(1)).await?;
    Ok(page.rows.first().map(|event| event.at))
}
