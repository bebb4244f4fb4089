//! How each kind of field is drawn. The label, the hint and the error are tied to the input by id.

use kit::{Currency, Reader, Text, t};
use maud::{Markup, html};

use super::field::{Choice, Field, Kind, Need};
use crate::icon::icon;

/// What every input of one field shares.
struct Ties<'a> {
    reader: &'a Reader,
    id: String,
    described_by: Option<String>,
    is_wrong: bool,
}

impl Field {
    pub(super) fn render(&self, reader: &Reader, form: &str, error: Option<&Text>) -> Markup {
        let id = self.id(form);
        let hint = self.hint.is_some().then(|| format!("{id}-hint"));
        let wrong = error.is_some().then(|| format!("{id}-error"));
        let described_by: Vec<String> = wrong.into_iter().chain(hint).collect();
        let ties = Ties {
            reader,
            id,
            described_by: (!described_by.is_empty()).then(|| described_by.join(" ")),
            is_wrong: error.is_some(),
        };
        html! {
            div.field data-kind=(self.kind.word()) data-width=(self.width) data-wrong[error.is_some()] {
                @match &self.kind {
                    Kind::Cards | Kind::Ticks { .. } => (self.group(&ties, error)),
                    Kind::Tick { is_on } => (self.tick(&ties, *is_on, error)),
                    _ => {
                        label for=(ties.id) { (self.label_words(reader)) }
                        (self.below_label(&ties, error))
                        (self.input(&ties))
                    },
                }
            }
        }
    }

    fn label_words(&self, reader: &Reader) -> Markup {
        let says_optional = self.need == Need::Optional && !self.is_fixed;
        html! {
            (reader.say(&self.label))
            @if says_optional { span.optional { " " (reader.say(&t!("(optional)"))) } }
        }
    }

    fn below_label(&self, ties: &Ties<'_>, error: Option<&Text>) -> Markup {
        html! {
            @if let Some(hint) = &self.hint { p.hint id={ (ties.id) "-hint" } { (ties.reader.say(hint)) } }
            @if let Some(error) = error {
                p.error id={ (ties.id) "-error" } { (icon("warning")) (ties.reader.say(error)) }
            }
        }
    }

    fn input(&self, ties: &Ties<'_>) -> Markup {
        match &self.kind {
            Kind::Area { rows } => html! {
                textarea id=(ties.id) name=(self.name) rows=(rows) maxlength=[self.limits.longest]
                    required[self.is_required()] disabled[self.is_fixed] autofocus[self.has_focus]
                    placeholder=[&self.placeholder]
                    aria-describedby=[&ties.described_by] aria-invalid=[ties.is_wrong.then_some("true")]
                    { "\n" (self.value) }
            },
            Kind::Select => self.select(ties),
            Kind::Money {
                currency_name,
                currency,
                choices,
            } => html! {
                span.joined {
                    (self.plain_input(ties, "text", Some("decimal")))
                    (currency_part(ties.reader, currency_name, *currency, choices))
                }
            },
            Kind::File { accept } => html! {
                input type="file" id=(ties.id) name=(self.name) accept=(accept) required[self.is_required()]
                    aria-describedby=[&ties.described_by] aria-invalid=[ties.is_wrong.then_some("true")];
            },
            Kind::Secret { is_set } => self.secret(ties, *is_set),
            Kind::Input("code") => self.plain_input(ties, "text", Some("numeric")),
            Kind::Input(kind) => self.with_unit(ties, &self.plain_input(ties, kind, None)),
            Kind::Tick { .. } | Kind::Ticks { .. } | Kind::Cards => html! {},
        }
    }

    fn plain_input(&self, ties: &Ties<'_>, kind: &str, mode: Option<&str>) -> Markup {
        let shown = (kind != "password").then_some(&self.value);
        html! {
            input type=(kind) id=(ties.id) name=(self.name) value=[shown] inputmode=[mode]
                required[self.is_required()] disabled[self.is_fixed] autofocus[self.has_focus]
                autocomplete=[self.autocomplete] placeholder=[&self.placeholder]
                min=[&self.limits.min] max=[&self.limits.max] step=[&self.limits.step]
                maxlength=[self.limits.longest]
                aria-describedby=[&ties.described_by] aria-invalid=[ties.is_wrong.then_some("true")];
        }
    }

    fn with_unit(&self, ties: &Ties<'_>, input: &Markup) -> Markup {
        html! {
            @match &self.unit {
                Some(unit) => span.joined { (input) span.unit { (ties.reader.say(unit)) } },
                None => (input),
            }
        }
    }

    fn secret(&self, ties: &Ties<'_>, is_set: bool) -> Markup {
        let kept = ties.reader.say(&t!("Kept. Type only to replace it."));
        html! {
            input type="password" id=(ties.id) name=(self.name) required[self.is_required() && !is_set]
                autocomplete=[self.autocomplete] placeholder=[is_set.then_some(kept)]
                aria-describedby=[&ties.described_by] aria-invalid=[ties.is_wrong.then_some("true")];
        }
    }

    fn select(&self, ties: &Ties<'_>) -> Markup {
        html! {
            select id=(ties.id) name=(self.name) required[self.is_required()] disabled[self.is_fixed]
                autofocus[self.has_focus] autocomplete=[self.autocomplete]
                aria-describedby=[&ties.described_by] aria-invalid=[ties.is_wrong.then_some("true")] {
                @if !self.is_required() && !self.options.iter().any(|option| option.value.is_empty()) {
                    option value="" { (ties.reader.say(&t!("None"))) }
                }
                @for option in &self.options {
                    option value=(option.value) selected[option.value == self.value]
                        disabled[option.refused.is_some()] { (ties.reader.say(&option.label)) }
                }
            }
        }
    }

    fn tick(&self, ties: &Ties<'_>, is_on: bool, error: Option<&Text>) -> Markup {
        html! {
            div.tick {
                input type="checkbox" id=(ties.id) name=(self.name) value="on" checked[is_on]
                    required[self.is_required()] disabled[self.is_fixed]
                    aria-describedby=[&ties.described_by] aria-invalid=[ties.is_wrong.then_some("true")];
                label for=(ties.id) { (ties.reader.say(&self.label)) }
            }
            (self.below_label(ties, error))
        }
    }

    fn group(&self, ties: &Ties<'_>, error: Option<&Text>) -> Markup {
        html! {
            fieldset id=(ties.id) tabindex="-1" disabled[self.is_fixed] aria-describedby=[&ties.described_by] {
                legend { (self.label_words(ties.reader)) }
                (self.below_label(ties, error))
                div.choices {
                    @for (place, option) in self.options.iter().enumerate() { (self.one_of_group(ties, place, option)) }
                }
            }
        }
    }

    fn one_of_group(&self, ties: &Ties<'_>, place: usize, option: &Choice) -> Markup {
        let (kind, is_on) = match &self.kind {
            Kind::Ticks { chosen } => ("checkbox", chosen.contains(&option.value)),
            _ => ("radio", option.value == self.value),
        };
        let more = option.refused.as_ref().or(option.sentence.as_ref());
        let id = format!("{}-{place}", ties.id);
        html! {
            label.choice for=(id) data-refused[option.refused.is_some()] {
                input type=(kind) id=(id) name=(self.name) value=(option.value) checked[is_on]
                    disabled[option.refused.is_some()]
                    required[self.is_required() && kind == "radio"];
                span.words {
                    span.title { (ties.reader.say(&option.label)) }
                    @if let Some(more) = more { span.sentence { (ties.reader.say(more)) } }
                }
            }
        }
    }
}

fn currency_part(
    reader: &Reader,
    name: &str,
    chosen: Option<Currency>,
    choices: &[Currency],
) -> Markup {
    html! {
        @if choices.is_empty() {
            @if let Some(currency) = chosen { span.unit { (currency) } }
        } @else {
            select name=(name) aria-label=(reader.say(&t!("Currency"))) {
                @for currency in choices { option value=(currency) selected[Some(*currency) == chosen] { (currency) } }
            }
        }
    }
}

impl Kind {
    fn word(&self) -> &'static str {
        match self {
            Self::Input(kind) => kind,
            Self::Area { .. } => "area",
            Self::Select => "select",
            Self::Tick { .. } => "tick",
            Self::Ticks { .. } => "ticks",
            Self::Cards => "cards",
            Self::Money { .. } => "money",
            Self::File { .. } => "file",
            Self::Secret { .. } => "secret",
        }
    }
}
