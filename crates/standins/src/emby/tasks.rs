//! Scheduled tasks, and what was scanned by order.

use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Refusal, done, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::moment::Moment;

/// How long a task runs.
const RUNS_FOR_MS: i64 = 3000;

/// Key, name and what it does.
const TASKS: [(&str, &str, &str); 3] = [
    (
        "RefreshLibrary",
        "Scan media library",
        "Scans your media library for new files.",
    ),
    (
        "DeleteCacheFiles",
        "Cache file cleanup",
        "Deletes cache files no longer needed.",
    ),
    (
        "SystemUpdateTask",
        "Check for application updates",
        "Downloads and installs updates.",
    ),
];

/// A scan that somebody ordered.
#[derive(Debug, Clone, Serialize)]
pub struct Scan {
    pub at: Moment,
    /// `all`, `path`, `item` or `library`.
    pub kind: &'static str,
    pub what: String,
}

impl Scan {
    pub fn all(at: Moment) -> Self {
        Self::of("all", "", at)
    }

    pub fn of(kind: &'static str, what: &str, at: Moment) -> Self {
        let what = what.to_owned();
        Self { at, kind, what }
    }
}

/// The latest start of each task, in the order of [`TASKS`].
#[derive(Debug, Default)]
pub struct Tasks {
    started: [Option<Moment>; TASKS.len()],
    pub scans: Vec<Scan>,
}

impl Tasks {
    /// Notes a scan; one of all libraries is the task of that name.
    pub fn scan(&mut self, scan: Scan) {
        if scan.kind == "all" {
            self.started[0] = Some(scan.at);
        }
        self.scans.push(scan);
    }

    /// `RefreshStatus` of every library: which one is at work is not told apart here.
    pub fn refresh_status(&self, now: Moment) -> &'static str {
        let is_on = |scan: &Scan| now.since(scan.at) < RUNS_FOR_MS;
        if self.scans.iter().any(is_on) {
            "Active"
        } else {
            "Idle"
        }
    }
}

fn id_of(key: &str) -> Guid {
    Guid::of(&["emby task", key])
}

/// `TaskInfo` of the published contract.
fn describe(tasks: &Tasks, at: usize, now: Moment) -> Value {
    let (key, name, description) = TASKS[at];
    let started = tasks.started[at];
    let running_for = started.map(|started| now.since(started));
    let is_running = running_for.is_some_and(|ms| ms < RUNS_FOR_MS);
    let mut task = json!({
        "Name": name,
        "State": if is_running { "Running" } else { "Idle" },
        "Id": id_of(key),
        "Triggers": [],
        "Description": description,
        "Category": "Library",
        "IsHidden": false,
        "Key": key,
    });
    if let Some(ms) = running_for.filter(|_| is_running) {
        task["CurrentProgressPercentage"] = json!(ms * 100 / RUNS_FOR_MS);
    }
    if let Some(started) = started.filter(|_| !is_running) {
        task["LastExecutionResult"] = json!({
            "StartTimeUtc": started,
            "EndTimeUtc": Moment(started.0 + RUNS_FOR_MS),
            "Status": "Completed",
            "Name": name,
            "Key": key,
            "Id": id_of(key),
        });
    }
    task
}

fn numbered(id: &str) -> Result<usize, Refusal> {
    let wanted = Guid::parse(id);
    let at = TASKS
        .iter()
        .position(|(key, ..)| Some(id_of(key)) == wanted);
    at.ok_or_else(|| Refusal::not_found("Task"))
}

/// `GET /ScheduledTasks`
pub async fn list(_: Elevated, State(emby): State<Emby>) -> Answer {
    let now = emby.now();
    let state = emby.state();
    let all = (0..TASKS.len()).map(|at| describe(&state.tasks, at, now));
    shown(all.collect::<Vec<_>>())
}

/// `GET /ScheduledTasks/{task}`
pub async fn show(_: Elevated, State(emby): State<Emby>, Path(task): Path<String>) -> Answer {
    let now = emby.now();
    shown(describe(&emby.state().tasks, numbered(&task)?, now))
}

/// `POST /ScheduledTasks/Running/{task}`
pub async fn start(_: Elevated, State(emby): State<Emby>, Path(task): Path<String>) -> Answer {
    let at = numbered(&task)?;
    let now = emby.now();
    let mut state = emby.state();
    state.tasks.started[at] = Some(now);
    if at == 0 {
        state.tasks.scan(Scan::all(now));
    }
    done()
}

/// `DELETE /ScheduledTasks/Running/{task}`, `POST /ScheduledTasks/Running/{task}/Delete`
pub async fn stop(_: Elevated, State(emby): State<Emby>, Path(task): Path<String>) -> Answer {
    let at = numbered(&task)?;
    emby.state().tasks.started[at] = None;
    done()
}
