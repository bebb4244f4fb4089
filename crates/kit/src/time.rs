//! Moments and spans: whole milliseconds, UTC. Calendar arithmetic is in [`crate::calendar`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A span in milliseconds; never negative in our use, though the type does not forbid it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Timestamp {
    /// Later than any real moment; stands for "no end", so that sort columns are never null.
    pub const NEVER: Self = Self(i64::MAX);
    pub const EPOCH: Self = Self(0);

    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn from_s(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds, rounded down.
    pub const fn s(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub const fn is_never(self) -> bool {
        self.0 == i64::MAX
    }

    /// `self` unless it is [`Self::NEVER`].
    pub fn some(self) -> Option<Self> {
        (!self.is_never()).then_some(self)
    }

    /// The span from `earlier` until now; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Span {
        Span((self.0.saturating_sub(earlier.0)).max(0))
    }

    /// `2026-11-22T13:52:00Z`, for the REST interface and logs.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(
            |_| "9999-12-31T23:59:59Z".to_owned(),
            |moment| moment.to_string(),
        )
    }

    /// Reads RFC 3339. `None` if the text is not such a moment.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.trim()
            .parse::<jiff::Timestamp>()
            .ok()
            .map(|moment| Self(moment.as_millisecond()))
    }
}

impl Span {
    pub const ZERO: Self = Self(0);

    pub const fn ms(ms: i64) -> Self {
        Self(ms)
    }
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1000)
    }
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }
    /// Days of 24 hours; calendar days are [`crate::Length`]'s.
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }
    pub const fn as_ms(self) -> i64 {
        self.0
    }
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(u64::try_from(self.0).unwrap_or(0))
    }
}

impl std::ops::Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        if self.is_never() {
            self
        } else {
            Self(self.0.saturating_add(span.0))
        }
    }
}

impl std::ops::Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        if self.is_never() {
            self
        } else {
            Self(self.0.saturating_sub(span.0))
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}
