//! Which amounts Stripe takes in which currency.
//!
//! Source: docs.stripe.com/currencies (zero-decimal, three-decimal and special cases, minimum charges).

use super::answer::Refusal;

const TAKEN: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd \
    bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd \
    gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp \
    lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen \
    pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top \
    try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw";

const ZERO_DECIMAL: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";

/// Eight digits: Stripe's largest amount.
const LARGEST: i64 = 99_999_999;

/// The currency in lower case, if Stripe takes it.
pub fn parse(text: &str, param: &str) -> Result<String, Refusal> {
    let code = text.to_lowercase();
    if code.len() == 3 && TAKEN.split_whitespace().any(|taken| taken == code) {
        return Ok(code);
    }
    Err(Refusal::invalid(format!(
        "Invalid currency: {code}. Stripe takes none of that name."
    ))
    .param(param))
}

/// An amount that may be charged; zero passes only where [`charge`] is not asked.
pub fn charge(amount: i64, currency: &str, param: &str) -> Result<(), Refusal> {
    priced(amount, currency, param)?;
    let least = least(currency);
    if amount < least {
        let text = format!(
            "Amount must convert to at least {least} minor units of {currency}; {amount} is less."
        );
        return Err(Refusal::invalid(text).code("amount_too_small").param(param));
    }
    Ok(())
}

/// An amount that a price may carry: not negative, not too large, and in the currency's steps.
pub fn priced(amount: i64, currency: &str, param: &str) -> Result<(), Refusal> {
    if amount < 0 {
        return Err(Refusal::invalid("Invalid non-negative integer")
            .code("parameter_invalid_integer")
            .param(param));
    }
    if amount > LARGEST {
        return Err(
            Refusal::invalid(format!("Amount must be no more than {LARGEST}."))
                .code("amount_too_large")
                .param(param),
        );
    }
    let step = step(currency);
    if amount % step != 0 {
        let text = format!("Amounts in {currency} must be divisible by {step}; {amount} is not.");
        return Err(Refusal::invalid(text).code("invalid_amount").param(param));
    }
    Ok(())
}

/// The króna and the Ugandan shilling have no decimals but are written with two, always 00;
/// three-decimal currencies are charged in steps of ten.
fn step(currency: &str) -> i64 {
    match currency {
        "isk" | "ugx" => 100,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 10,
        _ => 1,
    }
}

fn least(currency: &str) -> i64 {
    match currency {
        "aed" | "myr" | "pln" | "ron" => 200,
        "bgn" => 100,
        "czk" => 1_500,
        "dkk" => 250,
        "gbp" => 30,
        "hkd" => 400,
        "huf" => 17_500,
        "mxn" | "thb" => 1_000,
        "nok" | "sek" => 300,
        "isk" => 7_000,
        "ugx" => 200_000,
        // The remaining minimums are 50, as published or by Stripe's rule of "half a dollar's worth".
        _ => 50,
    }
}

/// An amount for people: `12.34 EUR`, `500 JPY`.
pub fn shown(amount: i64, currency: &str) -> String {
    let code = currency.to_uppercase();
    if ZERO_DECIMAL.split_whitespace().any(|zero| zero == currency) {
        return format!("{amount} {code}");
    }
    let (factor, places) = if step(currency) == 10 {
        (1_000, 3)
    } else {
        (100, 2)
    };
    format!("{}.{:0places$} {code}", amount / factor, amount % factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_has_its_own_steps_and_minimum() {
        assert!(charge(50, "usd", "amount").is_ok());
        assert!(charge(49, "usd", "amount").is_err());
        assert!(charge(29, "gbp", "amount").is_err());
        assert!(charge(17_500, "huf", "amount").is_ok());
        assert!(charge(1_001, "kwd", "amount").is_err());
        assert!(charge(10_050, "isk", "amount").is_err());
        assert!(charge(200_000, "ugx", "amount").is_ok());
        assert!(charge(100_000_000, "usd", "amount").is_err());
        assert!(parse("EUR", "currency").is_ok());
        assert!(parse("eux", "currency").is_err());
    }

    #[test]
    fn amounts_are_shown_as_people_write_them() {
        assert_eq!(shown(1_205, "eur"), "12.05 EUR");
        assert_eq!(shown(500, "jpy"), "500 JPY");
        assert_eq!(shown(1_230, "kwd"), "1.230 KWD");
    }
}
