//! Money: whole minor units and a currency. Never a float; amounts of two currencies do not add.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::field::FieldError;
use crate::stored::{Kind, Stored, Unreadable, Value};
use crate::t;

/// An ISO 4217 code that this house knows, e.g. `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Code and digits after the point (ISO 4217, list one). How a *gateway* counts is its driver's own table.
const CURRENCIES: &[(&str, u8)] = &[
    ("AED", 2),
    ("ARS", 2),
    ("AUD", 2),
    ("BGN", 2),
    ("BHD", 3),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CLP", 0),
    ("CNY", 2),
    ("COP", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EGP", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("HUF", 2),
    ("IDR", 2),
    ("ILS", 2),
    ("INR", 2),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KES", 2),
    ("KRW", 0),
    ("KWD", 3),
    ("MAD", 2),
    ("MXN", 2),
    ("MYR", 2),
    ("NGN", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("OMR", 3),
    ("PEN", 2),
    ("PHP", 2),
    ("PKR", 2),
    ("PLN", 2),
    ("QAR", 2),
    ("RON", 2),
    ("RSD", 2),
    ("SAR", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TND", 3),
    ("TRY", 2),
    ("TWD", 2),
    ("UAH", 2),
    ("USD", 2),
    ("VND", 0),
    ("ZAR", 2),
];

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let code = text.trim().to_ascii_uppercase();
        let known = CURRENCIES.iter().find(|(known, _)| *known == code);
        match (known, code.as_bytes()) {
            (Some(_), &[a, b, c]) => Ok(Self([a, b, c])),
            _ => Err(FieldError::Invalid(t!(
                "This is not a currency that can be used here. Use a code such as EUR or USD."
            ))),
        }
    }

    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES
            .iter()
            .filter_map(|(code, _)| Self::parse(code).ok())
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Digits after the point when people write amounts.
    pub fn digits(self) -> u8 {
        let known = CURRENCIES.iter().find(|(code, _)| *code == self.code());
        known.map_or(2, |(_, digits)| *digits)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}

impl Stored for Currency {
    const KIND: Kind = Kind::Text;

    fn store(&self) -> Value {
        Value::Text(self.code().to_owned())
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        let code = String::read(value)?;
        Self::parse(&code).map_err(|_| Unreadable(code))
    }
}

/// An amount in minor units of one currency; negative amounts are money going back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub amount_minor: i64,
    pub currency: Currency,
}

/// Two amounts could not be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    OtherCurrency,
    Overflow,
}

impl Money {
    /// More than any honest price; typed amounts above are refused.
    pub const LARGEST_MINOR: i64 = 100_000_000_000;

    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self {
            amount_minor,
            currency,
        }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub const fn is_zero(self) -> bool {
        self.amount_minor == 0
    }

    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::OtherCurrency);
        }
        let sum = self
            .amount_minor
            .checked_add(other.amount_minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self::new(sum, self.currency))
    }

    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(Self::new(
            other
                .amount_minor
                .checked_neg()
                .ok_or(MoneyError::Overflow)?,
            other.currency,
        ))
    }

    /// Reads what a person typed: `12`, `12.5`, `12,50`. Not negative, not finer than the currency allows.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        let digits = usize::from(currency.digits());
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !plain(whole)
            || !plain(part)
            || part.len() > digits
            || whole.len() > 12
        {
            return Err(FieldError::Invalid(not_an_amount(digits)));
        }
        let padded = format!("{whole}{part:0<digits$}");
        match padded.parse::<i64>() {
            Ok(minor) if minor <= Self::LARGEST_MINOR => Ok(Self::new(minor, currency)),
            _ => Err(FieldError::Invalid(t!(
                "This amount is too large to be meant."
            ))),
        }
    }

    /// `12.50`, with a point, without the currency.
    pub fn plain(self) -> String {
        let digits = usize::from(self.currency.digits());
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let minor = self.amount_minor.unsigned_abs().to_string();
        if digits == 0 {
            return format!("{sign}{minor}");
        }
        let padded = format!("{minor:0>width$}", width = digits + 1);
        let (whole, part) = padded.split_at(padded.len() - digits);
        format!("{sign}{whole}.{part}")
    }
}

fn not_an_amount(digits: usize) -> crate::Text {
    if digits == 0 {
        t!("This is not an amount. This currency has no decimals; write it like 1200.")
    } else {
        t!("This is not an amount. Write it like 12.50, without a sign or currency.")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.plain(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_amounts_become_minor_units_of_their_currency() {
        let jpy = Currency::parse("JPY").expect("a currency");
        let kwd = Currency::parse("kwd").expect("a currency");
        assert_eq!(
            Money::parse("12,5", Currency::EUR)
                .expect("an amount")
                .amount_minor,
            1250
        );
        assert_eq!(
            Money::parse("1200", jpy).expect("an amount").amount_minor,
            1200
        );
        assert_eq!(
            Money::parse("1.5", kwd).expect("an amount").amount_minor,
            1500
        );
        for bad in [
            "",
            "-1",
            "1.234",
            "1e3",
            "1.2.3",
            ".5",
            "99999999999999",
            "12 EUR",
        ] {
            assert!(
                Money::parse(bad, Currency::EUR).is_err(),
                "{bad:?} was taken"
            );
        }
        assert!(Money::parse("1.5", jpy).is_err());
    }

    #[test]
    fn two_currencies_do_not_add() {
        let dollars = Money::new(1, Currency::parse("USD").expect("a currency"));
        assert_eq!(
            Money::new(1, Currency::EUR).plus(dollars),
            Err(MoneyError::OtherCurrency)
        );
    }
}
