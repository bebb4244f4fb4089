//! Work that must be done although nobody waits for it: queue, schedule, retries, lanes.
//!
//! A job is added in the transaction of the fact that needs it ([`add`]), survives kill -9 and competing
//! processes, and is run at least once: it must be safe to run twice. Nothing here knows a job by name.
//!
//! To add a job, implement [`Job`] in its capability and register it in `app`.

pub mod forgetting;

mod claim;
mod job;
mod lane;
mod list;
mod pulse;
mod queue;
mod registry;
mod runner;
mod schedule;

pub use job::{Job, JobError, Lane};
pub use list::{
    FailedJob, LISTINGS, QueueFigures, Run, WaitingJob, count_failed, discard, figures,
    list_failed, list_runs, list_waiting, retry, retry_all,
};
pub use pulse::Pulse;
pub use queue::{add, add_at, add_once, add_once_at};
pub use registry::Registry;
pub use runner::{Runner, RunningJobs};
pub use schedule::{Schedule, last_turn};

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &["jobs", "job_runs", "schedules"];
