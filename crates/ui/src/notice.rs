//! What the page says to its reader: notices, the word after a change, empty places that teach, progress.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use crate::badge::Tone;
use crate::chart;
use crate::icon::icon;

/// A message on the page that stays until its cause is gone.
#[derive(Debug)]
pub struct Notice {
    tone: Tone,
    title: Text,
    sentence: Option<Text>,
    action: Option<Markup>,
}

pub fn notice(tone: Tone, title: Text) -> Notice {
    Notice {
        tone,
        title,
        sentence: None,
        action: None,
    }
}

impl Notice {
    /// Why it is so and what to do next.
    #[must_use]
    pub fn sentence(mut self, sentence: Text) -> Self {
        self.sentence = Some(sentence);
        self
    }

    #[must_use]
    pub fn action(mut self, action: Markup) -> Self {
        self.action = Some(action);
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            div.notice data-tone=(self.tone.word()) {
                (icon(self.tone.icon()))
                div.words {
                    p.title { (reader.say(&self.title)) }
                    @if let Some(sentence) = &self.sentence { p { (reader.say(sentence)) } }
                }
                @if let Some(action) = &self.action { div.action { (action) } }
            }
        }
    }
}

/// What was just done, said once on the next page.
#[derive(Debug, Clone)]
pub struct Flash {
    pub tone: Tone,
    pub text: Text,
}

impl Flash {
    pub fn good(text: Text) -> Self {
        Self {
            tone: Tone::Good,
            text,
        }
    }

    pub fn bad(text: Text) -> Self {
        Self {
            tone: Tone::Bad,
            text,
        }
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            div.flash data-tone=(self.tone.word()) role="status" {
                (icon(self.tone.icon()))
                p { (reader.say(&self.text)) }
                button.icon-button type="button" data-dismiss hidden
                    aria-label=(reader.say(&t!("Dismiss"))) { (icon("cross")) }
            }
        }
    }
}

/// A place with nothing in it yet: what belongs here, and how to begin.
#[derive(Debug)]
pub struct Empty {
    icon: &'static str,
    title: Text,
    sentence: Option<Text>,
    action: Option<Markup>,
}

pub fn empty(icon: &'static str, title: Text) -> Empty {
    Empty {
        icon,
        title,
        sentence: None,
        action: None,
    }
}

impl Empty {
    #[must_use]
    pub fn sentence(mut self, sentence: Text) -> Self {
        self.sentence = Some(sentence);
        self
    }

    #[must_use]
    pub fn action(mut self, action: Markup) -> Self {
        self.action = Some(action);
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            div.empty {
                span.mark { (icon(self.icon)) }
                p.title { (reader.say(&self.title)) }
                @if let Some(sentence) = &self.sentence { p { (reader.say(sentence)) } }
                @if let Some(action) = &self.action { div.action { (action) } }
            }
        }
    }
}

/// A long action under way. `None` for `of`: nobody knows yet how much there is.
pub fn progress(reader: &Reader, label: &Text, done: i64, of: Option<i64>) -> Markup {
    html! {
        div.progress role="status" {
            p { span { (reader.say(label)) }
                @if let Some(of) = of { span.count { (reader.number(done)) " / " (reader.number(of)) } } }
            @match of {
                Some(of) => progress max=(of.max(1)) value=(done) aria-label=(reader.say(label)) {},
                None => progress aria-label=(reader.say(label)) {},
            }
        }
    }
}

/// How much of a limit is used, in words and as a bar; warns above nine tenths.
pub fn usage(reader: &Reader, label: &Text, used: i64, of: i64) -> Markup {
    let tone = match used {
        _ if of > 0 && used >= of => Tone::Bad,
        _ if used.saturating_mul(10) >= of.saturating_mul(9) => Tone::Warn,
        _ => Tone::Neutral,
    };
    html! {
        div.usage {
            p { span { (reader.say(label)) } span.count { (reader.number(used)) " / " (reader.number(of)) } }
            (chart::meter(reader, label, used, of, tone))
        }
    }
}
