//! What people type into forms of the office: days, amounts, lengths, ids.

use kit::id::Id;
use kit::{Currency, FieldError, FormErrors, Length, Money, Span, Timestamp, Unit, Zone, t};
use web::Posted;

/// The first moment of a typed day (`2026-11-22`) in the zone; `None` if nothing was typed.
pub fn day(form: &Posted, name: &str, zone: &Zone) -> Result<Option<Timestamp>, FieldError> {
    parse_day(form.text(name), zone)
}

/// Like [`day`], from any text.
pub fn parse_day(typed: &str, zone: &Zone) -> Result<Option<Timestamp>, FieldError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let midnight = Timestamp::parse_rfc3339(&format!("{typed}T00:00:00Z"))
        .ok_or_else(|| FieldError::Invalid(t!("Please choose a day, like 2026-11-22.")))?;
    let day = zone.moment(Zone::utc().civil(midnight));
    // Far beyond any membership; what lies there is a slip of the keys.
    let century = Span::days(36_525);
    if day > Timestamp::EPOCH + century + century || day < Timestamp::EPOCH {
        return Err(FieldError::Invalid(t!(
            "This day is too far away. Please check the year."
        )));
    }
    Ok(Some(day))
}

/// The end of a typed day: the first moment of the next.
pub fn end_of_day(form: &Posted, name: &str, zone: &Zone) -> Result<Option<Timestamp>, FieldError> {
    let day = day(form, name, zone)?;
    Ok(day.map(|day| zone.start_of_day(day + Span::hours(36))))
}

/// How a day stands in a field: `2026-11-22`.
pub fn day_value(at: Timestamp, zone: &Zone) -> String {
    if at.is_never() {
        String::new()
    } else {
        zone.civil(at).date().to_string()
    }
}

pub fn amount(form: &Posted, name: &str, currency: Currency) -> Result<Money, FieldError> {
    let typed = form.required(name, 30)?;
    let money = Money::parse(&typed, currency)?;
    if money.amount_minor > 0 {
        Ok(money)
    } else {
        Err(FieldError::Invalid(t!(
            "Please enter an amount above zero, like 12.50."
        )))
    }
}

/// A count and a unit from two fields; `once` needs no count.
pub fn length(form: &Posted, count: &str, unit: &str) -> Result<Length, FieldError> {
    let unit = Unit::parse(form.text(unit)).unwrap_or(Unit::Months);
    if unit == Unit::Once {
        return Ok(Length::ENDLESS);
    }
    let count = form
        .number(count, 1, 3_650)?
        .and_then(|count| u32::try_from(count).ok())
        .ok_or(FieldError::Required)?;
    Ok(Length { count, unit })
}

/// An id that a field must hold.
pub fn id<T: Id>(form: &Posted, name: &str) -> Result<T, FieldError> {
    match form.text(name).trim() {
        "" => Err(FieldError::Required),
        typed => T::parse(typed).ok_or(FieldError::UnknownId),
    }
}

/// A reason: every grave change keeps one, in the words of whoever makes it.
pub fn reason(form: &Posted, errors: &mut FormErrors) -> String {
    errors
        .keep("reason", form.required("reason", 500))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_the_house_is() {
        let zone = Zone::parse("Pacific/Auckland").expect("a zone");
        let day = parse_day("2026-11-22", &zone)
            .expect("a day")
            .expect("typed");
        assert_eq!(day.rfc3339(), "2026-11-21T11:00:00Z");
        assert_eq!(day_value(day, &zone), "2026-11-22");
    }

    #[test]
    fn what_is_no_day_is_refused_and_nothing_is_no_day() {
        assert_eq!(parse_day(" ", &Zone::utc()), Ok(None));
        for typed in ["22.11.2026", "2026-13-01", "9999-01-01", "tomorrow"] {
            assert!(parse_day(typed, &Zone::utc()).is_err(), "{typed}");
        }
    }
}
