//! What can be wrong with a field of a form, in words.

use crate::t;
use crate::text::Text;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldError {
    Required,
    TooLong {
        most: usize,
    },
    /// The text is not what the field takes; the sentence says what it takes.
    Invalid(Text),
    UnknownId,
}

impl FieldError {
    pub fn text(&self) -> Text {
        match self {
            Self::Required => t!("Please fill this in."),
            Self::TooLong { most } => {
                t!(
                    "This is too long; {most} characters at most.",
                    most = i64::try_from(*most).unwrap_or(i64::MAX)
                )
            }
            Self::Invalid(text) => text.clone(),
            Self::UnknownId => {
                t!("This does not name anything that exists here. Please choose again.")
            }
        }
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().in_english())
    }
}

impl std::error::Error for FieldError {}

/// Errors of a form by field, in the order found. The field `""` is the form as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(String, Text)>);

impl FormErrors {
    pub fn one(field: &str, text: Text) -> Self {
        Self(vec![(field.to_owned(), text)])
    }

    pub fn add(&mut self, field: &str, text: Text) {
        self.0.push((field.to_owned(), text));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn of(&self, field: &str) -> Option<&Text> {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, text)| text)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text))
    }

    /// `Ok` if nothing is wrong.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Keeps the value, or notes the error under the field and gives `None`.
    pub fn keep<T>(&mut self, field: &str, parsed: Result<T, FieldError>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, error.text());
                None
            }
        }
    }
}

/// Text between 1 and `most` characters, trimmed, without control characters.
pub fn required(text: &str, most: usize) -> Result<String, FieldError> {
    match optional(text, most)? {
        Some(text) => Ok(text),
        None => Err(FieldError::Required),
    }
}

/// Like [`required`], but may be empty (`None`).
pub fn optional(text: &str, most: usize) -> Result<Option<String>, FieldError> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(FieldError::TooLong { most });
    }
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t')
    {
        return Err(FieldError::Invalid(t!(
            "This contains characters that cannot be shown. Please type it again."
        )));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
