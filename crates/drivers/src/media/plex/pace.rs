//! How fast one account may ask. plex.tv publishes no numbers; about one call a second with short bursts is what
//! others were never refused for (arabcoders/watchstate#325, RickDB/PlexAniSync#51).

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// Calls that may follow each other at once after a rest.
const BURST: u32 = 3;
/// A little over a second: the way there may bring two calls closer together.
const PER_CALL: Duration = Duration::from_millis(1_100);

/// Whether somebody waits for what a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// May take what is left in the bucket.
    Soon,
    /// Comes when the bucket is full, so that those in haste find it so: never two within a second.
    Calm,
}

/// A bucket of calls, filled at about one a second.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the bucket would be full again.
    full_at: Mutex<Option<Instant>>,
}

impl Pace {
    /// Waits for a call's turn.
    pub(super) async fn turn(&self, haste: Haste) {
        let mut full_at = self.full_at.lock().await;
        let now = Instant::now();
        let begins = full_at.map_or(now, |at| at.max(now));
        let ahead = match haste {
            Haste::Soon => PER_CALL * (BURST - 1),
            Haste::Calm => Duration::ZERO,
        };
        let allowed = begins.checked_sub(ahead).unwrap_or(now);
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
    async fn three_at_once_then_one_after_the_other() {
        let pace = Pace::default();
        let began = Instant::now();
        for _ in 0..3 {
            pace.turn(Haste::Soon).await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        pace.turn(Haste::Soon).await;
        assert_eq!(began.elapsed(), PER_CALL);
        pace.turn(Haste::Soon).await;
        assert_eq!(began.elapsed(), PER_CALL * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_never_comes_twice_a_second() {
        let pace = Pace::default();
        let began = Instant::now();
        for nth in 0..4 {
            pace.turn(Haste::Calm).await;
            assert_eq!(began.elapsed(), PER_CALL * nth);
        }
        pace.turn(Haste::Soon).await;
        assert_eq!(began.elapsed(), PER_CALL * 3, "the bucket was left to it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_that_is_asked_for_is_kept() {
        for haste in [Haste::Soon, Haste::Calm] {
            let pace = Pace::default();
            pace.rest(Duration::from_secs(7)).await;
            let began = Instant::now();
            pace.turn(haste).await;
            assert!(began.elapsed() >= Duration::from_secs(7), "{haste:?}");
        }
    }
}
