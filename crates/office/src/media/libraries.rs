//! Libraries of all servers, and which group each is in.

use axum::extract::State;
use kit::id::{GroupId, LibraryId, ServerId};
use kit::{Text, t};
use maud::{Markup, html};
use media::group::{self, Group, Guard};
use media::library::{self, Library};
use media::{Server, server};
use people::role::Permission;
use ui::Tone;
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::{desk, menu, typed, words};

/// `GET /office/libraries`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let groups = group::list(&site.db).await?;
    let libraries = library::list(&site.db).await?;
    let servers = server::list(&site.db).await?;
    let reader = &staff.reader;
    let mut cards = vec![group_card(&staff, &groups, &libraries)];
    for server in &servers {
        let own: Vec<&Library> = libraries
            .iter()
            .filter(|library| library.server_id == server.id)
            .collect();
        cards.push(server_card(&staff, server, &own, &groups));
    }
    if servers.is_empty() {
        let empty = ui::empty("libraries", t!("No libraries yet"))
            .sentence(t!("They appear with the first server that you add."))
            .render(reader);
        cards.push(ui::card(t!("Libraries")).render(reader, &empty));
    }
    let mut parts = desk::parts(t!("Libraries"), menu::LIBRARIES);
    parts.intro = Some(t!(
        "Plans open groups of libraries. New libraries are private until you put them into another group."
    ));
    let body = html! {
        @if staff.may(Permission::LibrariesChange) && !servers.is_empty() {
            div.buttons { (ui::link_button("/office/folders", t!("Scan a folder")).icon("refresh").render(reader)) }
        }
        (ui::grid(&cards))
    };
    desk::page(&site, &staff, parts, body).await
}

fn group_card(staff: &Staff, groups: &[Group], libraries: &[Library]) -> Markup {
    let reader = &staff.reader;
    let may_change = staff.may(Permission::LibrariesChange);
    let rows = groups.iter().fold(ui::rows(), |rows, group| {
        let inside = libraries
            .iter()
            .filter(|library| library.group_id == group.id)
            .count();
        let row = ui::row(reader, tone(group.guard), icon(group.guard), &group.title())
            .say(reader, &about(group, inside));
        rows.row(if may_change && group.guard == Guard::Own {
            row.action(super::groups::acts(staff, group))
        } else {
            row
        })
    });
    let aside = html! {
        @if may_change {
            (super::groups::new_group(staff))
        }
    };
    ui::card(t!("Groups"))
        .flush()
        .aside(aside)
        .render(reader, &rows.render(reader))
}

fn tone(guard: Guard) -> Tone {
    match guard {
        Guard::Private => Tone::Warn,
        Guard::Standard | Guard::Own => Tone::Neutral,
    }
}

fn icon(guard: Guard) -> &'static str {
    match guard {
        Guard::Private => "lock",
        Guard::Standard | Guard::Own => "libraries",
    }
}

fn about(group: &Group, inside: usize) -> Text {
    let n = i64::try_from(inside).unwrap_or(i64::MAX);
    let inside = Text::counted(n, "One library.", "{n} libraries.");
    match group.guard {
        Guard::Private => t!(
            "{inside} Never shared with anybody. Cannot be renamed or deleted.",
            inside = inside
        ),
        Guard::Standard => t!(
            "{inside} What most plans open. Cannot be renamed or deleted.",
            inside = inside
        ),
        Guard::Own => inside,
    }
}

fn server_card(staff: &Staff, server: &Server, own: &[&Library], groups: &[Group]) -> Markup {
    let reader = &staff.reader;
    let may_change = staff.may(Permission::LibrariesChange);
    let table = ui::table(format!("libraries-{}", server.id))
        .caption(Text::verbatim(server.name.clone()))
        .column(t!("Library"), |row: &&Library| html! { (row.name) })
        .column(
            t!("Kind"),
            |row| html! { (reader.say(&words::library_kind(row.kind))) },
        )
        .column(t!("Group"), |row| {
            match groups.iter().find(|group| group.id == row.group_id) {
                Some(group) if group.is_private() => ui::badge(reader, Tone::Warn, &group.title()),
                Some(group) => html! { (reader.say(&group.title())) },
                None => ui::nothing(reader),
            }
        })
        .row_state(|row| if row.is_missing() { "ended" } else { "living" })
        .empty(t!("No library was found on this server yet."));
    let body = if may_change && !own.is_empty() {
        let table = table
            .select("library", |row| row.id.to_string(), |row| row.name.clone())
            .render_rows(reader, own);
        let buttons: Vec<Markup> = groups
            .iter()
            .map(|group| {
                ui::button(t!("Into {group}", group = group.title()))
                    .value("into", group.id.as_str())
                    .small()
                    .render(reader)
            })
            .collect();
        let action = format!("/office/libraries/{}", server.id);
        ui::bulk_bar(
            reader,
            &format!("libraries-{}", server.id),
            &action,
            &staff.csrf,
            &buttons,
            &table,
        )
    } else {
        table.render_rows(reader, own)
    };
    let subtitles = format!("/office/subtitles/{}", server.id);
    let aside = html! {
        @if may_change { (ui::link_button(subtitles, t!("Add subtitles")).small().render(reader)) }
    };
    ui::card(Text::verbatim(server.name.clone()))
        .flush()
        .aside(aside)
        .render(reader, &body)
}

/// `POST /office/libraries/{server}`
pub async fn put(
    staff: Staff,
    State(site): State<Site>,
    axum::extract::Path(server): axum::extract::Path<String>,
    form: CheckedForm,
) -> PageResult {
    let server: ServerId = server.parse().map_err(|_| PageError::NotFound)?;
    let into: GroupId =
        typed::id(&form, "into").map_err(|error| PageError::Unprocessable(error.text()))?;
    let libraries: Vec<LibraryId> = form
        .all("library")
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    if libraries.is_empty() {
        return Ok(Done::not_at(
            &site,
            menu::LIBRARIES,
            t!("Nothing was chosen. Tick the libraries first."),
        ));
    }
    let mut tx = site.db.begin(staff.actor()).await?;
    group::put_libraries(&mut tx, &server, &libraries, &into).await?;
    tx.save().await?;
    let n = i64::try_from(libraries.len()).unwrap_or(i64::MAX);
    let words = Text::counted(
        n,
        "One library moved. Members’ access follows.",
        "{n} libraries moved. Members’ access follows.",
    );
    Ok(Done::at(&site, menu::LIBRARIES, words))
}
