//! `jobs`: the failed ones, which want a person; with `state=waiting` those that are due next.

use flows::told_at_once::move_failed_jobs;
use jobs::{FailedJob, WaitingJob};
use kit::PageAsked;
use kit::id::JobId;
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call};
use crate::problem::Problem;
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, wished};

pub fn table() -> Table {
    let change = Permission::JobsChange;
    Table::of("jobs")
        .list(
            "/api/v1/jobs",
            (Permission::JobsSee, "Lists failed or waiting jobs"),
            list,
        )
        .act(
            "/api/v1/jobs/{id}/retry",
            (change, "Has a failed job tried again"),
            retry,
        )
        .act(
            "/api/v1/jobs/{id}/discard",
            (change, "Gives a failed job up"),
            discard,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
struct JobShown {
    id: String,
    /// A stable name, e.g. `media.sync_server`.
    name: String,
    /// `money`, `access`, `mail` or `bulk`.
    lane: String,
    /// `failed` or `waiting`.
    state: String,
    attempts: i64,
    last_error: Option<String>,
    /// When a waiting job is due.
    run_at: Option<Moment>,
    failed_at: Option<Moment>,
    created_at: Moment,
}

fn failed(call: &Call, job: FailedJob) -> JobShown {
    JobShown {
        id: job.id.to_string(),
        name: job.name,
        lane: job.lane.word().to_owned(),
        state: "failed".to_owned(),
        attempts: job.attempts,
        last_error: call.say_maybe(job.last_error.as_ref()),
        run_at: None,
        failed_at: Some(Moment(job.failed_at)),
        created_at: Moment(job.created_at),
    }
}

fn waiting(call: &Call, job: WaitingJob) -> JobShown {
    JobShown {
        id: job.id.to_string(),
        name: job.name,
        lane: job.lane.word().to_owned(),
        state: "waiting".to_owned(),
        attempts: job.attempts,
        last_error: call.say_maybe(job.last_error.as_ref()),
        run_at: Some(Moment(job.run_at)),
        failed_at: None,
        created_at: Moment(job.created_at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// `failed` (if absent) or `waiting`; of the waiting ones only the first page is shown.
    state: Option<String>,
}

/// What became of a job.
#[derive(Debug, Serialize, ToSchema)]
struct JobMoved {
    id: String,
}

/// `GET /api/v1/jobs`
async fn list(call: Call, filter: Filter) -> Answer<Page<JobShown>> {
    let db = &call.site.db;
    let asked: &PageAsked = &call.page;
    let is_failed = |text: &str| match text {
        "failed" => Some(true),
        "waiting" => Some(false),
        _ => None,
    };
    if wished("state", filter.state.as_ref(), is_failed)?.unwrap_or(true) {
        let page = jobs::list_failed(db, asked).await?;
        Ok(Page::of(page, |job| failed(&call, job)))
    } else {
        let rows = jobs::list_waiting(db, i64::from(asked.limit)).await?;
        Ok(Page::whole(
            &PageAsked::first(asked.limit),
            rows,
            |row| row.id.to_string(),
            |job| waiting(&call, job),
        ))
    }
}

/// `POST /api/v1/jobs/{id}/retry`
async fn retry(call: Call, _: Nothing) -> Answer<JobMoved> {
    let id: JobId = call.id()?;
    let mut tx = call.begin().await?;
    let was_there = move_failed_jobs::retry(&mut tx, &id).await?;
    tx.save().await?;
    moved(&id, was_there)
}

/// `POST /api/v1/jobs/{id}/discard`
async fn discard(call: Call, _: Nothing) -> Answer<JobMoved> {
    let id: JobId = call.id()?;
    let mut tx = call.begin().await?;
    let was_there = move_failed_jobs::discard(&mut tx, &id).await?;
    tx.save().await?;
    moved(&id, was_there)
}

fn moved(id: &JobId, was_there: bool) -> Answer<JobMoved> {
    if was_there {
        Ok(JobMoved { id: id.to_string() })
    } else {
        Err(Problem::not_found())
    }
}
