//! What happened, in order, and what is still to be set up.

use kit::{Reader, Text, Timestamp, t};
use maud::{Markup, html};

use crate::badge::Tone;
use crate::icon::icon;
use crate::value;

/// One thing that happened.
#[derive(Debug)]
pub struct Moment {
    pub at: Timestamp,
    pub icon: &'static str,
    pub tone: Tone,
    pub sentence: Text,
    /// Who did it: a name, a schedule, a gateway.
    pub actor: Option<Text>,
    /// Why, in a whole sentence.
    pub reason: Option<Text>,
}

impl Moment {
    pub fn new(at: Timestamp, icon: &'static str, tone: Tone, sentence: Text) -> Self {
        Self {
            at,
            icon,
            tone,
            sentence,
            actor: None,
            reason: None,
        }
    }

    #[must_use]
    pub fn by(mut self, actor: Text) -> Self {
        self.actor = Some(actor);
        self
    }

    #[must_use]
    pub fn because(mut self, reason: Text) -> Self {
        self.reason = Some(reason);
        self
    }
}

/// The story of a member, a payment or a server, newest first as given.
#[derive(Debug, Default)]
pub struct Timeline {
    moments: Vec<Moment>,
    empty: Option<Text>,
}

pub fn timeline(moments: Vec<Moment>) -> Timeline {
    Timeline {
        moments,
        empty: None,
    }
}

impl Timeline {
    #[must_use]
    pub fn empty(mut self, sentence: Text) -> Self {
        self.empty = Some(sentence);
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            @if let (true, Some(sentence)) = (self.moments.is_empty(), &self.empty) {
                p.none { (reader.say(sentence)) }
            } @else {
                ol.timeline { @for moment in &self.moments { (one(reader, moment)) } }
            }
        }
    }
}

fn one(reader: &Reader, moment: &Moment) -> Markup {
    html! {
        li {
            span.mark data-tone=(moment.tone.word()) { (icon(moment.icon)) }
            div.what {
                p { (reader.say(&moment.sentence)) }
                @if let Some(reason) = &moment.reason { p.reason { (reader.say(reason)) } }
                p.when {
                    (value::ago(reader, moment.at))
                    @if let Some(actor) = &moment.actor { " · " (reader.say(actor)) }
                }
            }
        }
    }
}

/// What a new house still needs, each with where to do it.
#[derive(Debug, Default)]
pub struct Checklist {
    items: Vec<(bool, Text, Text, String)>,
}

pub fn checklist() -> Checklist {
    Checklist::default()
}

impl Checklist {
    #[must_use]
    pub fn item(
        mut self,
        is_done: bool,
        title: Text,
        sentence: Text,
        href: impl Into<String>,
    ) -> Self {
        self.items.push((is_done, title, sentence, href.into()));
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            ol.checklist {
                @for (is_done, title, sentence, href) in &self.items {
                    li data-state=(if *is_done { "done" } else { "open" }) {
                        span.tick { @if *is_done { (icon("check")) } }
                        div.what {
                            p.title {
                                a href=(href) { (reader.say(title)) }
                                span.unseen { " " (reader.say(&if *is_done { t!("(done)") } else { t!("(to do)") })) }
                            }
                            p.detail { (reader.say(sentence)) }
                        }
                        (icon("chevron"))
                    }
                }
            }
        }
    }
}
