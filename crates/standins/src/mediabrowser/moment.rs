//! Points in time as .NET writes them (seven digits after the point), and ticks of 100 ns.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// Ticks in a millisecond: playing time is counted in units of 100 ns.
pub const TICKS_PER_MS: i64 = 10_000;
/// Ticks in a minute.
pub const TICKS_PER_MINUTE: i64 = 60_000 * TICKS_PER_MS;

/// Milliseconds since 1970 on the stand-ins' clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads what a client sends as a date and time; a missing zone means UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let with_zone = text.parse::<Timestamp>();
        let moment = with_zone
            .or_else(|_| format!("{text}Z").parse::<Timestamp>())
            .ok()?;
        Some(Self(moment.as_millisecond()))
    }

    /// Milliseconds from the earlier moment to this one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let moment = Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(out, "{moment:.7}")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
