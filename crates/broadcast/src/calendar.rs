//! A station's week: slots that come once or again, laid out as stretches of time that never lie over each other.
//!
//! Times are those of the station's own clock. On the night when it is put forward, what would begin in the hour that
//! is left out begins when that hour would have been over; on the night when it is put back, in the first of the two.

use jiff::civil::{Date, DateTime};
use kit::id::SlotId;
use kit::{Span, Timestamp, Zone};

use crate::planner::Begins;

/// The most days that one slot may last; what is longer is a rotation.
const LONGEST: i64 = 7;

/// One entry of the calendar, as somebody made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub id: SlotId,
    /// When it begins the first time, by the station's clock.
    pub starts: DateTime,
    /// By the station's clock as well: an hour from 02:00 ends at 03:00 in every night.
    pub minutes: u32,
    pub repeats: Repeats,
    pub begins: Begins,
}

/// How a slot comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repeats {
    Once,
    Weekly {
        /// 1: every week. Counted from the week of the first time, weeks beginning on Monday.
        every: u32,
        days: Days,
        /// The last day on which it may begin. `None`: for ever.
        until: Option<Date>,
        /// Days on which it does not come.
        except: Vec<Date>,
    },
}

/// Days of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(u8);

impl Days {
    /// From Monday (0) to Sunday (6); what is no day is left out.
    pub fn of(days: &[u8]) -> Self {
        Self(
            days.iter()
                .filter(|day| **day < 7)
                .fold(0, |all, day| all | 1 << day),
        )
    }

    fn has(self, date: Date) -> bool {
        self.0 >> date.weekday().to_monday_zero_offset() & 1 == 1
    }
}

/// One time that a slot comes. A slot is its number in the list that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    pub slot: usize,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// A time at which a slot gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    pub occurrence: Occurrence,
    /// The slot that has its time, or a part of it.
    pub by: usize,
}

/// A calendar laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// In the order of time, none over another.
    pub blocks: Vec<Occurrence>,
    /// What had to give way, wholly or in part.
    pub covered: Vec<Covered>,
}

/// Every time that the slots come within `[from, until)`, in the order of time.
pub fn occurrences(
    slots: &[Slot],
    zone: &Zone,
    (from, until): (Timestamp, Timestamp),
) -> Vec<Occurrence> {
    let (first, last) = (zone.civil(from).date(), zone.civil(until).date());
    let mut all = Vec::new();
    for (nth, slot) in slots.iter().enumerate() {
        // One that began days ago may still be under way.
        let mut day = first.saturating_sub(jiff::Span::new().days(LONGEST));
        while day <= last {
            if comes_on(slot, day) {
                let starts = day.to_datetime(slot.starts.time());
                let minutes = i64::from(slot.minutes).min(LONGEST * 24 * 60);
                let ends = starts.saturating_add(jiff::Span::new().minutes(minutes));
                let occurrence = at_its_time(nth, zone, starts, ends, minutes);
                let is_seen = occurrence.from < until && occurrence.until > from;
                if is_seen && occurrence.from < occurrence.until {
                    all.push(occurrence);
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    all.sort_by_key(|one| (one.from, one.slot));
    all
}

fn at_its_time(
    slot: usize,
    zone: &Zone,
    starts: DateTime,
    ends: DateTime,
    minutes: i64,
) -> Occurrence {
    let (from, until) = (zone.moment(starts), zone.moment(ends));
    // The whole of it lay in the hour that a night leaves out: it is played all the same.
    let until = if until > from {
        until
    } else {
        from + Span::minutes(minutes)
    };
    Occurrence { slot, from, until }
}

fn comes_on(slot: &Slot, day: Date) -> bool {
    let first = slot.starts.date();
    match &slot.repeats {
        Repeats::Once => day == first,
        Repeats::Weekly {
            every,
            days,
            until,
            except,
        } => {
            let weeks = (monday(day).since(monday(first))).map_or(0, |span| span.get_days() / 7);
            let in_turn = weeks.unsigned_abs().is_multiple_of((*every).max(1));
            let in_time = day >= first && until.is_none_or(|until| day <= until);
            in_time && in_turn && days.has(day) && !except.contains(&day)
        }
    }
}

fn monday(day: Date) -> Date {
    let into = i64::from(day.weekday().to_monday_zero_offset());
    day.saturating_sub(jiff::Span::new().days(into))
}

/// Lays the slots out. What comes once has its time before what comes again, and of two alike the one that begins later:
/// it ends the other, which comes back only if most of a minute is left of it.
pub fn lay(slots: &[Slot], zone: &Zone, span: (Timestamp, Timestamp)) -> Laid {
    let mut wanted = occurrences(slots, zone, span);
    // The strongest first.
    wanted.sort_by_key(|one| {
        let is_again = slots[one.slot].repeats != Repeats::Once;
        (is_again, std::cmp::Reverse(one.from), one.slot)
    });
    let mut laid = Laid::default();
    for one in wanted {
        let mut left = vec![one];
        for taken in &laid.blocks {
            let over = |piece: &Occurrence| piece.from < taken.until && taken.from < piece.until;
            if left.iter().any(over) {
                laid.covered.push(Covered {
                    occurrence: one,
                    by: taken.slot,
                });
            }
            left = left
                .into_iter()
                .flat_map(|piece| without(piece, taken))
                .collect();
        }
        laid.blocks.extend(left.into_iter().filter(is_worth_it));
    }
    laid.blocks.sort_by_key(|block| block.from);
    laid.covered
        .sort_by_key(|covered| (covered.occurrence.from, covered.by));
    laid
}

/// What is left of a piece beside a block.
fn without(piece: Occurrence, taken: &Occurrence) -> Vec<Occurrence> {
    let before = Occurrence {
        until: piece.until.min(taken.from),
        ..piece
    };
    let after = Occurrence {
        from: piece.from.max(taken.until),
        ..piece
    };
    let is_there = |one: &Occurrence| one.from < one.until;
    if piece.until <= taken.from || taken.until <= piece.from {
        return vec![piece];
    }
    [before, after].into_iter().filter(is_there).collect()
}

fn is_worth_it(piece: &Occurrence) -> bool {
    piece.until.since(piece.from) >= Span::seconds(30)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};
    use kit::id::{Id, SlotId};
    use kit::{Span, Timestamp, Zone};
    use proptest::prelude::*;

    use super::*;

    fn slot(n: usize, starts: DateTime, minutes: u32, repeats: Repeats) -> Slot {
        Slot {
            id: SlotId::parse(&format!("slt_{n}")).unwrap(),
            starts,
            minutes,
            repeats,
            begins: Begins::Exactly,
        }
    }

    fn weekly(every: u32, days: &[u8]) -> Repeats {
        Repeats::Weekly {
            every,
            days: Days::of(days),
            until: None,
            except: Vec::new(),
        }
    }

    fn shown(zone: &Zone, slots: &[Slot], from: DateTime, days: i64) -> Vec<String> {
        let from = zone.moment(from);
        occurrences(slots, zone, (from, from + Span::days(days)))
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    zone.civil(one.from),
                    one.until.since(one.from).as_ms() / 60_000
                )
            })
            .collect()
    }

    #[test]
    fn every_second_week_counts_from_the_week_of_the_first_time() {
        let zone = Zone::utc();
        let mut rule = slot(
            1,
            date(2026, 11, 25).at(20, 0, 0, 0),
            90,
            weekly(2, &[0, 2]),
        );
        let all = std::slice::from_ref(&rule);
        let seen = shown(&zone, all, date(2026, 11, 23).at(0, 0, 0, 0), 28);
        let wanted = [
            "2026-11-25T20:00:00 90",
            "2026-12-07T20:00:00 90",
            "2026-12-09T20:00:00 90",
        ];
        assert_eq!(
            seen, wanted,
            "not before the first, and not in the weeks between"
        );
        rule.repeats = Repeats::Weekly {
            every: 1,
            days: Days::of(&[2]),
            until: Some(date(2026, 12, 9)),
            except: vec![date(2026, 12, 2)],
        };
        let seen = shown(&zone, &[rule], date(2026, 11, 23).at(0, 0, 0, 0), 28);
        assert_eq!(seen, ["2026-11-25T20:00:00 90", "2026-12-09T20:00:00 90"]);
    }

    #[test]
    fn a_show_keeps_its_wall_clock_over_the_changes_of_the_year() {
        let zone = Zone::parse("Europe/Amsterdam").unwrap();
        let evening = slot(1, date(2026, 3, 1).at(20, 0, 0, 0), 60, weekly(1, &[5, 6]));
        let seen = shown(&zone, &[evening], date(2026, 3, 28).at(0, 0, 0, 0), 2);
        assert_eq!(seen, ["2026-03-28T20:00:00 60", "2026-03-29T20:00:00 60"]);
        // The night of 29 March has no 02:30, that of 25 October has two.
        let night = slot(2, date(2026, 1, 4).at(2, 30, 0, 0), 60, weekly(1, &[6]));
        let spring = shown(
            &zone,
            std::slice::from_ref(&night),
            date(2026, 3, 29).at(0, 0, 0, 0),
            1,
        );
        assert_eq!(
            spring,
            ["2026-03-29T03:30:00 60"],
            "its whole hour is left out, not it"
        );
        let autumn = shown(&zone, &[night], date(2026, 10, 25).at(0, 0, 0, 0), 1);
        assert_eq!(
            autumn,
            ["2026-10-25T02:30:00 120"],
            "until 03:30 by the clock"
        );
    }

    #[test]
    fn what_comes_once_has_its_time_and_the_rest_is_said() {
        let zone = Zone::utc();
        let daily = slot(
            0,
            date(2026, 11, 23).at(10, 0, 0, 0),
            120,
            weekly(1, &[0, 1, 2, 3, 4, 5, 6]),
        );
        let special = slot(1, date(2026, 11, 24).at(10, 30, 0, 0), 30, Repeats::Once);
        let from = zone.moment(date(2026, 11, 24).at(0, 0, 0, 0));
        let laid = lay(&[daily, special], &zone, (from, from + Span::days(1)));
        let at = |minutes| from + Span::minutes(minutes);
        let pieces: Vec<(usize, Timestamp, Timestamp)> = laid
            .blocks
            .iter()
            .map(|one| (one.slot, one.from, one.until))
            .collect();
        assert_eq!(
            pieces,
            [
                (0, at(600), at(630)),
                (1, at(630), at(660)),
                (0, at(660), at(720))
            ]
        );
        assert_eq!(laid.covered.len(), 1);
        assert_eq!(
            (laid.covered[0].occurrence.slot, laid.covered[0].by),
            (0, 1)
        );
    }

    proptest! {
        #[test]
        fn nothing_lies_over_another_and_nothing_goes_without_a_word(
            starts in proptest::collection::vec((0_i64..2_880, 5_u32..600, any::<bool>()), 1..12),
        ) {
            let zone = Zone::parse("Europe/Amsterdam").unwrap();
            let first = date(2026, 10, 24).at(0, 0, 0, 0);
            let slots: Vec<Slot> = starts
                .iter()
                .enumerate()
                .map(|(n, (minute, length, once))| {
                    let starts = first.saturating_add(jiff::Span::new().minutes(*minute));
                    let repeats = if *once { Repeats::Once } else { weekly(1, &[0, 1, 2, 3, 4, 5, 6]) };
                    slot(n, starts, *length, repeats)
                })
                .collect();
            let from = zone.moment(first);
            let span = (from, from + Span::days(3));
            let laid = lay(&slots, &zone, span);
            for pair in laid.blocks.windows(2) {
                prop_assert!(pair[0].until <= pair[1].from, "{:?}", pair);
            }
            for one in occurrences(&slots, &zone, span) {
                let whole = laid.blocks.contains(&one);
                let is_said = laid.covered.iter().any(|covered| covered.occurrence == one);
                prop_assert!(whole != is_said, "{:?}", one);
            }
        }
    }
}
