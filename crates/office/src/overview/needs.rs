//! "Needs you": open lines, each with its one action, staying until it is done or closed with a note.

use axum::extract::{Path, State};
use chronicle::want::{self, Want};
use kit::id::{Id, WantId};
use kit::{FormErrors, Text, t};
use maud::{Markup, Render, html};
use people::role::Permission;
use ui::{Span, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use crate::ask::{Ask, Here, ask};
use crate::house::closed;
use crate::{menu, words};

/// More than these are a list of their own.
const SHOWN: i64 = 12;

pub async fn card(site: &Site, staff: &Staff) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let wants = want::list_open(&site.db, SHOWN).await?;
    let failed = jobs::count_failed(&site.db).await?;
    let mut rows = ui::rows().id("needs").empty(t!(
        "Nothing. What needs a person will stand here until it is done."
    ));
    for want in wants
        .iter()
        .filter(|want| menu::may_open(staff, &want.action_href))
    {
        rows = rows.row(line(staff, want));
    }
    if failed > 0 && staff.may(Permission::JobsSee) {
        rows = rows.row(failed_jobs(staff, failed));
    }
    let aside = html! {
        @if staff.may(Permission::EventsSee) {
            (ui::link(closed::CLOSED, &reader.say(&t!("What was closed")))) " · "
            (ui::link(menu::EVENTS, &reader.say(&t!("All events"))))
        }
    };
    let card = ui::card(t!("Needs you"))
        .span(Span::Full)
        .flush()
        .aside(aside);
    Ok(card.render(reader, &rows.render(reader)))
}

fn line(staff: &Staff, want: &Want) -> ui::Row {
    let reader = &staff.reader;
    let action = html! {
        (ui::link_button(&want.action_href, want.action_label.clone()).small().render(reader))
        @if staff.may(Permission::MembersChange) {
            (ui::menu(t!("More")).item(closing(staff, want).render()).render(reader))
        }
    };
    let detail = html! {
        @if let Some(detail) = &want.detail { (reader.say(detail)) " " }
        small { (ui::ago(reader, want.since)) }
    };
    ui::row(
        reader,
        words::tone(want.tone),
        icon_of(&want.kind),
        &want.sentence,
    )
    .detail(detail)
    .action(action)
}

fn closing<'a>(staff: &'a Staff, want: &Want) -> Ask<'a> {
    let id = format!("close-{}", want.id);
    ask(staff, &id, t!("Close…"), format!("/office/wants/{}/close", want.id))
        .question(t!("Close this line?"))
        .sentence(t!(
            "It goes from this list though its cause may still be there. Say why, for those who look later."
        ))
        .field(field::text("note", t!("Note")).longest(300).required())
        .gently(t!("Close it"))
}

fn failed_jobs(staff: &Staff, failed: i64) -> ui::Row {
    let reader = &staff.reader;
    let sentence = Text::counted(failed, "A job failed for good", "{n} jobs failed for good");
    ui::row(reader, ui::Tone::Bad, "jobs", &sentence)
        .say(
            reader,
            &t!("They are not tried again by themselves. Each says why it failed."),
        )
        .action(
            ui::link_button(menu::JOBS, t!("See why"))
                .small()
                .render(reader),
        )
}

fn icon_of(kind: &str) -> &'static str {
    match kind {
        "server_down" => "servers",
        "payment_odd" | "payment_unplaced" | "refund_failed" | "dispute" => "payments",
        "proof" => "receipt",
        "job_failed" => "jobs",
        "paid_not_in" => "member",
        _ => "warning",
    }
}

/// `POST /office/wants/{id}/close`
pub async fn close(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let id = WantId::parse(&id).ok_or(PageError::NotFound)?;
    let want = want::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)?;
    let done = put_away(&site, &staff, &want, &form).await;
    let here = Here::new(menu::OVERVIEW, t!("Overview"), menu::OVERVIEW);
    closing(&staff, &want)
        .answer(&site, &here, &form, done)
        .await
}

async fn put_away(site: &Site, staff: &Staff, want: &Want, form: &Posted) -> PageResult {
    let note = form
        .required("note", 300)
        .map_err(|error| FormErrors::one("note", error.text()))?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let was_open = want::close(&mut tx, &want.id, &note).await?;
    tx.save().await?;
    let words = if was_open {
        t!("Closed, with your note.")
    } else {
        t!("It was done already.")
    };
    Ok(Done::at(site, menu::OVERVIEW, words))
}
