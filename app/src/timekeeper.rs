//! Jobs run only while this process's clock agrees with the database's: many processes share a queue by
//! time, and one whose clock is wrong would take what is another's.

use std::time::Duration;

use db::Db;
use jobs::{Runner, RunningJobs};
use tokio::sync::watch;

/// Further apart than this, the clocks do not agree.
const TOLERATED_MS: i64 = 5_000;
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Whether the clocks agree. An embedded database has none of its own; one that does not answer says nothing.
pub fn agrees(ahead_ms: Option<i64>) -> bool {
    ahead_ms.is_none_or(|ahead| ahead.abs() <= TOLERATED_MS)
}

/// Starts and stops the jobs as the clocks come to agree or not, until told to stop.
pub async fn keep(db: Db, runner: Runner, mut stopped: watch::Receiver<bool>) {
    let mut running: Option<RunningJobs> = None;
    while !*stopped.borrow() {
        let ahead = db.clock_ahead_ms().await.unwrap_or_default();
        running = match (agrees(ahead), running) {
            (true, None) => Some(runner.start()),
            (false, was) => {
                tracing::error!(
                    clock.ahead_ms = ahead,
                    "The database's clock differs from this machine's by more than 5 s: no jobs run here. Set this machine's clock"
                );
                if let Some(jobs) = was {
                    jobs.stop().await;
                }
                None
            }
            (true, was) => was,
        };
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stopped.changed() => {}
        }
    }
    if let Some(jobs) = running {
        jobs.stop().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_seconds_are_tolerated_and_an_embedded_database_always_agrees() {
        assert!(agrees(None));
        assert!(agrees(Some(-5_000)));
        assert!(!agrees(Some(5_001)));
    }
}
