//! What was downloaded to devices, where the platform shows it.

use axum::extract::{Query, State};
use kit::{PageOf, Text, t};
use lists::activity::{self, DownloadRow, PlayFilter};
use maud::{Markup, html};
use media::Help;
use media::viewing::download::DownloadState;
use people::role::Permission;
use serde::Deserialize;
use ui::Tone;
use web::{PageResult, Site, Staff};

use crate::address::Address;
use crate::{desk, menu};

/// The page of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// `GET /office/downloads`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let filter = PlayFilter::default();
    let downloads = activity::downloads(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let servers = media::server::list(&site.db).await?;
    let showing = |server: &&media::Server| site.tools.makers.offers(&server.kind, Help::Downloads);
    let empty = if !servers.iter().any(|server| showing(&server)) {
        t!(
            "None of your servers shows what members download: Emby does, Plex and Jellyfin keep it to themselves."
        )
    } else if servers.iter().any(|server| server.records_downloads) {
        t!("Nothing was downloaded yet. Downloads appear here within five minutes.")
    } else {
        t!(
            "No server stores downloads. Switch on «Store what is downloaded» in the settings of an Emby server."
        )
    };
    let body = table(&staff, &downloads, empty);
    let mut parts = desk::parts(t!("Downloads"), menu::DOWNLOADS);
    parts.intro = Some(t!(
        "What members downloaded from Emby servers. Plex and Jellyfin show nobody what members download."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn table(staff: &Staff, downloads: &PageOf<DownloadRow>, empty: Text) -> Markup {
    let reader = &staff.reader;
    let address = Address::to(menu::DOWNLOADS);
    ui::table("downloads")
        .caption(t!("Downloads"))
        .column(t!("Title"), |row: &DownloadRow| html! { (row.title) })
        .column(t!("Who"), |row| who(staff, row))
        .column(t!("Server"), |row| html! { (row.server_name) })
        .column(t!("Device"), |row| html! { (row.device) })
        .column(t!("State"), |row| {
            let (tone, words) = state(row.state);
            ui::badge(reader, tone, &words)
        })
        .column(t!("Asked for"), |row| ui::ago(reader, row.asked_at))
        .empty(empty)
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, downloads)
}

fn who(staff: &Staff, row: &DownloadRow) -> Markup {
    match (&row.member_id, &row.member_name) {
        (Some(id), Some(name)) if staff.may(Permission::MembersSee) => {
            ui::link(&format!("/office/members/{id}"), name)
        }
        (_, Some(name)) => html! { (name) },
        _ => html! { (row.user_name) },
    }
}

fn state(state: DownloadState) -> (Tone, Text) {
    match state {
        DownloadState::Waiting => (Tone::Neutral, t!("Waiting")),
        DownloadState::UnderWay => (Tone::Info, t!("Under way")),
        DownloadState::Done => (Tone::Good, t!("Downloaded")),
        DownloadState::Failed => (Tone::Bad, t!("Failed")),
    }
}
