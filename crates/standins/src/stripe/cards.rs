//! Test cards, and what each of them does.

use super::answer::Refusal;
use super::calendar::month_number;

/// What a card does when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Pays,
    Declines {
        code: &'static str,
        sentence: &'static str,
    },
    /// Pays after its holder confirmed; off session only if it was set up with a confirmation.
    Confirms,
    /// Pays while the customer is there, is declined afterwards.
    DeclinesLater,
    DisputedLater,
    RefundFails,
    /// A stand-in for bank debits: the money takes days.
    Slow,
    /// The same, and in the end it does not come.
    SlowThenFails,
}

const DECLINED: Manner = Manner::Declines {
    code: "generic_decline",
    sentence: "Your card was declined.",
};
const NO_FUNDS: Manner = Manner::Declines {
    code: "insufficient_funds",
    sentence: "Your card has insufficient funds.",
};

/// Number, the name Stripe gives to a ready payment method, and the manner.
const CARDS: [(&str, &str, Manner); 10] = [
    ("4242424242424242", "pm_card_visa", Manner::Pays),
    ("5555555555554444", "pm_card_mastercard", Manner::Pays),
    ("4000000000000002", "pm_card_visa_chargeDeclined", DECLINED),
    (
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        NO_FUNDS,
    ),
    (
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        Manner::Confirms,
    ),
    (
        "4000000000000341",
        "pm_card_chargeCustomerFail",
        Manner::DeclinesLater,
    ),
    (
        "4000000000000259",
        "pm_card_createDispute",
        Manner::DisputedLater,
    ),
    (
        "4000000000005126",
        "pm_card_refundFail",
        Manner::RefundFails,
    ),
    ("4000000000000077", "pm_card_slow", Manner::Slow),
    (
        "4000000000000093",
        "pm_card_slowThenFails",
        Manner::SlowThenFails,
    ),
];

/// A card as entered.
#[derive(Debug, Clone)]
pub struct Card {
    pub number: String,
    pub month: i64,
    pub year: i64,
}

impl Card {
    /// Checks number and expiry as Stripe's page does: a check digit, and a date to come.
    pub fn parse(number: &str, month: i64, year: i64, now: i64) -> Result<Self, Refusal> {
        let number: String = number
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        if !(12..=19).contains(&number.len()) || !has_check_digit(&number) {
            return Err(Refusal::card("Your card number is invalid.")
                .code("incorrect_number")
                .param("number"));
        }
        let year = if year < 100 { 2_000 + year } else { year };
        let last_month = (year - 1970) * 12 + month - 1;
        if !(1..=12).contains(&month) || last_month < month_number(now) {
            return Err(Refusal::card("Your card has expired.")
                .code("expired_card")
                .param("exp_month"));
        }
        Ok(Self {
            number,
            month,
            year,
        })
    }

    /// One of Stripe's ready payment methods, such as `pm_card_visa`.
    pub fn ready(name: &str) -> Option<Self> {
        let (number, ..) = CARDS.iter().find(|(_, ready, _)| *ready == name)?;
        Some(Self {
            number: (*number).to_owned(),
            month: 12,
            year: 2099,
        })
    }

    pub fn brand(&self) -> &'static str {
        if self.number.starts_with('5') {
            "mastercard"
        } else {
            "visa"
        }
    }

    pub fn last4(&self) -> &str {
        &self.number[self.number.len() - 4..]
    }
}

/// Numbers that are no test card are declined, as live numbers are in test mode.
pub fn manner(number: &str) -> Manner {
    let found = CARDS.iter().find(|(known, ..)| *known == number);
    found.map_or(NO_TEST_CARD, |(.., manner)| *manner)
}

const NO_TEST_CARD: Manner = Manner::Declines {
    code: "test_mode_live_card",
    sentence: "Your card was declined. This is a stand-in: use a test card such as 4242 4242 4242 4242.",
};

/// Luhn's check digit.
fn has_check_digit(number: &str) -> bool {
    let mut sum = 0;
    for (at, letter) in number.chars().rev().enumerate() {
        let Some(digit) = letter.to_digit(10) else {
            return false;
        };
        let doubled = if at % 2 == 1 { digit * 2 } else { digit };
        sum += if doubled > 9 { doubled - 9 } else { doubled };
    }
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_test_cards_pass_the_check_and_typing_errors_do_not() {
        for (number, ..) in CARDS {
            assert!(
                Card::parse(number, 12, 40, 1_800_000_000).is_ok(),
                "{number}"
            );
        }
        assert!(Card::parse("4242424242424241", 12, 40, 0).is_err());
        assert!(Card::parse("42", 12, 40, 0).is_err());
        assert!(Card::parse("4242 4242 4242 4242", 12, 20, 1_800_000_000).is_err());
        assert!(Card::parse("4242424242424242", 13, 40, 0).is_err());
    }
}
