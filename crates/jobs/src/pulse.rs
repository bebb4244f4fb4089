//! Whether the runner of this process still turns: each of its loops says so at every turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

type Turns = BTreeMap<&'static str, Instant>;

/// When each loop of a runner last turned. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Turns>>);

impl Pulse {
    /// A loop turns.
    pub(crate) fn beat(&self, of: &'static str) {
        self.turns().insert(of, Instant::now());
    }

    /// The runner has stopped.
    pub(crate) fn stop(&self) {
        self.turns().clear();
    }

    /// For how long the slowest loop has not turned. `None`: no runner runs.
    pub fn silent_for(&self) -> Option<Duration> {
        let now = Instant::now();
        slowest(&self.turns(), now)
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn slowest(turns: &Turns, now: Instant) -> Option<Duration> {
    turns.values().map(|turn| now.duration_since(*turn)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_that_hangs_is_the_one_that_counts() {
        let start = Instant::now();
        let late = start + Duration::from_secs(40);
        let turns = Turns::from([("money", start), ("mail", late)]);
        assert_eq!(slowest(&turns, late), Some(Duration::from_secs(40)));
        assert_eq!(slowest(&Turns::new(), late), None);
    }

    #[test]
    fn a_runner_that_stopped_has_no_pulse() {
        let pulse = Pulse::default();
        assert_eq!(pulse.silent_for(), None);
        pulse.beat("mail");
        assert!(pulse.silent_for().is_some());
        pulse.stop();
        assert_eq!(pulse.silent_for(), None);
    }
}
