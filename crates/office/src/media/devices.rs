//! Devices: what is signed in on which server, and who used it last.

use axum::extract::{Query, State};
use kit::id::{Id, ServerId};
use kit::{PageOf, Text, t};
use lists::devices::{DeviceFilter, DeviceRow, page};
use maud::{Markup, html};
use media::device::ReadDevices;
use media::{Help, Server, server};
use people::role::Permission;
use serde::Deserialize;
use web::{CheckedForm, Done, PageResult, Site, Staff};

use crate::address::Address;
use crate::{desk, menu};

/// The filters as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    server: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> DeviceFilter {
        DeviceFilter {
            search: self.q.clone(),
            server: ServerId::parse(&self.server),
            member: None,
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::DEVICES)
            .with("q", &self.q)
            .with("server", &self.server)
    }
}

/// `GET /office/devices`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let devices = page(&site.db, &asked.filter(), &desk::asked(&asked.after)).await?;
    let makers = &site.tools.makers;
    let mut servers = server::list(&site.db).await?;
    servers.retain(|server| makers.offers(&server.kind, Help::Devices));
    let body = html! {
        (filters(&staff, &asked, &servers))
        (table(&staff, &asked, &devices))
    };
    let mut parts = desk::parts(t!("Devices"), menu::DEVICES);
    parts.intro = Some(t!(
        "What is signed in on Emby and Jellyfin, read every hour. Plex tells nobody which devices its members use."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn filters(staff: &Staff, asked: &Asked, servers: &[Server]) -> Markup {
    let address = asked.address();
    let mut bar = ui::filters(menu::DEVICES)
        .search("q", asked.q.as_str(), t!("Device or user"))
        .keep("server", asked.server.as_str());
    for one in servers.iter().filter(|_| servers.len() > 1) {
        let is_current = asked.server == one.id.as_str();
        let wanted = if is_current { "" } else { one.id.as_str() };
        let label = Text::verbatim(one.name.clone());
        bar = bar.chip(label, address.with("server", wanted), is_current);
    }
    if staff.may(Permission::ServersChange) {
        let button = ui::post_button("/office/devices/read", &staff.csrf, t!("Read now"));
        bar = bar.extra(button.small().render(&staff.reader));
    }
    bar.render(&staff.reader)
}

fn table(staff: &Staff, asked: &Asked, devices: &PageOf<DeviceRow>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    ui::table("devices")
        .caption(t!("Devices"))
        .column(t!("Device"), |row: &DeviceRow| ui::person_with(&row.name, &row.app))
        .column(t!("Server"), |row| html! { (row.server_name) })
        .column(t!("Last user"), |row| last_user(staff, row))
        .column(t!("Last active"), |row| {
            if row.last_active_at.ms() > 0 {
                ui::ago(reader, row.last_active_at)
            } else {
                ui::nothing(reader)
            }
        })
        .empty(t!(
            "No device fits. Devices appear here within the hour after somebody has signed in on them."
        ))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, devices)
}

fn last_user(staff: &Staff, row: &DeviceRow) -> Markup {
    match (&row.member_id, &row.member_name) {
        (Some(id), Some(name)) if staff.may(Permission::MembersSee) => html! {
            (ui::link(&format!("/office/members/{id}"), name))
            @if *name != row.user_name { " (" (row.user_name) ")" }
        },
        _ => html! { (row.user_name) },
    }
}

/// `POST /office/devices/read`
pub async fn read(staff: Staff, State(site): State<Site>, _form: CheckedForm) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    jobs::add_once(&mut tx, &ReadDevices, "devices").await?;
    tx.save().await?;
    let words = t!("The servers are read now. Reload in a moment.");
    Ok(Done::at(&site, menu::DEVICES, words))
}
