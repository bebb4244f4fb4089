//! The stand-ins' own clock: the machine's, moved forward by `/_control/clock`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock that runs with the machine's and can be moved, or pinned to one moment by tests.
#[derive(Debug, Clone, Default)]
pub struct StandinClock {
    offset_ms: Arc<AtomicI64>,
    /// Zero means: not pinned.
    pinned_ms: Arc<AtomicI64>,
}

impl StandinClock {
    /// Milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> i64 {
        match self.pinned_ms.load(Ordering::SeqCst) {
            0 => machine_ms() + self.offset_ms.load(Ordering::SeqCst),
            pinned => pinned,
        }
    }

    /// Seconds since 1970, UTC: the unit in which Stripe speaks.
    pub fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Moves the clock; a pinned clock stays pinned at the later moment.
    pub fn advance_ms(&self, by_ms: i64) {
        if self.pinned_ms.load(Ordering::SeqCst) == 0 {
            self.offset_ms.fetch_add(by_ms, Ordering::SeqCst);
        } else {
            self.pinned_ms.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// Stops the clock at one moment; it then moves by [`Self::advance_ms`] alone.
    pub fn pin_ms(&self, at_ms: i64) {
        self.pinned_ms.store(at_ms, Ordering::SeqCst);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stand-ins know nothing of ours, not even the clock"
)]
fn machine_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
