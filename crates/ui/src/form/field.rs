//! The fields of a form: what is asked, how, and what was typed last time.

use kit::{Currency, Text};

/// Whether a field has to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Optional,
    Required,
    /// Another answer decides; nothing is said beside the label.
    Depends,
}

/// One question of a form.
#[derive(Debug, Clone)]
pub struct Field {
    pub(super) name: String,
    pub(super) label: Text,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) hint: Option<Text>,
    pub(super) need: Need,
    pub(super) width: &'static str,
    pub(super) is_fixed: bool,
    pub(super) has_focus: bool,
    pub(super) autocomplete: Option<&'static str>,
    pub(super) placeholder: Option<String>,
    pub(super) limits: Limits,
    pub(super) options: Vec<Choice>,
    pub(super) unit: Option<Text>,
}

/// What the browser checks already; the server checks again.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    pub min: Option<String>,
    pub max: Option<String>,
    pub step: Option<String>,
    pub longest: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Input(&'static str),
    Area {
        rows: u32,
    },
    Select,
    Tick {
        is_on: bool,
    },
    Ticks {
        chosen: Vec<String>,
    },
    Cards,
    Money {
        currency_name: String,
        currency: Option<Currency>,
        choices: Vec<Currency>,
    },
    File {
        accept: String,
    },
    Secret {
        is_set: bool,
    },
}

/// One of several answers.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub value: String,
    pub label: Text,
    pub sentence: Option<Text>,
    /// Why it cannot be chosen now.
    pub refused: Option<Text>,
}

fn field(name: impl Into<String>, label: Text, kind: Kind) -> Field {
    Field {
        name: name.into(),
        label,
        kind,
        value: String::new(),
        hint: None,
        need: Need::Optional,
        width: "full",
        is_fixed: false,
        has_focus: false,
        autocomplete: None,
        placeholder: None,
        limits: Limits::default(),
        options: Vec::new(),
        unit: None,
    }
}

pub fn text(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("text"))
}

pub fn email(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("email")).autocomplete("email")
}

pub fn url(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("url"))
        .autocomplete("off")
        .placeholder("https://")
}

pub fn phone(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("tel")).autocomplete("tel")
}

/// A password to sign in with; use `.autocomplete("new-password")` where one is chosen.
pub fn password(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("password")).autocomplete("current-password")
}

/// A code of digits, from an app or a letter.
pub fn code(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("code")).autocomplete("one-time-code")
}

pub fn number(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("number"))
}

/// A day; the value is `2026-11-22`.
pub fn date(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("date"))
}

/// A day and time without zone; the value is `2026-11-22T13:52`.
pub fn moment(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("datetime-local"))
}

pub fn colour(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Input("color"))
}

pub fn area(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Area { rows: 4 })
}

/// One of several, in a closed list.
pub fn select(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Select)
}

/// One of a few, all in sight, each with room for a sentence.
pub fn cards(name: impl Into<String>, label: Text) -> Field {
    field(name, label, Kind::Cards)
}

/// Yes or no; sends `on` or nothing.
pub fn tick(name: impl Into<String>, label: Text, is_on: bool) -> Field {
    field(name, label, Kind::Tick { is_on })
}

/// Any number of several; sends its name once for each.
pub fn ticks(name: impl Into<String>, label: Text, chosen: Vec<String>) -> Field {
    field(name, label, Kind::Ticks { chosen })
}

/// An amount in a fixed currency.
pub fn money(name: impl Into<String>, label: Text, currency: Currency) -> Field {
    let kind = Kind::Money {
        currency_name: String::new(),
        currency: Some(currency),
        choices: Vec::new(),
    };
    field(name, label, kind)
}

/// An amount and its currency, which is sent as `currency_name`.
pub fn money_in(
    name: impl Into<String>,
    label: Text,
    currency_name: impl Into<String>,
    chosen: Currency,
    choices: impl IntoIterator<Item = Currency>,
) -> Field {
    let kind = Kind::Money {
        currency_name: currency_name.into(),
        currency: Some(chosen),
        choices: choices.into_iter().collect(),
    };
    field(name, label, kind)
}

/// `accept` is the browser's list of types, e.g. `image/png,image/jpeg`.
pub fn file(name: impl Into<String>, label: Text, accept: impl Into<String>) -> Field {
    field(
        name,
        label,
        Kind::File {
            accept: accept.into(),
        },
    )
}

/// A key or password of an outside system: never shown again. Left empty, the kept one stays.
pub fn secret(name: impl Into<String>, label: Text, is_set: bool) -> Field {
    field(name, label, Kind::Secret { is_set }).autocomplete("off")
}

impl Field {
    /// What was typed, or what is stored. A secret ignores it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// A sentence below the label: what it is for, or what to write.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    #[must_use]
    pub fn required(mut self) -> Self {
        self.need = Need::Required;
        self
    }

    /// Shares its line with the next half field where there is room.
    #[must_use]
    pub fn half(mut self) -> Self {
        self.width = "half";
        self
    }

    /// Shown, but not to be changed here; it is not sent.
    #[must_use]
    pub fn fixed(mut self) -> Self {
        self.is_fixed = true;
        self
    }

    /// Says nothing of being optional: another answer decides whether it is.
    #[must_use]
    pub fn unmarked(mut self) -> Self {
        self.need = Need::Depends;
        self
    }

    pub(super) fn is_required(&self) -> bool {
        self.need == Need::Required
    }

    /// Has the cursor when the page opens. At most one on a page.
    #[must_use]
    pub fn focus(mut self) -> Self {
        self.has_focus = true;
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// An example of what to write. Never in place of a label.
    #[must_use]
    pub fn placeholder(mut self, example: impl Into<String>) -> Self {
        self.placeholder = Some(example.into());
        self
    }

    #[must_use]
    pub fn between(mut self, min: i64, max: i64) -> Self {
        self.limits.min = Some(min.to_string());
        self.limits.max = Some(max.to_string());
        self
    }

    #[must_use]
    pub fn at_least(mut self, min: i64) -> Self {
        self.limits.min = Some(min.to_string());
        self
    }

    /// For a [`date`] or [`moment`]: the first and the last that can be chosen, written as its value is.
    #[must_use]
    pub fn within(mut self, earliest: Option<String>, latest: Option<String>) -> Self {
        self.limits.min = earliest;
        self.limits.max = latest;
        self
    }

    /// How fine a [`number`] may be: "0.5", or "any".
    #[must_use]
    pub fn step(mut self, step: impl Into<String>) -> Self {
        self.limits.step = Some(step.into());
        self
    }

    #[must_use]
    pub fn longest(mut self, characters: usize) -> Self {
        self.limits.longest = Some(characters);
        self
    }

    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.kind = Kind::Area { rows };
        self
    }

    /// Behind the input: "days", "kbit/s".
    #[must_use]
    pub fn unit(mut self, unit: Text) -> Self {
        self.unit = Some(unit);
        self
    }

    #[must_use]
    pub fn option(self, value: impl Into<String>, label: Text) -> Self {
        self.choice(value.into(), label, None, None)
    }

    #[must_use]
    pub fn options<V: Into<String>>(
        mut self,
        options: impl IntoIterator<Item = (V, Text)>,
    ) -> Self {
        for (value, label) in options {
            self = self.option(value, label);
        }
        self
    }

    /// With a sentence that helps to choose; [`cards`] and [`ticks`] show it.
    #[must_use]
    pub fn explained(self, value: impl Into<String>, label: Text, sentence: Text) -> Self {
        self.choice(value.into(), label, Some(sentence), None)
    }

    /// Shown but not to be chosen, with the reason.
    #[must_use]
    pub fn refused(self, value: impl Into<String>, label: Text, reason: Text) -> Self {
        self.choice(value.into(), label, None, Some(reason))
    }

    fn choice(
        mut self,
        value: String,
        label: Text,
        sentence: Option<Text>,
        refused: Option<Text>,
    ) -> Self {
        self.options.push(Choice {
            value,
            label,
            sentence,
            refused,
        });
        self
    }

    /// Takes what was sent in place of what was offered. Passwords and files are typed anew.
    pub(super) fn take(&mut self, values_of: impl Fn(&str) -> Vec<String>) {
        if self.is_fixed {
            return;
        }
        let values = values_of(&self.name);
        match &mut self.kind {
            Kind::Tick { is_on } => *is_on = !values.is_empty(),
            Kind::Ticks { chosen } => *chosen = values,
            Kind::Money {
                currency_name,
                currency,
                ..
            } => {
                let sent = values_of(currency_name);
                let sent = sent.first().and_then(|code| Currency::parse(code).ok());
                *currency = sent.or(*currency);
                self.value = values.into_iter().next().unwrap_or_default();
            }
            _ => self.value = values.into_iter().next().unwrap_or_default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn label(&self) -> &Text {
        &self.label
    }

    pub(super) fn id(&self, form: &str) -> String {
        format!(
            "{form}-{}",
            self.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        )
    }

    pub(super) fn takes_file(&self) -> bool {
        matches!(self.kind, Kind::File { .. })
    }
}
