//! Civil dates for billing periods, in UTC: months keep the anchor's day and clamp to the month's end.
//!
//! Written out by hand, because a stand-in must not share its calendar with those it tests.

pub const HOUR_S: i64 = 3_600;
pub const DAY_S: i64 = 86_400;

/// How long one billing period is: 1 month, 2 weeks, …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Days(i64),
    Months(i64),
}

impl Period {
    /// From Stripe's `interval` and `interval_count`. `None` for an interval that Stripe does not have.
    pub fn parse(interval: &str, count: i64) -> Option<Self> {
        match interval {
            "day" => Some(Self::Days(count)),
            "week" => Some(Self::Days(count * 7)),
            "month" => Some(Self::Months(count)),
            "year" => Some(Self::Months(count * 12)),
            _ => None,
        }
    }

    /// The first boundary after `after`, counted from the anchor and not from the last boundary,
    /// so that 31 January goes on to 28 February and back to 31 March.
    pub fn boundary_after(self, anchor: i64, after: i64) -> i64 {
        match self {
            Self::Days(days) => {
                let length = days.max(1) * DAY_S;
                anchor + ((after - anchor).div_euclid(length) + 1) * length
            }
            Self::Months(months) => {
                let months = months.max(1);
                let near = (after - anchor).div_euclid(31 * DAY_S * months).max(0);
                (near..near + 400)
                    .map(|count| add_months(anchor, count * months))
                    .find(|boundary| *boundary > after)
                    .unwrap_or(after + 31 * DAY_S * months)
            }
        }
    }
}

/// The same time of day so many months later, on the anchor's day or the last of the month.
pub fn add_months(at: i64, months: i64) -> i64 {
    let (year, month, day) = civil(at.div_euclid(DAY_S));
    let whole = year * 12 + (month - 1) + months;
    let (year, month) = (whole.div_euclid(12), whole.rem_euclid(12) + 1);
    let day = day.min(days_in(year, month));
    day_number(year, month, day) * DAY_S + at.rem_euclid(DAY_S)
}

/// Months since January 1970, which is 0.
pub fn month_number(at: i64) -> i64 {
    let (year, month, _) = civil(at.div_euclid(DAY_S));
    (year - 1970) * 12 + month - 1
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// Days since 1970-01-01, with years that begin in March so that the leap day comes last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

/// Year, month and day of a day number.
fn civil(day_number_since_1970: i64) -> (i64, i64, i64) {
    let days = day_number_since_1970 + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i64, month: i64, day: i64) -> i64 {
        day_number(year, month, day) * DAY_S + 43_210
    }

    #[test]
    fn months_keep_the_anchor_day_and_clamp() {
        let anchor = at(2027, 1, 31);
        let month = Period::Months(1);
        let february = month.boundary_after(anchor, anchor);
        let march = month.boundary_after(anchor, february);
        assert_eq!((february, march), (at(2027, 2, 28), at(2027, 3, 31)));
        assert_eq!(
            month.boundary_after(anchor, at(2028, 2, 1)),
            at(2028, 2, 29)
        );
    }

    #[test]
    fn every_day_of_four_centuries_survives_the_round_trip() {
        for number in -719_468..=146_097 * 5 - 719_468 {
            let (year, month, day) = civil(number);
            assert_eq!(day_number(year, month, day), number);
        }
        assert_eq!(civil(0), (1970, 1, 1));
    }

    #[test]
    fn weeks_and_years_find_the_next_boundary_far_away() {
        let anchor = at(2024, 2, 29);
        assert_eq!(
            Period::Months(12).boundary_after(anchor, at(2027, 3, 1)),
            at(2028, 2, 29)
        );
        assert_eq!(
            Period::Days(7).boundary_after(anchor, anchor + 20 * DAY_S),
            anchor + 21 * DAY_S
        );
        assert_eq!(
            Period::Months(1).boundary_after(anchor, at(2060, 1, 1)),
            at(2060, 1, 29)
        );
    }
}
