//! Runs what is due: at each save of this process that added a job, else every second.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, DbError};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::claim::{self, Claimed, Ended};
use crate::job::{JobError, Lane};
use crate::lane;
use crate::pulse::Pulse;
use crate::registry::Registry;
use crate::schedule::{self, Schedule};

type Round = Pin<Box<dyn Future<Output = Result<usize, DbError>> + Send>>;

/// Runs jobs. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    pub(crate) db: Db,
    registry: Registry,
    schedules: Arc<[Schedule]>,
    before: Option<Before>,
    pub(crate) pulse: Pulse,
}

/// What is done before looking for jobs: turning events into jobs.
#[derive(Clone)]
struct Before {
    /// Saves that [wake](db::Tx::wake) this have something to turn.
    topic: &'static str,
    /// Answers how many it turned.
    turn: Arc<dyn Fn() -> Round + Send + Sync>,
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
    pub fn new(db: Db, registry: Registry, schedules: Vec<Schedule>) -> Self {
        Self {
            db,
            registry,
            schedules: schedules.into(),
            before: None,
            pulse: Pulse::default(),
        }
    }

    /// Turns something into jobs before jobs are looked for: whenever a save wakes the topic, and once a second.
    #[must_use]
    pub fn turning<F, R>(mut self, topic: &'static str, turn: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<usize, DbError>> + Send + 'static,
    {
        let turn = Arc::new(move || Box::pin(turn()) as Round);
        self.before = Some(Before { topic, turn });
        self
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
            let mut ran = match &self.before {
                Some(before) => (before.turn)().await?,
                None => 0,
            };
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
            .map(|lane| tokio::spawn(lane::work(self.clone(), *lane, stopped.clone())))
            .collect();
        lanes.push(tokio::spawn(self.clone().keep_time(stopped.clone())));
        if let Some(before) = &self.before {
            lanes.push(tokio::spawn(self.clone().turn(before.clone(), stopped)));
        }
        let pulse = self.pulse();
        RunningJobs { stop, lanes, pulse }
    }

    async fn turn(self, before: Before, mut stopped: watch::Receiver<bool>) {
        let bell = self.db.bell(before.topic);
        while !*stopped.borrow() {
            self.pulse.beat(before.topic);
            let woken = bell.notified();
            match (before.turn)().await {
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

    async fn run_one(&self, lane: Lane, job: &Claimed) -> Result<(), DbError> {
        let ended = self.run(job).await;
        claim::settle(&self.db, lane, &[(job, &ended)]).await
    }

    /// Runs a job to its end, which is not written down yet.
    pub(crate) async fn run(&self, job: &Claimed) -> Ended {
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
        let at = self.db.world().now();
        Ended { result, began, at }
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
