//! Translations of one language, read from a JSON file that an operator can add or change.
//!
//! `{"English sentence": "translation", "{n} day": {"one": "…", "other": "…"}}`; a context is put before
//! the key with a bar: `"verb|Open"`. Keys that are missing are said in English.

use std::collections::HashMap;

use serde::Deserialize;

use crate::text::Text;

/// Translations of one language.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    language: String,
    entries: HashMap<String, Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Entry {
    Plain(String),
    Counted { one: String, other: String },
}

/// Months in full and short, and how a day is written: by language, as CLDR has them (release 47).
struct Habits {
    months: [&'static str; 12],
    short_months: [&'static str; 12],
    day_dot: &'static str,
    decimal: char,
    group: char,
}

const ENGLISH: Habits = Habits {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    short_months: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    day_dot: "",
    decimal: '.',
    group: ',',
};

const GERMAN: Habits = Habits {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_months: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
        "Dez.",
    ],
    day_dot: ".",
    decimal: ',',
    group: '.',
};

impl Catalogue {
    /// English: every key is its own translation.
    pub fn english() -> Self {
        Self {
            language: "en".to_owned(),
            entries: HashMap::new(),
        }
    }

    /// Reads a file. The error says where it is not such a file.
    pub fn parse(language: &str, json: &str) -> Result<Self, String> {
        let entries = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Ok(Self {
            language: language.to_owned(),
            entries,
        })
    }

    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether the key (with its context) has a translation.
    pub fn knows(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub(crate) fn find<'a>(&'a self, text: &'a Text) -> &'a str {
        let entry = match text.context() {
            Some(context) => self.entries.get(&format!("{context}|{}", text.key())),
            None => self.entries.get(text.key()),
        };
        let is_one = text.count() == Some(1);
        match (entry, text.plural()) {
            (Some(Entry::Plain(translation)), _) => translation,
            (Some(Entry::Counted { one, .. }), _) if is_one => one,
            (Some(Entry::Counted { other, .. }), _) => other,
            (None, Some(plural)) if !is_one => plural,
            (None, _) => text.key(),
        }
    }

    fn habits(&self) -> &'static Habits {
        if self.language.starts_with("de") {
            &GERMAN
        } else {
            &ENGLISH
        }
    }

    pub(crate) fn decimal_mark(&self) -> char {
        self.habits().decimal
    }

    pub(crate) fn group_mark(&self) -> char {
        self.habits().group
    }

    pub(crate) fn day(&self, year: i16, month: i8, day: i8) -> String {
        let habits = self.habits();
        format!(
            "{day}{} {} {year}",
            habits.day_dot,
            name_of(&habits.months, month)
        )
    }

    pub(crate) fn short_day(&self, year: i16, month: i8, day: i8) -> String {
        let habits = self.habits();
        format!(
            "{day}{} {} {year}",
            habits.day_dot,
            name_of(&habits.short_months, month)
        )
    }
}

fn name_of(months: &[&'static str; 12], month: i8) -> &'static str {
    usize::try_from(month - 1)
        .ok()
        .and_then(|at| months.get(at))
        .copied()
        .unwrap_or("")
}
