//! Who reads: language, time zone and the habits of writing numbers and dates.

use std::sync::Arc;

use crate::calendar::Zone;
use crate::catalogue::Catalogue;
use crate::money::Money;
use crate::text::{Arg, Text};
use crate::time::Timestamp;

/// Prints texts, money and dates for one person.
#[derive(Debug, Clone)]
pub struct Reader {
    pub zone: Zone,
    /// The language that texts are looked up in; English needs none.
    pub catalogue: Arc<Catalogue>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            zone: Zone::utc(),
            catalogue: Arc::new(Catalogue::english()),
        }
    }
}

impl Reader {
    pub fn new(catalogue: Arc<Catalogue>, zone: Zone) -> Self {
        Self { zone, catalogue }
    }

    /// `en`, `de`, …: for the page's `lang`.
    pub fn language(&self) -> &str {
        self.catalogue.language()
    }

    pub fn say(&self, text: &Text) -> String {
        let pattern = self.catalogue.find(text);
        let mut said = String::with_capacity(pattern.len() + 32);
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            said.push_str(before);
            if let Some(close) = after.find('}') {
                self.say_arg(&mut said, text, &after[1..close]);
                rest = &after[close + 1..];
            } else {
                said.push_str(after);
                rest = "";
            }
        }
        said.push_str(rest);
        said
    }

    fn say_arg(&self, said: &mut String, text: &Text, name: &str) {
        match text.arg(name) {
            Some(Arg::Plain(plain)) => said.push_str(plain),
            Some(Arg::Number(number)) => said.push_str(&self.number(*number)),
            Some(Arg::Money(money)) => said.push_str(&self.money(*money)),
            Some(Arg::Day(moment)) => said.push_str(&self.day(*moment)),
            Some(Arg::Moment(moment)) => said.push_str(&self.moment(*moment)),
            Some(Arg::Text(inner)) => said.push_str(&self.say(inner)),
            // A translation that names an argument which is not there shows its own fault.
            None => {
                said.push('{');
                said.push_str(name);
                said.push('}');
            }
        }
    }

    /// `1,284` or `1.284`.
    pub fn number(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(digits.len() + 4);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(self.catalogue.group_mark());
            }
            grouped.push(digit);
        }
        if number < 0 {
            format!("−{grouped}")
        } else {
            grouped
        }
    }

    /// `6,842.00 EUR`.
    pub fn money(&self, money: Money) -> String {
        format!("{} {}", self.amount(money), money.currency)
    }

    /// The amount without its currency.
    pub fn amount(&self, money: Money) -> String {
        let plain = money.plain();
        let (sign, plain) = plain
            .strip_prefix('-')
            .map_or(("", plain.as_str()), |rest| ("−", rest));
        let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
        let whole = self.number(whole.parse().unwrap_or(i64::MAX));
        let mark = self.catalogue.decimal_mark();
        if part.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}{mark}{part}")
        }
    }

    /// `22 November 2026`; "no end" for [`Timestamp::NEVER`].
    pub fn day(&self, at: Timestamp) -> String {
        if at.is_never() {
            return self.say(&crate::t!("no end"));
        }
        let shown = self.zone.civil(at);
        self.catalogue.day(shown.year(), shown.month(), shown.day())
    }

    /// `22 Nov 2026`.
    pub fn short_day(&self, at: Timestamp) -> String {
        if at.is_never() {
            return self.say(&crate::t!("no end"));
        }
        let shown = self.zone.civil(at);
        self.catalogue
            .short_day(shown.year(), shown.month(), shown.day())
    }

    /// `13:52`.
    pub fn time(&self, at: Timestamp) -> String {
        let shown = self.zone.civil(at);
        format!("{:02}:{:02}", shown.hour(), shown.minute())
    }

    /// `22 November 2026, 13:52`.
    pub fn moment(&self, at: Timestamp) -> String {
        if at.is_never() {
            self.day(at)
        } else {
            format!("{}, {}", self.day(at), self.time(at))
        }
    }

    /// `22 Nov 2026, 13:52`.
    pub fn short_moment(&self, at: Timestamp) -> String {
        if at.is_never() {
            self.day(at)
        } else {
            format!("{}, {}", self.short_day(at), self.time(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::t;

    fn german() -> Reader {
        let file = r#"{ "{name} has paid {amount}.": "{name} hat {amount} bezahlt.",
            "{n} day left": { "one": "noch {n} Tag", "other": "noch {n} Tage" } }"#;
        let catalogue = Catalogue::parse("de", file).expect("a catalogue");
        Reader::new(Arc::new(catalogue), Zone::utc())
    }

    #[test]
    fn a_sentence_is_said_in_the_readers_language_with_their_formats() {
        let text = t!(
            "{name} has paid {amount}.",
            name = "Mara",
            amount = Money::new(684_200, Currency::EUR)
        );
        assert_eq!(text.in_english(), "Mara has paid 6,842.00 EUR.");
        assert_eq!(german().say(&text), "Mara hat 6.842,00 EUR bezahlt.");
    }

    #[test]
    fn counts_choose_their_form() {
        let days = |n| Text::counted(n, "{n} day left", "{n} days left");
        assert_eq!(days(1).in_english(), "1 day left");
        assert_eq!(days(0).in_english(), "0 days left");
        assert_eq!(german().say(&days(3)), "noch 3 Tage");
    }

    #[test]
    fn an_untranslated_sentence_is_said_in_english() {
        assert_eq!(
            german().say(&t!("Nobody translated this.")),
            "Nobody translated this."
        );
    }

    #[test]
    fn braces_in_an_argument_stay_as_they_are() {
        let text = t!("{name} is back", name = "{name} {x}");
        assert_eq!(text.in_english(), "{name} {x} is back");
    }
}
