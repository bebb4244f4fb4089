//! Texts for people, kept as an English sentence and its arguments until somebody reads them.
//!
//! `t!("{name} has paid {amount}", name = member, amount = money)` makes one. Events, reasons and errors
//! carry and store `Text`; [`crate::Reader::say`] turns it into a sentence of the reader's language.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::reader::Reader;
use crate::stored::{Json, Kind, Stored, Unreadable, Value};
use crate::time::Timestamp;

/// An English sentence as key, with typed arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    #[serde(rename = "t")]
    key: Cow<'static, str>,
    /// The sentence for other counts than one; the count is the argument `n`.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    plural: Option<Cow<'static, str>>,
    /// Tells apart keys that are the same word in English ("Open", verb).
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    context: Option<Cow<'static, str>>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    args: Vec<(Cow<'static, str>, Arg)>,
}

/// An argument, printed in the reader's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// A name or a foreign message, as it is.
    Plain(String),
    Number(i64),
    Money(Money),
    /// Printed as a day.
    Day(Timestamp),
    /// Printed as day and time.
    Moment(Timestamp),
    Text(Box<Text>),
}

impl Text {
    pub const fn new(key: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            plural: None,
            context: None,
            args: Vec::new(),
        }
    }

    /// One sentence for a count of one, one for all others; both may use `{n}`.
    pub fn counted(n: i64, one: &'static str, many: &'static str) -> Self {
        let mut text = Self::new(one).with("n", n);
        text.plural = Some(Cow::Borrowed(many));
        text
    }

    /// Words that are not ours to translate: a name, a title, an outside system's message.
    pub fn verbatim(words: impl Into<String>) -> Self {
        Self::new("{words}").with("words", words.into())
    }

    #[must_use]
    pub fn meaning(mut self, context: &'static str) -> Self {
        self.context = Some(Cow::Borrowed(context));
        self
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, arg: impl Into<Arg>) -> Self {
        self.args.push((Cow::Borrowed(name), arg.into()));
        self
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn plural(&self) -> Option<&str> {
        self.plural.as_deref()
    }

    pub(crate) fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// The count that chooses the plural form.
    pub(crate) fn count(&self) -> Option<i64> {
        match self.arg("n") {
            Some(Arg::Number(n)) => Some(*n),
            _ => None,
        }
    }

    pub fn arg(&self, name: &str) -> Option<&Arg> {
        self.args
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, arg)| arg)
    }

    /// In English and UTC: for logs, and where there is no reader.
    pub fn in_english(&self) -> String {
        Reader::default().say(self)
    }
}

impl Stored for Text {
    const KIND: Kind = Kind::Text;

    fn store(&self) -> Value {
        Json(self.clone()).store()
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        Json::<Self>::read(value).map(|json| json.0)
    }
}

impl From<&str> for Arg {
    fn from(plain: &str) -> Self {
        Self::Plain(plain.to_owned())
    }
}

impl From<String> for Arg {
    fn from(plain: String) -> Self {
        Self::Plain(plain)
    }
}

impl From<&String> for Arg {
    fn from(plain: &String) -> Self {
        Self::Plain(plain.clone())
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Money> for Arg {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}

impl From<Timestamp> for Arg {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Text(Box::new(text))
    }
}

/// Makes a [`Text`]: `t!("Paid")`, `t!("{name} is back", name = who)`.
#[macro_export]
macro_rules! t {
    ($key:literal $(, $name:ident = $arg:expr)* $(,)?) => {
        $crate::Text::new($key)$(.with(stringify!($name), $arg))*
    };
}
