//! A list of labels and values: what is known about one thing.

use kit::{Reader, Text};
use maud::{Markup, html};

/// What is known about one thing, line by line.
#[derive(Debug, Default)]
pub struct Facts {
    lines: Vec<(Text, Markup, Option<Text>)>,
}

pub fn facts() -> Facts {
    Facts::default()
}

impl Facts {
    #[must_use]
    pub fn line(mut self, label: Text, value: Markup) -> Self {
        self.lines.push((label, value, None));
        self
    }

    /// Left out if there is no value.
    #[must_use]
    pub fn maybe(self, label: Text, value: Option<Markup>) -> Self {
        match value {
            Some(value) => self.line(label, value),
            None => self,
        }
    }

    /// With a sentence that says why the value is what it is.
    #[must_use]
    pub fn explained(mut self, label: Text, value: Markup, why: Text) -> Self {
        self.lines.push((label, value, Some(why)));
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            dl.facts {
                @for (label, value, why) in &self.lines {
                    div {
                        dt { (reader.say(label)) }
                        dd {
                            (value)
                            @if let Some(why) = why { p.why { (reader.say(why)) } }
                        }
                    }
                }
            }
        }
    }
}
