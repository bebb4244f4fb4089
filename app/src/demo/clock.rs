//! The demo's clock, which is the stand-ins' own: set back to where the history begins, and moved on from
//! there. Whoever moves it later at a stand-in's `/_control/clock` moves the house as well.

use std::sync::Arc;

use kit::{Clock, Span, Timestamp, World};
use standins::StandinClock;

use crate::world;

/// How much history there is.
pub const HISTORY: Span = Span::days(137);

/// One clock for the house and the stand-ins. Clones share it.
#[derive(Debug, Clone)]
pub struct DemoClock {
    pub standins: StandinClock,
}

impl DemoClock {
    /// Set back to where the history begins.
    pub fn months_ago() -> Self {
        let standins = StandinClock::default();
        standins.advance_ms(-HISTORY.as_ms());
        Self { standins }
    }

    /// Moves on to so long before the present; never back.
    pub fn move_to(&self, before_now: Span) {
        let there = world::real().now() - before_now;
        let onward = there.ms() - self.standins.now_ms();
        if onward > 0 {
            self.standins.advance_ms(onward);
        }
    }

    /// The real world at the demo's time.
    pub fn world(&self) -> World {
        World {
            clock: Arc::new(self.clone()),
            ..world::real()
        }
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.standins.now_ms())
    }

    /// Months pass in seconds: nobody outside is spared by waiting.
    fn is_moved_by_hand(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_onward_and_ends_at_the_present() {
        let clock = DemoClock::months_ago();
        let world = clock.world();
        let late = || world::real().now().since(world.now());
        assert!((late().as_ms() - HISTORY.as_ms()).abs() < 1000);
        clock.move_to(Span::days(3));
        clock.move_to(Span::days(4));
        assert!((late().as_ms() - Span::days(3).as_ms()).abs() < 1000);
        clock.move_to(Span::ZERO);
        assert!(late().as_ms().abs() < 1000);
    }

    #[test]
    fn whoever_moves_the_stand_ins_moves_the_house() {
        let clock = DemoClock::months_ago();
        let world = clock.world();
        let before = world.now();
        clock.standins.advance_ms(Span::days(30).as_ms());
        assert!(world.now().since(before) >= Span::days(30));
    }
}
