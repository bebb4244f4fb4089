//! Runs what is due: at each save of this process that added a job, else every second.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, DbError};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::claim::{self, Claimed, Ended};
use crate::job::{JobError, Lane};
use crate::pulse::Pulse;
use crate::registry::Registry;
use crate::schedule::{self, Schedule};

type Round = Pin<Box<dyn Future<Output = Result<usize, DbError>> + Send>>;

/// Runs jobs. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    db: Db,
    registry: Registry,
    schedules: Arc<[Schedule]>,
    /// Done before looking for jobs: turns events into jobs. Answers how many it turned.
    before: Arc<dyn Fn() -> Round + Send + Sync>,
    pulse: Pulse,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Runner({:?})", self.registry)
    }
}

/// The runner at work; see [`RunningJobs::stop`].
#[derive(Debug)]
pub struct RunningJobs {
    stop: watch::Sender<bool>,
    lanes: Vec<JoinHandle<()>>,
    pulse: Pulse,
}

impl RunningJobs {
    /// Claims nothing more and waits for what is under way.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for lane in self.lanes {
            // A lane that panicked was logged where it did; there is nothing to wait for.
            drop(lane.await);
        }
        self.pulse.stop();
    }
}

impl Runner {
    pub fn new<F, R>(db: Db, registry: Registry, schedules: Vec<Schedule>, before: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<usize, DbError>> + Send + 'static,
    {
        let before = Arc::new(move || Box::pin(before()) as Round);
        Self {
            db,
            registry,
            schedules: schedules.into(),
            before,
            pulse: Pulse::default(),
        }
    }

    /// Whether what [`Runner::start`] began still turns.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Runs everything that is due now, one after the other, until nothing is: for tests and commands.
    /// Answers how many jobs were run.
    pub async fn run_until_idle(&self) -> Result<usize, DbError> {
        let mut total = 0;
        // A bound, so that a job that adds itself anew shows as a failing test and not as a hang.
        for _ in 0..100_000 {
            let mut ran = (self.before)().await?;
            for lane in Lane::ALL {
                for job in claim::claim(&self.db, *lane, 1).await? {
                    self.run_one(*lane, &job).await?;
                    ran += 1;
                }
            }
            if ran == 0 {
                return Ok(total);
            }
            total += ran;
        }
        Ok(total)
    }

    /// Gives each schedule its turn if it has come.
    pub async fn turn_schedules(&self) -> Result<(), DbError> {
        schedule::seed(&self.db, &self.schedules).await?;
        schedule::turn(&self.db, &self.schedules).await
    }

    /// Starts working in the background.
    pub fn start(&self) -> RunningJobs {
        let (stop, stopped) = watch::channel(false);
        let mut lanes: Vec<_> = Lane::ALL
            .iter()
            .map(|lane| tokio::spawn(self.clone().work_lane(*lane, stopped.clone())))
            .collect();
        lanes.push(tokio::spawn(self.clone().keep_time(stopped.clone())));
        lanes.push(tokio::spawn(self.clone().turn_events(stopped)));
        let pulse = self.pulse();
        RunningJobs { stop, lanes, pulse }
    }

    async fn work_lane(self, lane: Lane, mut stopped: watch::Receiver<bool>) {
        let hands = Arc::new(Semaphore::new(lane.hands()));
        let mut running = JoinSet::new();
        let bell = self.db.bell(lane.word());
        while !*stopped.borrow() {
            self.pulse.beat(lane.word());
            let woken = bell.notified();
            let free = hands.available_permits();
            let claimed = if free == 0 {
                Ok(Vec::new())
            } else {
                claim::claim(&self.db, lane, free).await
            };
            let claimed = claimed.unwrap_or_else(|error| {
                tracing::warn!(%error, "Looking for jobs in lane {lane} failed");
                Vec::new()
            });
            let was_empty = claimed.is_empty();
            for job in claimed {
                let permit = hands.clone().acquire_owned().await.expect("never closed");
                let runner = self.clone();
                running.spawn(async move {
                    runner.run_and_log(lane, &job).await;
                    drop(permit);
                });
            }
            if was_empty || hands.available_permits() == 0 {
                tokio::select! {
                    () = woken => {}
                    Some(_) = running.join_next(), if !running.is_empty() => {}
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    _ = stopped.changed() => {}
                }
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn turn_events(self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            self.pulse.beat("events");
            let woken = self.db.next_save();
            match (self.before)().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(%error, "Turning events into jobs failed"),
            }
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    async fn keep_time(self, mut stopped: watch::Receiver<bool>) {
        let mut seeded = false;
        while !*stopped.borrow() {
            self.pulse.beat("schedule");
            if !seeded {
                seeded = schedule::seed(&self.db, &self.schedules).await.is_ok();
            }
            if let Err(error) = schedule::turn(&self.db, &self.schedules).await {
                tracing::warn!(%error, "The schedule could not be kept");
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    async fn run_and_log(&self, lane: Lane, job: &Claimed) {
        if let Err(error) = self.run_one(lane, job).await {
            tracing::warn!(job.id = %job.id, job.name, %error, "The end of a job could not be noted");
        }
    }

    async fn run_one(&self, lane: Lane, job: &Claimed) -> Result<(), DbError> {
        let began = self.db.world().now();
        let result = match claim::poisonous(job) {
            Some(error) => Err(error),
            None => self.work(job).await,
        };
        if let Err(error) = &result {
            tracing::info!(
                job.id = %job.id, job.name, job.attempts,
                "Job {} did not succeed: {}", job.name, error.reason().in_english()
            );
        }
        claim::settle(&self.db, lane, job, &Ended { result, began }).await
    }

    /// Does the work in a task of its own, so that a panic ends the job and not the lane, holding on to the
    /// lease meanwhile.
    async fn work(&self, job: &Claimed) -> Result<(), JobError> {
        let Some(work) = self.registry.work(&job.name, job.payload.clone()) else {
            return Err(JobError::After(
                kit::Span::minutes(1),
                kit::t!("No running process knows this job; it waits for a newer version."),
            ));
        };
        let mut work = tokio::spawn(work);
        let mut beat = tokio::time::interval(Duration::from_secs(20));
        beat.tick().await;
        loop {
            tokio::select! {
                ended = &mut work => return ended.unwrap_or_else(|panic| Err(panicked(&panic))),
                _ = beat.tick() => {
                    if matches!(claim::extend(&self.db, job).await, Ok(false)) {
                        work.abort();
                        return Err(JobError::Again(kit::t!("Another process took this job over.")));
                    }
                }
            }
        }
    }
}

fn panicked(panic: &tokio::task::JoinError) -> JobError {
    JobError::Again(kit::t!(
        "The job broke off: {words}",
        words = panic.to_string()
    ))
}
