//! Jobs: what waits, what failed and why, what ran.

use axum::extract::{Path, Query, State};
use flows::told_at_once::move_failed_jobs;
use jobs::{FailedJob, Lane, Run, WaitingJob};
use kit::id::{Id, JobId};
use kit::{PageOf, Text, Timestamp, t};
use maud::{Markup, html};
use people::role::Permission;
use serde::Deserialize;
use ui::{Tab, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::ask::ask;
use crate::{desk, menu};

const WAITING: &str = "/office/jobs/waiting";
const RUNS: &str = "/office/jobs/runs";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    outcome: String,
    after: String,
}

async fn page(site: &Site, staff: &Staff, current: &str, list: Markup) -> PageResult {
    let figures = jobs::figures(&site.db, site.now()).await?;
    let tabs = [
        Tab::new(t!("Failed"), menu::JOBS, current == menu::JOBS).count(figures.failed),
        Tab::new(t!("Waiting"), WAITING, current == WAITING).count(figures.waiting),
        Tab::new(t!("Runs"), RUNS, current == RUNS),
    ];
    let body = html! {
        (ui::tabs(&staff.reader, &t!("Jobs"), &tabs))
        (list)
    };
    let mut parts = desk::parts(t!("Jobs"), menu::JOBS);
    parts.intro = Some(t!(
        "Work that the house does by itself, and what came of it."
    ));
    if current == menu::JOBS && figures.failed > 0 && staff.may(Permission::JobsChange) {
        parts.actions = Some(
            ui::post_button("/office/jobs/retry-all", &staff.csrf, t!("Try all again"))
                .icon("refresh")
                .render(&staff.reader),
        );
    }
    desk::page(site, staff, parts, body).await
}

/// `GET /office/jobs`
pub async fn failed(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let failed = jobs::list_failed(&site.db, &desk::asked(&asked.after)).await?;
    let list = failures(&staff, &failed);
    page(&site, &staff, menu::JOBS, list).await
}

fn failures(staff: &Staff, failed: &PageOf<FailedJob>) -> Markup {
    let reader = &staff.reader;
    let may_change = staff.may(Permission::JobsChange);
    ui::table("failed-jobs")
        .caption(t!("Failed jobs"))
        .column(t!("Job"), |row: &FailedJob| ui::code(&row.name))
        .column(t!("Why"), |row| reason(staff, row.last_error.as_ref()))
        .column(t!("Tries"), |row| ui::number(reader, row.attempts))
        .numeric()
        .column(t!("Failed"), |row| ui::ago(reader, row.failed_at))
        .column(
            t!("For"),
            |row| html! { code title=(row.payload) { (shortened(&row.payload)) } },
        )
        .minor()
        .row_menu(|row| {
            if may_change {
                acts(staff, row)
            } else {
                html! {}
            }
        })
        .empty(t!(
            "Nothing failed. Work that cannot be done ends here with its reason, never in a loop."
        ))
        .next(|mark| Address::to(menu::JOBS).with("after", mark).to_string())
        .render(reader, failed)
}

fn acts(staff: &Staff, row: &FailedJob) -> Markup {
    let action = format!("/office/jobs/{}", row.id);
    html! {
        (ui::post_button(format!("{action}/retry"), &staff.csrf, t!("Try again")).small().render(&staff.reader))
        (ask(staff, &format!("discard-{}", row.id), t!("Discard…"), format!("{action}/discard"))
            .question(t!("Discard this job?"))
            .sentence(t!("What it was to do stays undone. It cannot be brought back."))
            .gravely(t!("Discard it")))
    }
}

fn reason(staff: &Staff, error: Option<&Text>) -> Markup {
    match error {
        Some(error) => html! { (staff.reader.say(error)) },
        None => ui::nothing(&staff.reader),
    }
}

fn shortened(payload: &str) -> String {
    let short: String = payload.chars().take(60).collect();
    if short.len() < payload.len() {
        format!("{short}…")
    } else {
        short
    }
}

fn lane(lane: Lane) -> Text {
    Text::verbatim(lane.word())
}

/// `GET /office/jobs/waiting`
pub async fn waiting(staff: Staff, State(site): State<Site>) -> PageResult {
    let reader = &staff.reader;
    let now = site.now();
    let waiting = jobs::list_waiting(&site.db, i64::from(desk::ROWS)).await?;
    let list = ui::table("waiting-jobs")
        .caption(t!("Waiting jobs"))
        .column(t!("Job"), |row: &WaitingJob| ui::code(&row.name))
        .column(t!("State"), |row| waiting_state(&staff, row, now))
        .column(t!("Due"), |row| ui::ago(reader, row.run_at))
        .column(t!("Tries"), |row| ui::number(reader, row.attempts))
        .numeric()
        .column(t!("Lane"), |row| html! { (reader.say(&lane(row.lane))) })
        .minor()
        .column(t!("Why not yet"), |row| {
            reason(&staff, row.last_error.as_ref())
        })
        .empty(t!("Nothing waits. Jobs stand here until their turn comes."))
        .render_rows(reader, &waiting);
    page(&site, &staff, WAITING, list).await
}

fn waiting_state(staff: &Staff, row: &WaitingJob, now: Timestamp) -> Markup {
    let (tone, word) = if row.locked_until > now {
        (Tone::Live, t!("Under way"))
    } else if row.run_at <= now {
        (Tone::Info, t!("Due"))
    } else {
        (Tone::Neutral, t!("Later"))
    };
    ui::badge(&staff.reader, tone, &word)
}

/// `GET /office/jobs/runs`
pub async fn runs(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let reader = &staff.reader;
    let outcome = ["done", "again", "failed"]
        .into_iter()
        .find(|known| *known == asked.outcome);
    let runs = jobs::list_runs(&site.db, outcome, &desk::asked(&asked.after)).await?;
    let address = Address::to(RUNS).with("outcome", outcome.unwrap_or_default());
    let mut bar = ui::filters(RUNS).chip(t!("All"), RUNS, outcome.is_none());
    for known in ["done", "again", "failed"] {
        let chip = address.with("outcome", if outcome == Some(known) { "" } else { known });
        bar = bar.chip(outcome_words(known).1, chip, outcome == Some(known));
    }
    let list = html! {
        (bar.render(reader))
        (ui::table("runs")
            .caption(t!("Runs"))
            .column(t!("Job"), |row: &Run| ui::code(&row.name))
            .column(t!("Outcome"), |row| {
                let (tone, word) = outcome_words(&row.outcome);
                ui::badge(reader, tone, &word)
            })
            .column(t!("Said"), |row| reason(&staff, row.detail.as_ref()))
            .column(t!("Waited"), |row| html! { (ui::number(reader, row.queued_ms)) " ms" })
            .numeric().minor()
            .column(t!("Took"), |row| html! { (ui::number(reader, row.took_ms)) " ms" })
            .numeric()
            .column(t!("When"), |row| ui::ago(reader, row.at))
            .empty(t!("Nothing ran lately. Runs are kept for some days."))
            .next(move |mark| address.with("after", mark).to_string())
            .render(reader, &runs))
    };
    page(&site, &staff, RUNS, list).await
}

fn outcome_words(outcome: &str) -> (Tone, Text) {
    match outcome {
        "done" => (Tone::Good, t!("Done")),
        "again" => (Tone::Warn, t!("Again later")),
        "failed" => (Tone::Bad, t!("Failed")),
        other => (Tone::Neutral, Text::verbatim(other)),
    }
}

/// `POST /office/jobs/{id}/retry`
pub async fn retry(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = JobId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let was_failed = move_failed_jobs::retry(&mut tx, &id).await?;
    tx.save().await?;
    let words = if was_failed {
        t!("It is being tried again.")
    } else {
        t!("It is not among the failures any more.")
    };
    Ok(Done::at(&site, menu::JOBS, words))
}

/// `POST /office/jobs/retry-all`
pub async fn retry_all(staff: Staff, State(site): State<Site>, _form: CheckedForm) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    let tried = move_failed_jobs::retry_all(&mut tx).await?;
    tx.save().await?;
    let words = Text::counted(
        tried,
        "One job is being tried again.",
        "{n} jobs are being tried again.",
    );
    Ok(Done::at(&site, menu::JOBS, words))
}

/// `POST /office/jobs/{id}/discard`
pub async fn discard(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = JobId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let was_failed = move_failed_jobs::discard(&mut tx, &id).await?;
    tx.save().await?;
    let words = if was_failed {
        t!("The job is discarded.")
    } else {
        t!("It is not among the failures any more.")
    };
    Ok(Done::at(&site, menu::JOBS, words))
}
