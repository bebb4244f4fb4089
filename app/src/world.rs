//! The real world: the machine's clock and the operating system's chance.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use kit::world::Onward;
use kit::{Chance, Clock, Timestamp, World};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
struct MachineClock;

impl Clock for MachineClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's chance.
#[derive(Debug, Clone, Copy)]
struct MachineChance;

impl Chance for MachineChance {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system's chance is drawn"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes)
            .expect("without the system's chance no secret is safe, so nothing may go on");
    }
}

/// Time, chance and steps as they are when nobody tests.
pub fn real() -> World {
    World {
        clock: Arc::new(MachineClock),
        chance: Arc::new(MachineChance),
        steps: Arc::new(Onward),
    }
}
