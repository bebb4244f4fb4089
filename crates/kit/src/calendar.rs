//! Lengths of time as people agree on them ("3 months"), and their ends in a time zone.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::stored::stored_words;
use crate::time::Timestamp;

stored_words! {
    /// The unit of a [`Length`].
    pub enum Unit {
        Days = "days",
        Weeks = "weeks",
        Months = "months",
        Years = "years",
        /// Without end: bought once, or permanent.
        Once = "once",
    }
}

/// A number of units, e.g. 3 months. `Once` has no end whatever the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Length {
    pub count: u32,
    pub unit: Unit,
}

impl Length {
    pub const ENDLESS: Self = Self {
        count: 1,
        unit: Unit::Once,
    };

    pub const fn days(count: u32) -> Self {
        Self {
            count,
            unit: Unit::Days,
        }
    }

    pub const fn months(count: u32) -> Self {
        Self {
            count,
            unit: Unit::Months,
        }
    }

    pub const fn years(count: u32) -> Self {
        Self {
            count,
            unit: Unit::Years,
        }
    }
}

/// A time zone by its IANA name, known to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// `None` if there is no zone of this name in the bundled database.
    pub fn parse(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name.trim()).ok().map(Self)
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day of the month (1–31) at this moment here: the anchor that later months return to.
    pub fn day_of_month(&self, at: Timestamp) -> i8 {
        self.civil(at).day()
    }

    /// The date and time that a clock on the wall shows here.
    pub fn civil(&self, at: Timestamp) -> civil::DateTime {
        jiff::Timestamp::from_millisecond(at.ms())
            .unwrap_or(jiff::Timestamp::MAX)
            .to_zoned(self.0.clone())
            .datetime()
    }

    /// The moment at which the clock on the wall shows this; a time that daylight saving skips moves on,
    /// one that it repeats is the first.
    pub fn moment(&self, shown: civil::DateTime) -> Timestamp {
        shown
            .to_zoned(self.0.clone())
            .map_or(Timestamp::NEVER, |zoned| {
                Timestamp::from_ms(zoned.timestamp().as_millisecond())
            })
    }

    /// The first moment of this day here.
    pub fn start_of_day(&self, at: Timestamp) -> Timestamp {
        self.moment(self.civil(at).date().to_datetime(civil::Time::midnight()))
    }

    /// Where a stretch that starts at `start` ends.
    ///
    /// Months and years return to `anchor_day` (1–31) and clamp at the end of short months:
    /// with anchor 31, 31 January → 28 February → 31 March.
    pub fn end_of(&self, start: Timestamp, length: Length, anchor_day: i8) -> Timestamp {
        if length.unit == Unit::Once || start.is_never() {
            return Timestamp::NEVER;
        }
        let shown = self.civil(start);
        let count = i64::from(length.count);
        let date = match length.unit {
            Unit::Days => later_by_days(shown.date(), count),
            Unit::Weeks => later_by_days(shown.date(), count.saturating_mul(7)),
            Unit::Months => later_by_months(shown.date(), count, anchor_day),
            Unit::Years => later_by_months(shown.date(), count.saturating_mul(12), anchor_day),
            Unit::Once => None,
        };
        date.map_or(Timestamp::NEVER, |date| {
            self.moment(date.to_datetime(shown.time()))
        })
    }
}

fn later_by_days(date: civil::Date, days: i64) -> Option<civil::Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

fn later_by_months(date: civil::Date, months: i64, anchor_day: i8) -> Option<civil::Date> {
    let first = civil::Date::new(date.year(), date.month(), 1).ok()?;
    let month = first
        .checked_add(jiff::Span::new().try_months(months).ok()?)
        .ok()?;
    let day = anchor_day.clamp(1, month.days_in_month());
    civil::Date::new(month.year(), month.month(), day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("a moment")
    }

    #[test]
    fn months_return_to_their_anchor_day_after_a_short_month() {
        let zone = Zone::utc();
        let february = zone.end_of(at("2026-01-31T10:00:00Z"), Length::months(1), 31);
        let march = zone.end_of(february, Length::months(1), 31);
        assert_eq!(february, at("2026-02-28T10:00:00Z"));
        assert_eq!(march, at("2026-03-31T10:00:00Z"));
    }

    #[test]
    fn a_day_across_daylight_saving_ends_at_the_same_wall_time() {
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let end = zone.end_of(at("2026-03-28T11:00:00Z"), Length::days(1), 28);
        assert_eq!(end, at("2026-03-29T10:00:00Z"));
    }

    #[test]
    fn absurd_lengths_end_never_and_do_not_panic() {
        let absurd = Length {
            count: u32::MAX,
            unit: Unit::Years,
        };
        assert!(
            Zone::utc()
                .end_of(at("2026-01-31T10:00:00Z"), absurd, 31)
                .is_never()
        );
    }
}
