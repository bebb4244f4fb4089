//! Chance in tests that look elsewhere each time, and can be made to look there again.

use std::time::Duration;

/// What one run draws. The seed is printed, and repeats it as far as the machine does.
pub struct Lots(u64);

impl Lots {
    /// `PLAYHOUSE_TEST_SEED`, or one that no other run has had.
    pub fn new() -> Self {
        let given = std::env::var("PLAYHOUSE_TEST_SEED").ok();
        let seed = given.map_or_else(
            || app::world::real().now().ms().unsigned_abs(),
            |words| words.parse().expect("PLAYHOUSE_TEST_SEED is a number"),
        );
        eprintln!("PLAYHOUSE_TEST_SEED={seed}");
        Self(seed)
    }

    /// A number below that, by a linear congruential generator (Knuth's MMIX).
    pub fn below(&mut self, end: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    pub fn ms_below(&mut self, end: u64) -> Duration {
        Duration::from_millis(self.below(end))
    }
}
