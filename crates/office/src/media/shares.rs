//! Access: who is on which server, who was invited and has not accepted, who left by themselves.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kit::id::{Id, ServerId, ShareId};
use kit::{PageOf, Reader, Text, t};
use lists::shares::{ShareFilter, ShareRow, page};
use maud::{Markup, html};
use media::share::{self, ShareState, UserStage};
use media::{Level, inviting, server};
use people::role::Permission;
use serde::Deserialize;
use ui::Tone;
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{csv, desk, menu, typed};

/// The filters as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    server: String,
    after: String,
}

/// Stands beside the states: who was in, and went.
const GONE: &str = "gone";

impl Asked {
    fn filter(&self) -> ShareFilter {
        ShareFilter {
            state: ShareState::parse(&self.state),
            server: ServerId::parse(&self.server),
            gone: self.state == GONE,
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::SHARES)
            .with("state", &self.state)
            .with("server", &self.server)
    }
}

/// `GET /office/shares`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let shares = page(&site.db, &asked.filter(), &desk::asked(&asked.after)).await?;
    let servers = server::list(&site.db).await?;
    let body = html! {
        (filters(&staff, &asked, &servers))
        (table(&staff, &asked, &shares))
    };
    let mut parts = desk::parts(t!("Access"), menu::SHARES);
    parts.intro = Some(t!(
        "Who is on which server, who was invited and has not accepted yet, and who left."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn filters(staff: &Staff, asked: &Asked, servers: &[server::Server]) -> Markup {
    let address = asked.address();
    let is_plain = asked.state.is_empty() && asked.server.is_empty();
    let mut bar = ui::filters(menu::SHARES).chip(t!("All"), menu::SHARES, is_plain);
    for (word, label) in [
        (ShareState::InPlace.word(), t!("In place")),
        (ShareState::BeingSetUp.word(), t!("Being set up")),
        (ShareState::Invited.word(), t!("Invited, not accepted")),
        (GONE, t!("Left by themselves")),
        (ShareState::Left.word(), t!("Ended")),
    ] {
        let is_current = asked.state == word;
        let wanted = if is_current { "" } else { word };
        bar = bar.chip(label, address.with("state", wanted), is_current);
    }
    for one in servers.iter().filter(|_| servers.len() > 1) {
        let is_current = asked.server == one.id.as_str();
        let wanted = if is_current { "" } else { one.id.as_str() };
        let label = Text::verbatim(one.name.clone());
        bar = bar.chip(label, address.with("server", wanted), is_current);
    }
    bar.csv(address.at("/office/shares.csv"))
        .render(&staff.reader)
}

fn table(staff: &Staff, asked: &Asked, shares: &PageOf<ShareRow>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    ui::table("shares")
        .caption(t!("Access"))
        .column(t!("Member"), |row: &ShareRow| {
            ui::person_with(&row.member_name, &row.server_name)
        })
        .column(t!("User there"), |row| match &row.user_name {
            Some(name) => html! { (name) },
            None => ui::nothing(reader),
        })
        .column(t!("State"), |row| stands(staff, row))
        .column(t!("Invited"), |row| day(reader, row.invited_at))
        .column(t!("In since"), |row| day(reader, row.joined_at))
        .column(t!("Changed"), |row| ui::ago(reader, row.changed_at))
        .minor()
        .row_link(|row| format!("/office/members/{}", row.member_id))
        .empty(t!(
            "Nobody fits. People appear here as soon as a place on a server is theirs."
        ))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, shares)
}

fn day(reader: &Reader, at: kit::Timestamp) -> Markup {
    if at.is_never() {
        ui::nothing(reader)
    } else {
        ui::date(reader, at)
    }
}

fn stands(staff: &Staff, row: &ShareRow) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = state(row);
    let again = format!("/office/shares/{}/again", row.id);
    html! {
        // One thing in the row of a phone, where each cell stands beside its label.
        div {
            (ui::badge(reader, tone, &word))
            @if let Some(reason) = &row.reason { p.hint { (reader.say(reason)) } }
            @if row.stage == UserStage::Gone && staff.may(Permission::MembersChange) {
                (ui::post_button(again, &staff.csrf, t!("Invite again")).small().render(reader))
            }
        }
    }
}

fn state(row: &ShareRow) -> (Tone, Text) {
    match (row.state, row.stage, row.level) {
        (ShareState::Left | ShareState::Removed, ..) => (Tone::Neutral, t!("Ended")),
        (_, UserStage::Gone, _) => (Tone::Warn, t!("Left by themselves")),
        (ShareState::Invited, ..) => (Tone::Warn, t!("Invited, not accepted")),
        (ShareState::None, ..) => (Tone::Neutral, t!("Reserved")),
        (ShareState::BeingSetUp, ..) => (Tone::Info, t!("Being set up")),
        (ShareState::InPlace, _, Level::Full) => (Tone::Good, t!("In place")),
        (ShareState::InPlace, _, Level::Withdrawn) => (Tone::Warn, t!("Withheld")),
        (ShareState::InPlace, ..) => (Tone::Warn, t!("Closed")),
    }
}

/// `POST /office/shares/{id}/again`: invites somebody who left, because the operator says so.
pub async fn again(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = ShareId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    share::find(&mut tx, &id)
        .await?
        .ok_or(PageError::NotFound)?;
    inviting::invite_again(&mut tx, &id).await?;
    tx.save().await?;
    let words = t!("They are invited again in a moment.");
    Ok(Done::at(&site, menu::SHARES, words))
}

/// `GET /office/shares.csv`
pub async fn export(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let filter = asked.filter();
    let head = [
        t!("Member"),
        t!("Server"),
        t!("User there"),
        t!("State"),
        t!("Invited"),
        t!("In since"),
    ];
    let reader = staff.reader.clone();
    Ok(csv::file("access", &staff.reader, &head, move |asked| {
        let (db, filter, reader) = (site.db.clone(), filter.clone(), reader.clone());
        async move {
            let shares = page(&db, &filter, &asked).await?;
            let day = |at: kit::Timestamp| {
                at.some()
                    .map_or_else(String::new, |at| typed::day_value(at, &reader.zone))
            };
            Ok(shares.map(|row| {
                vec![
                    row.member_name.clone(),
                    row.server_name.clone(),
                    row.user_name.clone().unwrap_or_default(),
                    reader.say(&state(&row).1),
                    day(row.invited_at),
                    day(row.joined_at),
                ]
            }))
        }
    }))
}
