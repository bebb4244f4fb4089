//! Income by day: money that came in, less what went back.

use db::{DbError, Read, values};
use kit::{Currency, Span, Timestamp};

db::row! {
    struct Sum { minor: i64 }
}

// Rides on `payments_income (currency, settled_at, amount_minor, voided_at)` alone and reads no row of the table.
const RECEIVED: &str = "
    select cast(coalesce(sum(amount_minor), 0) as bigint) as minor
      from payments
     where currency = $1 and settled_at >= $2 and settled_at < $3 and voided_at = 9223372036854775807";

const RETURNED: &str = "
    select cast(coalesce(sum(amount_minor), 0) as bigint) as minor
      from refunds
     where state = 'succeeded' and created_at >= $2 and created_at < $3 and currency = $1";

/// What came in between two moments, less what went back, in one currency's minor units.
pub async fn between(
    mut read: impl Read,
    currency: Currency,
    from: Timestamp,
    until: Timestamp,
) -> Result<i64, DbError> {
    let span = values![currency, from, until];
    let received: Sum = read.one(RECEIVED, span.clone()).await?;
    let returned: Sum = read.one(RETURNED, span).await?;
    Ok(received.minor - returned.minor)
}

/// The starts of the last `days` days before `today` (a day's start), oldest first, and today's.
pub fn days_until(zone: &kit::Zone, today: Timestamp, days: i64) -> Vec<Timestamp> {
    (0..=days)
        .rev()
        // Noon, so that an hour of daylight saving never lands on the day before.
        .map(|back| zone.start_of_day(today + Span::hours(12) - Span::days(back)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::Zone;

    #[test]
    fn days_follow_the_clock_on_the_wall_over_daylight_saving() {
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        // 2026-10-26, the day after the clocks went back.
        let today = zone.start_of_day(Timestamp::from_s(1_793_000_000));
        let days = days_until(&zone, today, 3);
        assert_eq!(days.len(), 4);
        assert_eq!(days.last(), Some(&today));
        assert!(days.iter().all(|day| zone.civil(*day).hour() == 0));
    }
}
