//! How fast one account may ask. plex.tv publishes no numbers; about one call a second with short bursts is what
//! others were never refused for (arabcoders/watchstate#325, RickDB/PlexAniSync#51).

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// Calls that may follow each other at once after a rest.
const BURST: u32 = 3;
const PER_CALL: Duration = Duration::from_secs(1);

/// A bucket of calls, filled at one a second.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the bucket would be full again.
    full_at: Mutex<Option<Instant>>,
}

impl Pace {
    /// Waits for a call's turn.
    pub(super) async fn turn(&self) {
        let mut full_at = self.full_at.lock().await;
        let now = Instant::now();
        let begins = full_at.map_or(now, |at| at.max(now));
        let allowed = begins.checked_sub(PER_CALL * (BURST - 1)).unwrap_or(now);
        *full_at = Some(begins + PER_CALL);
        // Held meanwhile, so that everybody waits in line.
        sleep_until(allowed.max(now)).await;
    }

    /// The service asked for a rest.
    pub(super) async fn rest(&self, time: Duration) {
        let mut full_at = self.full_at.lock().await;
        let until = Instant::now() + time + PER_CALL * (BURST - 1);
        *full_at = Some(full_at.map_or(until, |at| at.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn three_at_once_then_one_a_second() {
        let pace = Pace::default();
        let began = Instant::now();
        for _ in 0..3 {
            pace.turn().await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::from_secs(1));
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_that_is_asked_for_is_kept() {
        let pace = Pace::default();
        pace.rest(Duration::from_secs(7)).await;
        let began = Instant::now();
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::from_secs(7));
    }
}
