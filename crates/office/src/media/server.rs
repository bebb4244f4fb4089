//! A server: its state, what is on it, who is on it, and what the operator set.

use axum::extract::{Path, State};
use kit::id::{Id, ServerId};
use kit::{PageAsked, Text, Timestamp, t};
use maud::{Markup, html};
use media::library::{self, Library};
use media::{Server, device_licence, forecast, group, placement, remote_user, server};
use people::role::Permission;
use ui::{Span, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use super::servers::kind;
use super::trouble;
use super::{move_members, moves};
use crate::{desk, menu, words};

/// The server of an address.
pub async fn found(site: &Site, id: &str) -> Result<Server, PageError> {
    let id = ServerId::parse(id).ok_or(PageError::NotFound)?;
    server::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)
}

/// `GET /office/servers/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let server = found(&site, &id).await?;
    let reader = &staff.reader;
    let body = html! {
        (trouble::notice(&staff, &server))
        (ui::grid(&[
            html! { div.stack data-span="5" {
                (state(&site, &staff, &server).await?)
                (people(&site, &staff, &server).await?)
            } },
            libraries(&site, &staff, &server).await?,
        ]))
        (ui::grid(&[
            super::server_reads::card(&site, &staff, &server).await?,
            story(&site, &staff, &server).await?,
        ]))
    };
    let mut parts = desk::below(
        Text::verbatim(server.name.clone()),
        t!("Servers"),
        menu::SERVERS,
    );
    if staff.may(Permission::ServersChange) {
        parts.actions = Some(html! {
            (ui::post_button(format!("/office/servers/{}/sync", server.id), &staff.csrf, t!("Read it now"))
                .icon("refresh").render(reader))
            (ui::link_button(format!("/office/servers/{}/edit", server.id), t!("Settings")).icon("settings").render(reader))
            (ui::link_button(format!("/office/servers/{}/remove", server.id), t!("Remove…")).quiet().render(reader))
        });
    }
    desk::page(&site, &staff, parts, body).await
}

async fn state(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let (tone, word) = words::server_state(server);
    let places = room(site, staff, server).await?;
    let yes_no = |yes: bool| if yes { t!("Yes") } else { t!("No") };
    let say = |text: &Text| html! { (reader.say(text)) };
    let facts = ui::facts()
        .line(t!("State"), ui::badge(reader, tone, &word))
        .line(t!("Places"), places)
        .line(t!("Switched on"), say(&yes_no(server.enabled)))
        .line(t!("Takes members"), say(&yes_no(server.takes_members)))
        .line(t!("Takes trials"), say(&yes_no(server.takes_trials)))
        .line(
            t!("4K transcoding"),
            say(&yes_no(server.four_k_transcoding)),
        )
        .line(
            t!("Location"),
            words::or_nothing(reader, server.location.as_deref()),
        )
        .line(t!("Our address"), ui::code(&server.address))
        .line(t!("Members’ address"), ui::code(&server.public_address))
        .line(
            t!("Platform"),
            html! { (kind(site, &server.kind)) " " (server.version) },
        )
        .line(t!("Looked at"), moment(staff, server.checked_at))
        .line(t!("Read whole"), moment(staff, server.synced_at));
    Ok(ui::card(t!("State")).render(reader, &facts.render(reader)))
}

/// How full it is, by our ceiling and by the platform's own count, and when it will be.
async fn room(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let candidates = placement::candidates(&site.db, site.now()).await?;
    let Some(one) = candidates.iter().find(|one| one.server.id == server.id) else {
        return Ok(ui::nothing(reader));
    };
    let growth = forecast::growth(&site.db, site.now()).await?;
    let soon = growth.forecast(one).text();
    Ok(html! {
        @if let Some(most) = server.ceiling {
            (ui::usage(reader, &t!("Members and reservations"), one.taken, most))
        } @else { (ui::number(reader, one.taken)) " " (reader.say(&t!("(no ceiling)"))) }
        @if let Some(crowd) = one.crowd {
            (ui::usage(reader, &t!("People that the platform counts for this owner"), crowd.known, crowd.most))
        }
        @if let Some(devices) = device_licence::count(&site.db, &site.tools.makers, server).await? {
            (ui::usage(reader, &t!("Devices that its licence counts"), devices.known, devices.most))
        }
        @if let Some(soon) = soon { p.hint { (reader.say(&soon)) } }
    })
}

fn moment(staff: &Staff, at: Timestamp) -> Markup {
    if at > Timestamp::EPOCH {
        ui::ago(&staff.reader, at)
    } else {
        ui::nothing(&staff.reader)
    }
}

async fn people(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let foreign = remote_user::count_foreign(&site.db, &server.id).await?;
    let members = format!("/office/members?server={}", server.id);
    let users = format!("/office/servers/{}/users", server.id);
    let not_ours = Text::counted(
        foreign,
        "One user here is not yours: shown, never changed.",
        "{n} users here are not yours: shown, never changed.",
    );
    let rows = ui::rows()
        .row(
            ui::row(
                reader,
                Tone::Neutral,
                "members",
                &t!("Members on this server"),
            )
            .action(
                ui::link_button(&members, t!("See them"))
                    .small()
                    .render(reader),
            ),
        )
        .row(moving_row(site, staff, server).await?)
        .rows(latest_moves(site, staff, server).await?)
        .row(
            ui::row(reader, Tone::Neutral, "sign-ins", &not_ours).action(
                ui::link_button(&users, t!("See and link"))
                    .small()
                    .render(reader),
            ),
        );
    Ok(ui::card(t!("People"))
        .flush()
        .render(reader, &rows.render(reader)))
}

/// Where members of this server are led elsewhere, or why not now.
async fn moving_row(site: &Site, staff: &Staff, server: &Server) -> Result<ui::Row, PageError> {
    let reader = &staff.reader;
    let title = t!("Move members to another server");
    let row = ui::row(reader, Tone::Neutral, "refresh", &title);
    let may = staff.may(Permission::ServersChange);
    if may && move_members::is_possible(site, server).await? {
        let open = ui::link_button(format!("/office/servers/{}/move", server.id), t!("Move…"));
        return Ok(row.action(open.small().render(reader)));
    }
    let why =
        t!("This needs somebody on this server, another server, and the right to change servers.");
    Ok(row.say(reader, &why))
}

/// The latest moves from here or to here.
async fn latest_moves(
    site: &Site,
    staff: &Staff,
    server: &Server,
) -> Result<Vec<ui::Row>, PageError> {
    let reader = &staff.reader;
    let moves = lists::moves::of_server(&site.db, &server.id).await?;
    let row = |moving: media::moving::Move| {
        let (tone, word) = moves::state(&moving);
        let title = t!(
            "Move from {source} to {target}",
            source = &moving.source_name,
            target = &moving.target_name
        );
        let open = ui::link_button(moves::href(&moving.id), t!("See it"));
        ui::row(reader, tone, "refresh", &title)
            .state(ui::badge(reader, tone, &word))
            .action(open.small().render(reader))
    };
    Ok(moves.into_iter().map(row).collect())
}

async fn libraries(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let libraries = library::list_of_server(&site.db, &server.id).await?;
    let groups = group::list(&site.db).await?;
    let table = ui::table("libraries")
        .caption(t!("Libraries"))
        .column(t!("Library"), |row: &Library| html! { (row.name) })
        .column(
            t!("Kind"),
            |row| html! { (reader.say(&words::library_kind(row.kind))) },
        )
        .column(t!("Group"), |row| {
            let group = groups.iter().find(|group| group.id == row.group_id);
            match group {
                Some(group) => html! { (reader.say(&group.title())) },
                None => ui::nothing(reader),
            }
        })
        .column(t!("State"), |row| {
            if row.is_missing() {
                ui::badge(reader, Tone::Warn, &t!("Missing"))
            } else {
                ui::badge(reader, Tone::Good, &t!("There"))
            }
        })
        .row_state(|row| if row.is_missing() { "ended" } else { "living" })
        .empty(t!("No library was found on it yet."))
        .render_rows(reader, &libraries);
    let aside = ui::link(
        "/office/libraries",
        &reader.say(&t!("Put them into groups")),
    );
    Ok(ui::card(t!("Libraries"))
        .span(Span::Seven)
        .flush()
        .aside(aside)
        .render(reader, &table))
}

async fn story(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let events = chronicle::of_subject(&site.db, &server.subject(), &PageAsked::first(15)).await?;
    let moments = events
        .rows
        .iter()
        .map(crate::house::events::moment)
        .collect();
    let timeline = ui::timeline(moments).empty(t!("Nothing has happened here yet."));
    Ok(ui::card(t!("What happened")).render(reader, &timeline.render(reader)))
}

/// `POST /office/servers/{id}/sync`
pub async fn sync(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    media::jobs::ask_sync(&mut tx, &server).await?;
    tx.save().await?;
    let href = format!("/office/servers/{}", server.id);
    Ok(Done::at(
        &site,
        &href,
        t!("It is being read. Reload in a moment to see what was found."),
    ))
}
