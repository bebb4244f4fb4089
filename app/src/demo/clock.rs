//! The demo's clock: the machine's, set back, until the history has caught up with the present.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kit::{Clock, Span, Timestamp, World};
use standins::StandinClock;

use crate::world;

/// How much history there is.
pub const HISTORY: Span = Span::days(137);

/// The house's clock and the stand-ins', always set alike. Clones share it.
#[derive(Debug, Clone)]
pub struct DemoClock {
    behind_ms: Arc<AtomicI64>,
    pub standins: StandinClock,
}

impl DemoClock {
    /// Both clocks, set back to where the history begins.
    pub fn months_ago() -> Self {
        let standins = StandinClock::default();
        standins.advance_ms(-HISTORY.as_ms());
        Self {
            behind_ms: Arc::new(AtomicI64::new(HISTORY.as_ms())),
            standins,
        }
    }

    /// Moves on to so long before the present; never back.
    pub fn move_to(&self, before_now: Span) {
        let behind = self.behind_ms.load(Ordering::SeqCst);
        let onward = behind - before_now.as_ms();
        if onward > 0 {
            self.behind_ms.store(before_now.as_ms(), Ordering::SeqCst);
            self.standins.advance_ms(onward);
        }
    }

    /// The real world at the demo's time.
    pub fn world(&self) -> World {
        let real = world::real();
        World {
            clock: Arc::new(Behind {
                real: real.clock.clone(),
                by_ms: self.behind_ms.clone(),
            }),
            ..real
        }
    }
}

/// A clock that is late by so many milliseconds.
struct Behind {
    real: Arc<dyn Clock>,
    by_ms: Arc<AtomicI64>,
}

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        self.real.now() - Span::ms(self.by_ms.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_go_onward_together_and_end_at_the_present() {
        let clock = DemoClock::months_ago();
        let world = clock.world();
        let apart = |clock: &DemoClock| (clock.standins.now_ms() - world.now().ms()).abs();
        assert!(apart(&clock) < 1000);
        clock.move_to(Span::days(3));
        clock.move_to(Span::days(4));
        let late = world::real().now().since(world.now());
        assert!((late.as_ms() - Span::days(3).as_ms()).abs() < 1000);
        assert!(apart(&clock) < 1000);
        clock.move_to(Span::ZERO);
        assert!(world::real().now().since(world.now()).as_ms() < 1000);
    }
}
