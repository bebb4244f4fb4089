//! A clock that moves by hand, lots that repeat, and a plug to pull.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use kit::{Chance, Clock, Dead, Span, Steps, Timestamp, World};

/// The world of one test. Clones share it.
#[derive(Debug, Clone)]
pub struct TestWorld(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    now_ms: AtomicI64,
    lots: AtomicU64,
    passed: AtomicI64,
    /// The step at which everything stops; negative: never.
    stop_at: AtomicI64,
}

/// A world that begins on 1 March 2026 at noon, UTC.
pub fn testworld() -> TestWorld {
    let start = Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").expect("a moment");
    TestWorld(Arc::new(Inner {
        now_ms: AtomicI64::new(start.ms()),
        lots: AtomicU64::new(0x9e37_79b9_7f4a_7c15),
        passed: AtomicI64::new(0),
        stop_at: AtomicI64::new(-1),
    }))
}

impl TestWorld {
    pub fn world(&self) -> World {
        let inner = || self.clone();
        World {
            clock: Arc::new(inner()),
            chance: Arc::new(inner()),
            steps: Arc::new(inner()),
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.now_ms.load(Ordering::SeqCst))
    }

    pub fn advance(&self, by: Span) {
        self.0.now_ms.fetch_add(by.as_ms(), Ordering::SeqCst);
    }

    pub fn set(&self, at: Timestamp) {
        self.0.now_ms.store(at.ms(), Ordering::SeqCst);
    }

    /// Stops dead at the step of this number, counted from now.
    pub fn stop_at(&self, step: i64) {
        self.0.passed.store(0, Ordering::SeqCst);
        self.0.stop_at.store(step, Ordering::SeqCst);
    }

    /// Goes on as a new process: steps pass again.
    pub fn revive(&self) {
        self.0.stop_at.store(-1, Ordering::SeqCst);
    }

    /// How many steps were passed since the last [`Self::stop_at`] or [`Self::count_from_here`].
    pub fn steps_passed(&self) -> i64 {
        self.0.passed.load(Ordering::SeqCst)
    }

    pub fn count_from_here(&self) {
        self.0.passed.store(0, Ordering::SeqCst);
    }
}

impl Clock for TestWorld {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    fn is_moved_by_hand(&self) -> bool {
        true
    }
}

impl Chance for TestWorld {
    /// SplitMix64: the same lots in the same order each time.
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let seed = self
                .0
                .lots
                .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            let mut lot = seed;
            lot = (lot ^ (lot >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            lot = (lot ^ (lot >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let drawn = (lot ^ (lot >> 31)).to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

impl Steps for TestWorld {
    /// An unnamed step only asks whether the process lives; it is not counted.
    fn pass(&self, step: &str) -> Result<(), Dead> {
        let stop_at = self.0.stop_at.load(Ordering::SeqCst);
        let passed = if step.is_empty() {
            self.0.passed.load(Ordering::SeqCst)
        } else {
            self.0.passed.fetch_add(1, Ordering::SeqCst) + 1
        };
        if stop_at >= 0 && passed > stop_at {
            Err(Dead)
        } else {
            Ok(())
        }
    }
}
