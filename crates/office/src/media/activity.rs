//! Activity: what plays now, as cards, and what was played.

use axum::extract::{Path, Query, State};
use kit::id::{Id, MemberId, ServerId, StreamId};
use kit::{PageOf, Text, t};
use lists::activity::{self, PlayFilter, PlayRow};
use maud::{Markup, html};
use media::viewing::{stop, stream};
use media::{Server, server};
use people::member;
use people::role::Permission;
use serde::Deserialize;
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use super::stream_card;
use crate::address::Address;
use crate::ask::Here;
use crate::{desk, menu};

/// The filters of the history as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    member: String,
    server: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> PlayFilter {
        PlayFilter {
            member: MemberId::parse(&self.member),
            server: ServerId::parse(&self.server),
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::ACTIVITY)
            .with("member", &self.member)
            .with("server", &self.server)
    }
}

/// `GET /office/activity`
pub async fn show(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let servers = server::list(&site.db).await?;
    let filter = asked.filter();
    let plays = activity::plays(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let of = match &filter.member {
        Some(id) => member::find(&site.db, id).await?.map(|found| found.name),
        None => None,
    };
    let reader = &staff.reader;
    let is_first = asked.after.is_empty() && filter.member.is_none();
    let body = html! {
        @if is_first { (now(&site, &staff, &servers).await?) }
        (ui::section(reader, &t!("Plays"), None, &html! {
            (filters(&staff, &asked, &servers, of))
            (table(&staff, &asked, &plays))
        }))
    };
    desk::page(
        &site,
        &staff,
        desk::parts(t!("Activity"), menu::ACTIVITY),
        body,
    )
    .await
}

async fn now(site: &Site, staff: &Staff, servers: &[Server]) -> Result<Markup, PageError> {
    let streams = activity::streams(&site.db).await?;
    let cards: Vec<Markup> = streams
        .iter()
        .map(|stream| stream_card::draw(staff, stream))
        .collect();
    let body = if cards.is_empty() {
        nothing_plays(staff, servers)
    } else {
        ui::grid(&cards)
    };
    Ok(ui::section(&staff.reader, &t!("Now playing"), None, &body))
}

/// Says what would be seen here, and what has to be switched on for it.
fn nothing_plays(staff: &Staff, servers: &[Server]) -> Markup {
    let reader = &staff.reader;
    let empty = ui::empty("now-playing", t!("Nothing is playing"));
    if servers.iter().any(|server| server.records_streams) {
        let words = t!(
            "As soon as somebody watches or listens, they are shown here with device and progress."
        );
        return empty.sentence(words).render(reader);
    }
    let words = t!(
        "No server stores what is played. Switch on «Store what is played» in the settings of a server, and what plays is shown here within a minute."
    );
    let servers = ui::link_button(menu::SERVERS, t!("Open the servers"));
    empty
        .sentence(words)
        .action(servers.render(reader))
        .render(reader)
}

fn filters(staff: &Staff, asked: &Asked, servers: &[Server], of: Option<String>) -> Markup {
    let address = asked.address();
    let is_plain = asked.member.is_empty() && asked.server.is_empty();
    let mut bar = ui::filters(menu::ACTIVITY).chip(t!("All"), menu::ACTIVITY, is_plain);
    if let Some(name) = of {
        bar = bar.chip(Text::verbatim(name), address.with("member", ""), true);
    }
    for one in servers.iter().filter(|_| servers.len() > 1) {
        let is_current = asked.server == one.id.as_str();
        let wanted = if is_current { "" } else { one.id.as_str() };
        let label = Text::verbatim(one.name.clone());
        bar = bar.chip(label, address.with("server", wanted), is_current);
    }
    bar.render(&staff.reader)
}

fn table(staff: &Staff, asked: &Asked, plays: &PageOf<PlayRow>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    ui::table("plays")
        .caption(t!("Plays"))
        .column(t!("Title"), |row: &PlayRow| {
            html! { div { b { (row.title) } @if !row.library.is_empty() { p.hint { (row.library) } } } }
        })
        .column(t!("Who"), |row| who(staff, row))
        .column(t!("Server"), |row| html! { (row.server_name) })
        .column(t!("Device"), |row| html! { (row.device) })
        .column(t!("How"), |row| {
            let (tone, words) = stream_card::how(row.decision, row.height, row.target_height);
            ui::badge(reader, tone, &words)
        })
        .column(t!("Watched"), |row| {
            html! { (reader.say(&stream_card::duration(row.watched_ms))) }
        })
        .column(t!("Ended"), |row| ui::ago(reader, row.ended_at))
        .empty(t!(
            "Nothing was played yet, or nothing fits. What plays on servers that store it is listed here as soon as it has ended."
        ))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, plays)
}

fn who(staff: &Staff, row: &PlayRow) -> Markup {
    match (&row.member_id, &row.member_name) {
        (Some(id), Some(name)) if staff.may(Permission::MembersSee) => {
            ui::link(&format!("/office/members/{id}"), name)
        }
        (_, Some(name)) => html! { (name) },
        _ => html! { (row.user_name) },
    }
}

/// `POST /office/streams/{id}/stop`
pub async fn end(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let id = StreamId::parse(&id).ok_or(PageError::NotFound)?;
    let found = stream::find(&site.db, &id).await?;
    let found = found.ok_or(PageError::NotFound)?;
    let servers = site.tools.servers();
    let stopped = async {
        stop::stop(&servers, staff.actor(), &found, form.text("reason")).await?;
        let words = t!(
            "{device} was told to stop {title}. It disappears from here as soon as it has.",
            device = &found.device,
            title = &found.title
        );
        Ok(Done::at(&site, menu::ACTIVITY, words))
    };
    let here = Here::new(menu::ACTIVITY, t!("Activity"), menu::ACTIVITY);
    stream_card::stop(&staff, &found.id, &found.title)
        .answer(&site, &here, &form, stopped.await)
        .await
}
