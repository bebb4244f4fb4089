//! Servers: how each one stands and how much room it has.

use axum::extract::State;
use kit::{Text, Timestamp, t};
use maud::{Markup, html};
use media::forecast::{self, Growth};
use media::placement::{self, Candidate};
use people::role::Permission;
use web::{PageResult, Site, Staff};

use crate::{desk, menu, words};

/// `GET /office/servers`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let servers = placement::candidates(&site.db, site.now()).await?;
    let mut parts = desk::parts(t!("Servers"), menu::SERVERS);
    parts.intro = Some(t!("The media servers that members are let into."));
    parts.actions = staff.may(Permission::ServersChange).then(|| add(&staff));
    let growth = forecast::growth(&site.db, site.now()).await?;
    let body = table(&site, &staff, &servers, &growth);
    desk::page(&site, &staff, parts, body).await
}

fn add(staff: &Staff) -> Markup {
    let reader = &staff.reader;
    html! {
        (ui::link_button(super::moves::MOVES, t!("Moves")).render(reader))
        (ui::link_button(menu::OWNERS, t!("Owner accounts")).icon("key").render(reader))
        (ui::link_button("/office/servers/new", t!("Add a server")).primary().icon("plus").render(reader))
    }
}

fn table(site: &Site, staff: &Staff, servers: &[Candidate], growth: &Growth) -> Markup {
    let reader = &staff.reader;
    let table = ui::table("servers")
        .caption(t!("Servers"))
        .column(t!("Server"), |row: &Candidate| {
            let about = match &row.server.location {
                Some(location) => format!("{} · {location}", kind(site, &row.server.kind)),
                None => kind(site, &row.server.kind).to_owned(),
            };
            ui::person_with(&row.server.name, &about)
        })
        .column(t!("State"), |row| {
            let (tone, word) = words::server_state(&row.server);
            ui::badge(reader, tone, &word)
        })
        .column(t!("Places"), |row| places(staff, row, growth))
        .column(t!("Takes"), |row| html! { (reader.say(&takes(row))) })
        .column(t!("Version"), |row| {
            words::or_nothing(reader, Some(&row.server.version))
        })
        .minor()
        .column(t!("Read"), |row| {
            if row.server.synced_at > Timestamp::EPOCH {
                ui::ago(reader, row.server.synced_at)
            } else {
                ui::nothing(reader)
            }
        })
        .minor()
        .row_link(|row| format!("/office/servers/{}", row.server.id));
    let empty = t!(
        "No server is connected yet. A server arrives switched off, with its libraries and users; nothing on it is changed."
    );
    let table = if staff.may(Permission::ServersChange) {
        table.empty_with(empty, add(staff))
    } else {
        table.empty(empty)
    };
    table.render_rows(reader, servers)
}

/// The platform's name as its driver writes it.
pub fn kind<'a>(site: &Site, key: &'a str) -> &'a str {
    site.tools
        .makers
        .find(key)
        .map_or(key, |maker| maker.card().title)
}

fn places(staff: &Staff, row: &Candidate, growth: &Growth) -> Markup {
    let reader = &staff.reader;
    let soon = growth.forecast(row).text();
    html! {
        div {
            (ui::number(reader, row.taken))
            @if let Some(most) = row.most() { " / " (ui::number(reader, most)) }
            @if let Some(soon) = soon { p.hint { (reader.say(&soon)) } }
        }
    }
}

fn takes(row: &Candidate) -> Text {
    match (
        row.server.enabled,
        row.server.takes_members,
        row.server.takes_trials,
    ) {
        (false, _, _) => t!("Nobody new: switched off"),
        (true, true, true) => t!("Members and trials"),
        (true, true, false) => t!("Members"),
        (true, false, true) => t!("Trials"),
        (true, false, false) => t!("Nobody new"),
    }
}
