//! How Stripe counts money, currency by currency. It is not ISO 4217 everywhere, so nothing is taken from a
//! money library.
//!
//! Source: docs.stripe.com/currencies, sections on zero-decimal, three-decimal and special-case currencies and
//! on minimum charge amounts (read in November 2026).

use kit::{Currency, Money, Outcome, Refusal, done, t};

/// How amounts of one currency are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    /// Stripe's unit is this much finer than ours.
    pub factor: i64,
    /// Amounts are multiples of this, in Stripe's units.
    pub step: i64,
    /// The smallest charge, in Stripe's units.
    pub minimum: i64,
}

/// The largest amount: eight digits.
const LARGEST: i64 = 99_999_999;

pub(super) fn rule(currency: Currency) -> Rule {
    let (factor, step) = match currency.code() {
        // Has no decimals since 2008, yet is sent with two, which must be 00.
        "ISK" => (100, 100),
        // Three decimals, the last of which must be 0.
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => (1, 10),
        // All others are sent as ISO counts them; HUF and TWD are whole only in payouts.
        _ => (1, 1),
    };
    Rule {
        factor,
        step,
        minimum: minimum(currency.code()),
    }
}

fn minimum(code: &str) -> i64 {
    match code {
        "AED" | "MYR" | "PLN" | "RON" => 200,
        "BGN" => 100,
        "CZK" => 1500,
        "DKK" => 250,
        "GBP" => 30,
        "HKD" => 400,
        "HUF" => 17_500,
        "MXN" | "THB" => 1000,
        "NOK" | "SEK" => 300,
        // The published list ends here; elsewhere it is half a dollar's worth, which Stripe itself judges.
        "CLP" | "ISK" | "KRW" | "VND" | "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 1,
        _ => 50,
    }
}

/// An amount to be charged, as Stripe counts it.
pub(super) fn charged(money: Money) -> Outcome<i64> {
    let rule = rule(money.currency);
    let amount = done!(sent(money));
    if amount < rule.minimum {
        let least = Money::new(rule.minimum / rule.factor, money.currency);
        return Outcome::Refused(Refusal::lasting(
            "amount_too_small",
            t!(
                "Stripe charges {least} at least. Raise the price, or offer a longer period.",
                least = least
            ),
        ));
    }
    Outcome::Done(amount)
}

/// An amount as Stripe counts it, without its minimum: refunds may be small.
pub(super) fn sent(money: Money) -> Outcome<i64> {
    let rule = rule(money.currency);
    let amount = money
        .amount_minor
        .checked_mul(rule.factor)
        .filter(|amount| *amount <= LARGEST);
    let Some(amount) = amount else {
        return Outcome::Refused(Refusal::lasting(
            "amount_too_large",
            t!(
                "{amount} is more than Stripe moves at once. Lower the price.",
                amount = money
            ),
        ));
    };
    if amount % rule.step != 0 {
        return Outcome::Refused(Refusal::lasting(
            "invalid_amount",
            t!(
                "Stripe takes amounts in {currency} only with a last digit of 0. Round the price.",
                currency = money.currency.code()
            ),
        ));
    }
    Outcome::Done(amount)
}

/// An amount that Stripe reports. `None`: a currency that this house does not know.
pub(super) fn received(amount: i64, code: &str) -> Option<Money> {
    let currency = Currency::parse(code).ok()?;
    let factor = rule(currency).factor;
    // Only fees can have parts of a unit; they are rounded to the nearest.
    let minor = (2 * i128::from(amount) + i128::from(factor)).div_euclid(2 * i128::from(factor));
    Some(Money::new(i64::try_from(minor).ok()?, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, Currency::parse(code).expect("a currency"))
    }

    #[test]
    fn ordinary_currencies_are_sent_as_they_are() {
        assert_eq!(charged(money(1500, "EUR")), Outcome::Done(1500));
        assert_eq!(received(1500, "eur"), Some(money(1500, "EUR")));
        assert_eq!(charged(money(17_500, "HUF")), Outcome::Done(17_500));
        assert_eq!(charged(money(1999, "TWD")), Outcome::Done(1999));
    }

    #[test]
    fn currencies_without_decimals_are_not_charged_a_hundredfold() {
        for code in ["JPY", "KRW", "CLP", "VND"] {
            assert_eq!(charged(money(1500, code)), Outcome::Done(1500), "{code}");
            assert_eq!(received(1500, code), Some(money(1500, code)), "{code}");
        }
    }

    #[test]
    fn the_krona_is_sent_with_two_zeros() {
        assert_eq!(charged(money(1500, "ISK")), Outcome::Done(150_000));
        assert_eq!(received(150_000, "isk"), Some(money(1500, "ISK")));
        assert_eq!(received(4_250, "isk"), Some(money(43, "ISK")));
    }

    #[test]
    fn three_decimals_end_in_zero() {
        assert_eq!(charged(money(1230, "KWD")), Outcome::Done(1230));
        assert!(charged(money(1234, "KWD")).done().is_none());
    }

    #[test]
    fn what_is_less_than_the_minimum_is_refused_before_anybody_is_asked() {
        assert!(charged(money(49, "USD")).done().is_none());
        assert!(charged(money(29, "GBP")).done().is_none());
        assert_eq!(charged(money(30, "GBP")), Outcome::Done(30));
        assert_eq!(sent(money(1, "GBP")), Outcome::Done(1));
        assert!(charged(money(100_000_000, "USD")).done().is_none());
    }

    #[test]
    fn every_currency_of_this_house_goes_there_and_back() {
        for currency in Currency::all() {
            let amount = Money::new(98_760, currency);
            let there = sent(amount).done().expect("a round amount");
            assert_eq!(received(there, currency.code()), Some(amount), "{currency}");
        }
    }
}
