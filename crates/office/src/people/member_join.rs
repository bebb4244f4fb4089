//! Joining two members who are one person: which other one, what moves and what both have, then in one press.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use flows::told_at_once::join_members::{self, Preview};
use kit::id::{Id, MemberId};
use kit::{Email, FormErrors, t};
use maud::{Markup, html};
use people::member as people;
use serde::Deserialize;
use ui::{Tone, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::member::Known;
use crate::{desk, menu, typed};

/// Into whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    into: String,
}

/// `GET /office/members/{id}/join`
pub async fn show(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    if asked.into.trim().is_empty() {
        return choose(&site, &staff, &known, "", &FormErrors::default()).await;
    }
    let Some(into) = find(&site, &known, &asked.into).await? else {
        let text = t!(
            "Nobody has this number or address, or several do. Take the number from their page."
        );
        let errors = FormErrors::one("into", text);
        return choose(&site, &staff, &known, &asked.into, &errors).await;
    };
    let preview = join_members::preview(&site.db, &known.member.id, &into).await?;
    draw(&site, &staff, &known, &preview, &FormErrors::default()).await
}

/// By number, or by an address that only one other has.
async fn find(site: &Site, known: &Known, typed: &str) -> Result<Option<MemberId>, PageError> {
    if let Some(id) = MemberId::parse(typed.trim()) {
        let found = people::find(&site.db, &id).await?;
        return Ok(found.map(|found| found.id));
    }
    let Ok(email) = Email::parse(typed) else {
        return Ok(None);
    };
    let mut alike = people::list_by_email(&site.db, &email).await?;
    alike.retain(|member| member.id != known.member.id);
    Ok(if alike.len() == 1 {
        alike.pop().map(|member| member.id)
    } else {
        None
    })
}

async fn choose(
    site: &Site,
    staff: &Staff,
    known: &Known,
    typed: &str,
    errors: &FormErrors,
) -> PageResult {
    let form = ui::get_form(known.href("join"))
        .errors(errors)
        .field(
            field::text("into", t!("The member who stays"))
                .value(typed)
                .hint(t!("Their number from their page, or their e-mail address."))
                .required()
                .focus(),
        )
        .submit(t!("Look at it first"))
        .cancel(known.here().href);
    page(site, staff, known, errors, form.render(&staff.reader)).await
}

async fn draw(
    site: &Site,
    staff: &Staff,
    known: &Known,
    preview: &Preview,
    errors: &FormErrors,
) -> PageResult {
    let reader = &staff.reader;
    let form = ui::form(known.href("join"), &staff.csrf)
        .errors(errors)
        .hidden("into", preview.into.id.as_str())
        .field(
            field::text("reason", t!("Reason"))
                .hint(t!("It stands in the time line, with your name."))
                .longest(500)
                .required(),
        )
        .submit_danger(t!("Join with {name}", name = preview.into.name.as_str()))
        .cancel(known.here().href);
    let body = html! {
        @if let Some(refused) = &preview.refused {
            (ui::notice(Tone::Bad, refused.clone()).render(reader))
        }
        (ui::card(t!("What moves to {name}", name = preview.into.name.as_str()))
            .flush().render(reader, &rows(staff, preview)))
        @if preview.refused.is_none() { (form.render(reader)) }
    };
    page(site, staff, known, errors, body).await
}

fn rows(staff: &Staff, preview: &Preview) -> Markup {
    let reader = &staff.reader;
    let moves = preview
        .moves
        .iter()
        .map(|text| ui::row(reader, Tone::Good, "chevron", text));
    let conflicts = preview
        .conflicts
        .iter()
        .map(|text| ui::row(reader, Tone::Warn, "alert", text));
    ui::rows()
        .rows(conflicts)
        .rows(moves)
        .empty(t!("Nothing but the name: this member has nothing else."))
        .render(reader)
}

async fn page(
    site: &Site,
    staff: &Staff,
    known: &Known,
    errors: &FormErrors,
    body: Markup,
) -> PageResult {
    let here = known.here();
    let parts = ConsoleParts {
        path: vec![
            ui::Crumb::new(t!("Members"), menu::MEMBERS),
            ui::Crumb::new(here.title.clone(), here.href.clone()),
        ],
        intro: Some(t!(
            "For one person who stands here twice. It cannot be taken back; their page then leads to the one who stays."
        )),
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Join with another member"), menu::MEMBERS)
    };
    desk::page(site, staff, parts, body).await
}

/// `POST /office/members/{id}/join`
pub async fn join(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let into: MemberId = typed::id(&form, "into").map_err(|_| PageError::NotFound)?;
    match try_join(&site, &staff, &known, (&into, &form)).await {
        Err(PageError::Form(errors)) => {
            let preview = join_members::preview(&site.db, &known.member.id, &into).await?;
            draw(&site, &staff, &known, &preview, &errors).await
        }
        other => other,
    }
}

async fn try_join(
    site: &Site,
    staff: &Staff,
    known: &Known,
    (into, form): (&MemberId, &Posted),
) -> PageResult {
    let mut errors = FormErrors::default();
    let reason = typed::reason(form, &mut errors);
    errors.into_result()?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let joined = join_members::join(&mut tx, &known.member.id, into, &reason).await?;
    tx.save().await?;
    let words = t!(
        "{from} and {name} are one member now.",
        from = known.member.name.as_str(),
        name = joined.name.as_str()
    );
    Ok(Done::at(
        site,
        &format!("/office/members/{}", joined.id),
        words,
    ))
}
