//! Which of the nightly backups are kept: 7 days, 4 weeks, 6 months.

use kit::{Span, Timestamp};

const DAY: i64 = 86_400_000;
const DAYS: i64 = 7;
const WEEKS: i64 = 4;
const MONTHS: i64 = 6;

/// The moments whose backups may go. Of the last days each is kept, then the oldest of each week, then the
/// oldest of each month of 30 days: so that what is kept today as the week's is still there next week.
pub fn superfluous(mut made: Vec<Timestamp>, now: Timestamp) -> Vec<Timestamp> {
    made.sort();
    let newest = made.last().copied();
    let (mut weeks, mut months) = (Vec::new(), Vec::new());
    made.into_iter()
        .filter(|at| {
            let age = now.since(*at);
            let is_first = |seen: &mut Vec<i64>, length: i64| {
                let slot = at.ms().div_euclid(length * DAY);
                let first = !seen.contains(&slot);
                seen.push(slot);
                first
            };
            let of_week = is_first(&mut weeks, 7) && age <= Span::days(7 * WEEKS);
            let of_month = is_first(&mut months, 30) && age <= Span::days(30 * MONTHS);
            !(age < Span::days(DAYS) || of_week || of_month || Some(*at) == newest)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lives through a year of nights, throwing away each night what is superfluous.
    fn after_a_year() -> Vec<i64> {
        let mut kept: Vec<Timestamp> = Vec::new();
        for night in 0..365 {
            let now = Timestamp::from_ms(1_760_000_000_000 + night * DAY);
            kept.push(now);
            let gone = superfluous(kept.clone(), now);
            kept.retain(|at| !gone.contains(at));
        }
        let last = 1_760_000_000_000 + 364 * DAY;
        kept.iter().map(|at| (last - at.ms()) / DAY).collect()
    }

    #[test]
    fn a_year_leaves_seven_days_four_weeks_and_six_months() {
        let ages = after_a_year();
        let young = ages.iter().filter(|age| **age < 7).count();
        let weeks = ages.iter().filter(|age| (7..=28).contains(*age)).count();
        let months = ages.iter().filter(|age| **age > 28).count();
        assert_eq!(young, 7, "{ages:?}");
        assert!((3..=5).contains(&weeks), "{ages:?}");
        assert!((5..=6).contains(&months), "{ages:?}");
    }

    #[test]
    fn the_newest_stays_however_old_it_is() {
        let old = Timestamp::from_ms(0);
        assert!(superfluous(vec![old], Timestamp::from_ms(900 * DAY)).is_empty());
    }
}
