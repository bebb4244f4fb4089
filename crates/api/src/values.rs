//! Values as JSON shows them: moments, money, lengths of time, pages of lists.

use kit::id::Id;
use kit::{Currency, FieldError, FormErrors, Length, Money, PageAsked, PageOf, Timestamp, Unit, t};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A moment, RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

/// A moment that may never come: absent then.
pub fn moment(at: Timestamp) -> Option<Moment> {
    at.some().map(Moment)
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Timestamp::parse_rfc3339(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a moment is written as 2026-11-22T13:52:00Z"))
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment in UTC, RFC 3339."))
            .into()
    }
}

impl ToSchema for Moment {}

/// Money in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    #[schema(example = 1500)]
    pub amount_minor: i64,
    /// ISO 4217.
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            amount_minor: money.amount_minor,
            currency: money.currency.code().to_owned(),
        }
    }
}

impl Amount {
    /// What somebody sent: not negative, not absurd, in a currency that this house knows.
    pub fn read(&self) -> Result<Money, FieldError> {
        let currency = Currency::parse(&self.currency)?;
        if (0..=Money::LARGEST_MINOR).contains(&self.amount_minor) {
            Ok(Money::new(self.amount_minor, currency))
        } else {
            Err(FieldError::Invalid(t!(
                "The amount must be zero or more, and not absurdly large."
            )))
        }
    }
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub count: u32,
    /// `days`, `weeks`, `months`, `years`, or `once` for without end.
    #[schema(example = "months")]
    pub unit: String,
}

impl From<Length> for Stretch {
    fn from(length: Length) -> Self {
        Self {
            count: length.count,
            unit: length.unit.word().to_owned(),
        }
    }
}

impl Stretch {
    pub fn read(&self) -> Result<Length, FieldError> {
        let unit = word(&self.unit, Unit::parse)?;
        if (1..=1000).contains(&self.count) {
            Ok(Length {
                count: self.count,
                unit,
            })
        } else {
            Err(FieldError::Invalid(t!(
                "Please enter a whole number from {least} to {most}.",
                least = 1_i64,
                most = 1000_i64
            )))
        }
    }
}

/// One of the words of a list.
pub fn word<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, FieldError> {
    parse(text).ok_or_else(|| {
        FieldError::Invalid(t!(
            "“{word}” is not one of the words that can stand here. The documentation lists them.",
            word = text.chars().take(60).collect::<String>()
        ))
    })
}

/// Like [`word`], for a filter that may be absent.
pub fn wished<T>(
    field: &str,
    text: Option<&String>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, FormErrors> {
    text.map(|text| word(text, &parse))
        .transpose()
        .map_err(|error| FormErrors::one(field, error.text()))
}

/// A page of a list; `next` begins the next page, and is null on the last.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    pub fn of<R>(page: PageOf<R>, show: impl FnMut(R) -> T) -> Self {
        Self {
            data: page.rows.into_iter().map(show).collect(),
            next: page.next,
        }
    }

    /// A page of a list that is short by nature and was read whole; its marks are ids.
    pub fn whole<R>(
        asked: &PageAsked,
        rows: Vec<R>,
        id: impl Fn(&R) -> String,
        show: impl FnMut(R) -> T,
    ) -> Self {
        let begin = match &asked.after {
            Some(mark) => rows
                .iter()
                .position(|row| id(row) == *mark)
                .map(|at| at + 1),
            None => None,
        };
        let rest = rows.into_iter().skip(begin.unwrap_or(0));
        let most = usize::try_from(asked.probe()).unwrap_or(usize::MAX);
        Self::of(PageOf::cut(rest.take(most).collect(), asked, id), show)
    }
}

/// An id that was sent in a field.
pub fn id_of<T: Id>(field: &str, text: &str) -> Result<T, FormErrors> {
    T::parse(text).ok_or_else(|| FormErrors::one(field, FieldError::UnknownId.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_was_read_whole_is_paged_all_the_same() {
        let page = |after: Option<&str>| {
            let asked = PageAsked::new(2, after.map(str::to_owned));
            Page::whole(&asked, vec![1, 2, 3], ToString::to_string, |n| n)
        };
        let first = page(None);
        assert_eq!((first.data, first.next.as_deref()), (vec![1, 2], Some("2")));
        let last = page(Some("2"));
        assert_eq!((last.data, last.next), (vec![3], None));
    }

    #[test]
    fn negative_and_absurd_amounts_are_refused() {
        let amount = |amount_minor| Amount {
            amount_minor,
            currency: "EUR".to_owned(),
        };
        assert!(amount(1500).read().is_ok());
        assert!(amount(-1).read().is_err());
        assert!(amount(i64::MAX).read().is_err());
    }
}
