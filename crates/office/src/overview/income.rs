//! Income of the last days against the month before.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kit::{Currency, Money, Timestamp, t};
use maud::{Markup, html};
use ui::chart::{self, Point};
use ui::{Delta, Span, Tone};
use web::{PageError, Site, Staff};

/// Days that are over, as last summed. A refund may still change them, so they are kept for minutes only.
#[derive(Debug, Clone, Default)]
pub struct IncomeDays(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// By currency and start of the day.
    sums: BTreeMap<(String, i64), i64>,
    until: i64,
}

const KEPT_MS: i64 = 10 * 60 * 1_000;
/// This month and the one before it.
const DAYS: i64 = 59;

impl IncomeDays {
    fn find(&self, now: Timestamp, currency: Currency, day: Timestamp) -> Option<i64> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.until < now.ms() {
            kept.sums.clear();
            kept.until = now.ms() + KEPT_MS;
        }
        kept.sums
            .get(&(currency.code().to_owned(), day.ms()))
            .copied()
    }

    fn keep(&self, currency: Currency, day: Timestamp, minor: i64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.sums
            .insert((currency.code().to_owned(), day.ms()), minor);
    }

    /// Each of the last sixty days with its income, oldest first; today's is always fresh.
    async fn read(
        &self,
        site: &Site,
        currency: Currency,
        zone: &kit::Zone,
    ) -> Result<Vec<(Timestamp, i64)>, PageError> {
        let now = site.now();
        let starts = lists::income::days_until(zone, zone.start_of_day(now), DAYS);
        let mut days = Vec::with_capacity(starts.len());
        for (place, start) in starts.iter().enumerate() {
            let end = starts.get(place + 1);
            let known = end.and_then(|_| self.find(now, currency, *start));
            let minor = match (known, end) {
                (Some(minor), _) => minor,
                (None, Some(end)) => {
                    let minor = lists::income::between(&site.db, currency, *start, *end).await?;
                    self.keep(currency, *start, minor);
                    minor
                }
                (None, None) => {
                    lists::income::between(&site.db, currency, *start, Timestamp::NEVER).await?
                }
            };
            days.push((*start, minor));
        }
        Ok(days)
    }
}

pub async fn card(site: &Site, staff: &Staff, days: &IncomeDays) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let settings = site.settings().await?;
    let currency = settings.currency;
    let days = days.read(site, currency, &settings.zone()).await?;
    let (before, lately) = days.split_at(days.len() / 2);
    let sum = |days: &[(Timestamp, i64)]| days.iter().map(|day| day.1).sum::<i64>();
    let unit = 10_i64.pow(u32::from(currency.digits()));
    let points: Vec<Point> = lately
        .iter()
        .map(|(day, minor)| Point::new(reader.short_day(*day), minor / unit))
        .collect();
    let body = html! {
        p.lead { (ui::money(reader, Money::new(sum(lately), currency))) }
        @if let Some(delta) = against(sum(before), sum(lately)) {
            p.delta data-tone=(delta.tone.word()) {
                span aria-hidden="true" { @if delta.is_up { "▲ " } @else { "▼ " } }
                (reader.say(&delta.words))
            }
        }
        (chart::area(reader, &t!("Income by day, in {currency}", currency = currency.code()), &points))
    };
    let aside = ui::link("/office/payments", &reader.say(&t!("All payments")));
    let card = ui::card(t!("Income, last 30 days"))
        .span(Span::Seven)
        .aside(aside);
    Ok(card.render(reader, &body))
}

/// How the last thirty days stand against the thirty before. `None`: there was nothing to compare with.
fn against(before: i64, lately: i64) -> Option<Delta> {
    if before <= 0 {
        return None;
    }
    let tenths = i128::from(lately - before) * 1_000 / i128::from(before);
    let percent = format!(
        "{}.{}",
        tenths.unsigned_abs() / 10,
        tenths.unsigned_abs() % 10
    );
    Some(Delta {
        tone: if tenths < 0 { Tone::Warn } else { Tone::Good },
        is_up: tenths >= 0,
        words: t!("{percent} % against the 30 days before", percent = percent),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn income_is_compared_only_where_there_was_some() {
        assert!(against(0, 500).is_none());
        let up = against(1_000, 1_084).expect("a delta");
        assert!(up.is_up);
        assert!(up.words.in_english().starts_with("8.4 %"));
        assert!(!against(1_000, 900).expect("a delta").is_up);
    }
}
