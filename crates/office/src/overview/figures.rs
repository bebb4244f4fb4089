//! Numbers of Overview; each leads to exactly the list behind it.

use billing::status::Status;
use kit::{Text, t};
use maud::{Markup, html};
use media::placement::{self, Candidate};
use people::role::Permission;
use ui::{Span, Tone};
use web::{PageError, Site, Staff};

use crate::words;

/// How many days ahead "ending soon" looks.
const SOON_DAYS: i64 = 7;

/// Members by how they stand. Nothing for those who may not see members.
pub async fn cards(site: &Site, staff: &Staff) -> Result<Markup, PageError> {
    if !staff.may(Permission::MembersSee) {
        return Ok(html! {});
    }
    let ending = lists::members::soon(site.now(), SOON_DAYS);
    let ending = lists::standing::count_ending(&site.db, ending).await?;
    let mut cards = vec![standing(site, staff, Status::Active, t!("Active members")).await?];
    cards.push(standing(site, staff, Status::Trial, t!("In trial")).await?);
    cards.push(standing(site, staff, Status::Grace, t!("In grace")).await?);
    let value = words::counted(&staff.reader, ending);
    cards.push(figure(staff, t!("Ending within 7 days"), value, "ending=7"));
    Ok(ui::grid(&cards))
}

async fn standing(
    site: &Site,
    staff: &Staff,
    status: Status,
    label: Text,
) -> Result<Markup, PageError> {
    let counted = lists::standing::count_of(&site.db, status).await?;
    let value = words::counted(&staff.reader, counted);
    Ok(figure(
        staff,
        label,
        value,
        &format!("status={}", status.word()),
    ))
}

fn figure(staff: &Staff, label: Text, value: Markup, query: &str) -> Markup {
    ui::figure(label, value)
        .span(Span::Quarter)
        .more(format!("/office/members?{query}"), t!("See who"))
        .render(&staff.reader)
}

/// Free places on each server.
pub async fn places(site: &Site, staff: &Staff) -> Result<Markup, PageError> {
    if !staff.may(Permission::ServersSee) {
        return Ok(html! {});
    }
    let reader = &staff.reader;
    let servers = placement::candidates(&site.db, site.now()).await?;
    let rows = ui::rows()
        .rows(servers.iter().map(|candidate| server(staff, candidate)))
        .empty(t!("No server is connected yet. Add one to let members in."));
    let aside = ui::link("/office/servers", &reader.say(&t!("All servers")));
    let card = ui::card(t!("Places")).span(Span::Five).flush().aside(aside);
    Ok(card.render(reader, &rows.render(reader)))
}

fn server(staff: &Staff, candidate: &Candidate) -> ui::Row {
    let reader = &staff.reader;
    let server = &candidate.server;
    let (tone, state) = words::server_state(server);
    let taken = if let Some(most) = server.ceiling {
        ui::usage(reader, &free(most - candidate.taken), candidate.taken, most)
    } else {
        let members = Text::counted(
            candidate.taken,
            "One member, no ceiling",
            "{n} members, no ceiling",
        );
        html! { (reader.say(&members)) }
    };
    let href = format!("/office/servers/{}", server.id);
    let name = Text::verbatim(server.name.clone());
    ui::row(
        reader,
        if tone == Tone::Good {
            Tone::Neutral
        } else {
            tone
        },
        "servers",
        &name,
    )
    .title(ui::link(&href, &server.name))
    .below(taken)
    .state(ui::badge(reader, tone, &state))
}

fn free(places: i64) -> Text {
    match places {
        ..=0 => t!("No place free"),
        places => Text::counted(places, "One place free", "{n} places free"),
    }
}
