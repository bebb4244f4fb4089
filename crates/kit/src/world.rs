//! Time, chance and the outside world come in as arguments, so that tests move the clock and pull the plug.

use std::fmt;
use std::sync::Arc;

use crate::id::Id;
use crate::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Whether somebody moves it by hand. Nobody then waits by the machine's own time for their turn.
    fn is_moved_by_hand(&self) -> bool {
        false
    }
}

/// Draws lots. The house's own is the operating system's; tests repeat theirs.
pub trait Chance: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The process was stopped at a step; nothing may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dead;

/// Is told of each save and each outgoing call, before and after, so that a test can stop dead between
/// any two. Once it has answered [`Dead`] it goes on doing so: a dead process does nothing more.
pub trait Steps: Send + Sync {
    fn pass(&self, step: &str) -> Result<(), Dead>;
}

/// The three together, cheap to clone.
#[derive(Clone)]
pub struct World {
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub steps: Arc<dyn Steps>,
}

impl World {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn id<T: Id>(&self) -> T {
        T::fresh(self)
    }

    /// `N` bytes of chance.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }

    /// A secret of 128 bits in 26 letters, safe in addresses and headers.
    pub fn token(&self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let bytes = self.bytes::<26>();
        bytes
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
            .collect()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// Steps that never stop: the ordinary running.
#[derive(Debug, Clone, Copy, Default)]
pub struct Onward;

impl Steps for Onward {
    fn pass(&self, _step: &str) -> Result<(), Dead> {
        Ok(())
    }
}
