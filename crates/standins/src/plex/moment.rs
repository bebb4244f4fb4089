//! Points in time as Plex writes them: whole seconds since 1970 here, ISO text there.

use jiff::Timestamp;

/// Milliseconds since 1970 on the stand-ins' clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `2026-01-02T03:04:05Z`
    pub fn iso(self) -> String {
        let whole = Timestamp::from_second(self.seconds()).unwrap_or_default();
        whole.to_string()
    }

    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from the earlier moment to this one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

/// The date and time that a user's XML has where its JSON has ISO text: `2026-01-02 03:04:05 UTC`.
pub fn spelled_out(iso: &str) -> String {
    iso.replace('T', " ").replace('Z', " UTC")
}
