//! One lane at work: jobs run side by side, and their beginnings and ends are written down together.
//!
//! Under load several jobs end while one transaction is on its way to the disk. The next one settles all of
//! them and claims as many anew, so that a job costs a fraction of a save instead of two.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::claim::{self, Claimed, Ended};
use crate::job::Lane;
use crate::runner::Runner;

type Over = (Claimed, Ended);

/// Works until it is stopped; then waits for what is under way, and settles it.
pub(crate) async fn work(runner: Runner, lane: Lane, mut stopped: watch::Receiver<bool>) {
    let bell = runner.db.bell(lane.word());
    let mut running = JoinSet::new();
    let mut over = Vec::new();
    while !*stopped.borrow() {
        runner.pulse.beat(lane.word());
        let woken = bell.notified();
        while let Some(ended) = running.try_join_next() {
            over.extend(unless_broken(ended));
        }
        let free = lane.hands() - running.len();
        let claimed = settle_and_claim(&runner, lane, std::mem::take(&mut over), free).await;
        let has_rest = claimed.len() == free;
        for job in claimed {
            let runner = runner.clone();
            running.spawn(async move {
                let ended = runner.run(&job).await;
                (job, ended)
            });
        }
        tokio::select! {
            Some(ended) = running.join_next(), if !running.is_empty() => over.extend(unless_broken(ended)),
            () = woken, if !has_rest => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stopped.changed() => {}
        }
    }
    while let Some(ended) = running.join_next().await {
        over.extend(unless_broken(ended));
    }
    settle_and_claim(&runner, lane, over, 0).await;
}

/// A job that panics is caught where it runs. Should the runner itself break, the lease runs out, and the job
/// is begun once more.
fn unless_broken(ended: Result<Over, JoinError>) -> Option<Over> {
    ended
        .inspect_err(|error| tracing::error!(%error, "A hand of the runner broke"))
        .ok()
}

/// In one transaction. If it fails, each end is noted by itself, so that one cannot spoil the others.
async fn settle_and_claim(
    runner: &Runner,
    lane: Lane,
    over: Vec<Over>,
    free: usize,
) -> Vec<Claimed> {
    let ends: Vec<_> = over.iter().map(|(job, ended)| (job, ended)).collect();
    let error = match claim::settle_and_claim(&runner.db, lane, &ends, free).await {
        Ok(claimed) => return claimed,
        Err(error) => error,
    };
    tracing::warn!(%error, "Settling and looking for jobs in lane {lane} failed");
    for end in ends {
        if let Err(error) = claim::settle(&runner.db, lane, &[end]).await {
            let job = end.0;
            tracing::warn!(job.id = %job.id, job.name, %error, "The end of a job could not be noted");
        }
    }
    Vec::new()
}
