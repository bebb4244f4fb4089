//! Invitations: who was invited, who has come, whose link is too old; and one of them, server by server.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use flows::told_at_once::{invitation_door, invite};
use kit::id::{Id, InvitationId, ServerId};
use kit::{Email, FormErrors, PageOf, Text, Timestamp, t};
use lists::invitations::{DoorStep, Step, doors};
use maud::{Markup, html};
use people::invitation::{self, Invitation, InvitationFilter, InvitationState};
use people::role::Permission;
use serde::Deserialize;
use ui::{Crumb, Span, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::ask::{Ask, Here, ask};
use crate::{csv, desk, menu, typed};

/// The filters as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    state: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> InvitationFilter {
        InvitationFilter {
            state: InvitationState::parse(&self.state),
            email: Email::parse(&self.q).ok(),
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::INVITATIONS)
            .with("q", &self.q)
            .with("state", &self.state)
    }
}

/// `GET /office/invitations`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let now = site.now();
    let page = invitation::list(&site.db, &asked.filter(), now, &desk::asked(&asked.after)).await?;
    let reader = &staff.reader;
    let body = html! { (filters(&staff, &asked)) (table(&staff, &asked, now, &page)) };
    let mut parts = desk::parts(t!("Invitations"), menu::INVITATIONS);
    parts.intro = Some(t!("Whom you have invited, and how far they have come."));
    if staff.may(Permission::MembersChange) {
        parts.actions = Some(html! {
            (ui::link_button("/office/invitations/many", t!("Invite many")).render(reader))
            (ui::link_button("/office/invitations/new", t!("Invite somebody")).primary().icon("plus").render(reader))
        });
    }
    desk::page(&site, &staff, parts, body).await
}

const STATES: [InvitationState; 4] = [
    InvitationState::Pending,
    InvitationState::Accepted,
    InvitationState::Expired,
    InvitationState::Withdrawn,
];

fn words(state: InvitationState) -> (Tone, Text) {
    match state {
        InvitationState::Pending => (Tone::Info, t!("Waits for them")),
        InvitationState::Accepted => (Tone::Good, t!("Accepted")),
        InvitationState::Expired => (Tone::Warn, t!("Too old")),
        InvitationState::Withdrawn => (Tone::Neutral, t!("Taken back")),
    }
}

fn filters(staff: &Staff, asked: &Asked) -> Markup {
    let address = asked.address();
    let mut bar = ui::filters(menu::INVITATIONS)
        .search("q", &asked.q, t!("A whole e-mail address"))
        .keep("state", &asked.state)
        .chip(t!("All"), menu::INVITATIONS, asked.state.is_empty());
    for state in STATES {
        let is_current = asked.state == state.word();
        let wanted = if is_current { "" } else { state.word() };
        bar = bar.chip(words(state).1, address.with("state", wanted), is_current);
    }
    bar.csv(address.at("/office/invitations.csv"))
        .render(&staff.reader)
}

fn table(staff: &Staff, asked: &Asked, now: Timestamp, page: &PageOf<Invitation>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    ui::table("invitations")
        .caption(t!("Invitations"))
        .column(t!("Who"), |row: &Invitation| {
            ui::person_with(&row.name, row.email.as_str())
        })
        .column(t!("State"), move |row| {
            let (tone, word) = words(row.state(now));
            ui::badge(reader, tone, &word)
        })
        .column(t!("Plan"), |row| html! { (row.plan) })
        .column(t!("Invited"), |row| ui::date(reader, row.made_at))
        .column(t!("Good until"), |row| ui::date(reader, row.expires_at))
        .minor()
        .row_link(|row| format!("{}/{}", menu::INVITATIONS, row.id))
        .empty(t!(
            "Nobody fits. People appear here as soon as you invite them."
        ))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, page)
}

/// `GET /office/invitations.csv`
pub async fn export(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (filter, now) = (asked.filter(), site.now());
    let head = [
        t!("Who"),
        t!("E-mail"),
        t!("State"),
        t!("Plan"),
        t!("Invited"),
        t!("Good until"),
    ];
    let reader = staff.reader.clone();
    Ok(csv::file(
        "invitations",
        &staff.reader,
        &head,
        move |asked| {
            let (db, filter, reader) = (site.db.clone(), filter.clone(), reader.clone());
            async move {
                let page = invitation::list(&db, &filter, now, &asked).await?;
                Ok(page.map(|row| {
                    vec![
                        row.name.clone(),
                        row.email.to_string(),
                        reader.say(&words(row.state(now)).1),
                        row.plan.clone(),
                        typed::day_value(row.made_at, &reader.zone),
                        typed::day_value(row.expires_at, &reader.zone),
                    ]
                }))
            }
        },
    ))
}

async fn found(site: &Site, id: &str) -> Result<Invitation, PageError> {
    let id = InvitationId::parse(id).ok_or(PageError::NotFound)?;
    let found = invitation::find(&site.db, &id).await?;
    found.ok_or(PageError::NotFound)
}

fn href(invitation: &Invitation, act: &str) -> String {
    format!("{}/{}{act}", menu::INVITATIONS, invitation.id)
}

/// `GET /office/invitations/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let found = found(&site, &id).await?;
    let steps = doors(&site.db, &found, site.now()).await?;
    let reader = &staff.reader;
    let body = ui::grid(&[
        ui::card(t!("Servers"))
            .span(Span::Seven)
            .flush()
            .render(reader, &door_rows(&staff, &found, &steps)),
        ui::card(t!("Invitation"))
            .span(Span::Five)
            .render(reader, &facts(&staff, &found, site.now())),
    ]);
    let parts = ConsoleParts {
        path: vec![Crumb::new(t!("Invitations"), menu::INVITATIONS)],
        actions: Some(buttons(&staff, &found, site.now())),
        ..desk::parts(Text::verbatim(found.name.clone()), menu::INVITATIONS)
    };
    desk::page(&site, &staff, parts, body).await
}

fn facts(staff: &Staff, found: &Invitation, now: Timestamp) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = words(found.state(now));
    let moment = |at: Timestamp| at.some().map(|at| ui::moment(reader, at));
    let member = format!("/office/members/{}", found.member_id);
    ui::facts()
        .line(t!("State"), ui::badge(reader, tone, &word))
        .line(t!("E-mail"), html! { (found.email) })
        .line(t!("Member"), ui::link(&member, &found.name))
        .line(t!("Plan"), html! { (found.plan) })
        .line(t!("Invited"), ui::moment(reader, found.made_at))
        .maybe(t!("Letter posted"), moment(found.sent_at))
        .maybe(t!("Link opened"), moment(found.opened_at))
        .maybe(t!("Accepted"), moment(found.used_at))
        .maybe(t!("Taken back"), moment(found.withdrawn_at))
        .line(t!("Good until"), ui::moment(reader, found.expires_at))
        .render(reader)
}

fn buttons(staff: &Staff, found: &Invitation, now: Timestamp) -> Markup {
    let is_open = matches!(
        found.state(now),
        InvitationState::Pending | InvitationState::Expired
    );
    if !is_open || !staff.may(Permission::MembersChange) {
        return html! {};
    }
    html! {
        (ui::post_button(href(found, "/again"), &staff.csrf, t!("Send it anew")).icon("mail").render(&staff.reader))
        (take_back(staff, found))
    }
}

fn take_back<'a>(staff: &'a Staff, found: &Invitation) -> Ask<'a> {
    ask(staff, "take-back", t!("Take it back…"), href(found, "/take-back"))
        .question(t!("Take back the invitation of {name}?", name = found.name.as_str()))
        .sentence(t!(
            "The link ends, and so does what was given with it. A payment stays in the books: void or refund it on its page."
        ))
        .because()
        .gravely(t!("Take it back"))
}

fn step_words(step: Step) -> (Tone, Text) {
    match step {
        Step::Preparing => (Tone::Info, t!("Being prepared")),
        Step::Sent => (Tone::Info, t!("Letter sent")),
        Step::Opened => (Tone::Info, t!("Link opened")),
        Step::Accepted => (Tone::Warn, t!("Came in, has not chosen yet")),
        Step::Chosen => (Tone::Info, t!("Chosen, being let in")),
        Step::InvitedThere => (Tone::Warn, t!("Invited there, not accepted")),
        Step::InPlace => (Tone::Good, t!("In place")),
        Step::Failed => (Tone::Bad, t!("Failed")),
        Step::Over => (Tone::Neutral, t!("Ended")),
    }
}

fn door_rows(staff: &Staff, found: &Invitation, steps: &[DoorStep]) -> Markup {
    let reader = &staff.reader;
    let rows = steps.iter().map(|door| {
        let (tone, word) = step_words(door.step);
        let again = href(found, &format!("/servers/{}/again", door.server));
        let server = format!("/office/servers/{}", door.server);
        let row = ui::row(reader, tone, "servers", &word)
            .title(ui::link(&server, &door.server_name))
            .detail(html! { @if let Some(reason) = &door.reason { (reader.say(reason)) } })
            .state(ui::badge(reader, tone, &word));
        if door.step == Step::Failed && staff.may(Permission::MembersChange) {
            row.action(
                ui::post_button(again, &staff.csrf, t!("Try again"))
                    .small()
                    .render(reader),
            )
        } else {
            row
        }
    });
    ui::rows()
        .rows(rows)
        .empty(t!(
            "Their plan chooses a server in a moment. Reload the page."
        ))
        .render(reader)
}

/// `POST /office/invitations/{id}/again`
pub async fn again(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let found = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    invitation::send_again(&mut tx, &found.id).await?;
    tx.save().await?;
    let words = t!("A new letter is on its way. The old link ends with it.");
    Ok(Done::at(&site, &href(&found, ""), words))
}

/// `POST /office/invitations/{id}/take-back`
pub async fn withdraw(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let found = found(&site, &id).await?;
    let done = async {
        let mut errors = FormErrors::default();
        let reason = typed::reason(&form, &mut errors);
        errors.into_result()?;
        let mut tx = site.db.begin(staff.actor()).await?;
        invite::withdraw(&mut tx, &found.id, &reason).await?;
        tx.save().await?;
        let words = t!("The invitation is taken back.");
        Ok(Done::at(&site, &href(&found, ""), words))
    };
    let done: PageResult = done.await;
    let name = Text::verbatim(found.name.clone());
    let here = Here::new(menu::INVITATIONS, name, href(&found, ""));
    take_back(&staff, &found)
        .answer(&site, &here, &form, done)
        .await
}

/// `POST /office/invitations/{id}/servers/{server}/again`
pub async fn try_again(
    staff: Staff,
    State(site): State<Site>,
    Path((id, server)): Path<(String, String)>,
    _form: CheckedForm,
) -> PageResult {
    let found = found(&site, &id).await?;
    let server = ServerId::parse(&server).ok_or(PageError::NotFound)?;
    invitation_door::try_again(&site.tools, staff.actor(), &found, &server).await?;
    let words = t!("It is being tried now. This page shows what comes of it.");
    Ok(Done::at(&site, &href(&found, ""), words))
}
