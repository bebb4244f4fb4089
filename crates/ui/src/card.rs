//! The grid of a console page, its cards, and figures: one number with what it means.

use kit::{Reader, Text};
use maud::{Markup, html};

use crate::badge::Tone;

/// How many of the grid's twelve columns a card takes where there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Quarter,
    Third,
    /// Five of twelve; stands beside [`Span::Seven`].
    Five,
    Half,
    Seven,
    TwoThirds,
    Full,
}

impl Span {
    const fn columns(self) -> &'static str {
        match self {
            Self::Quarter => "3",
            Self::Third => "4",
            Self::Five => "5",
            Self::Half => "6",
            Self::Seven => "7",
            Self::TwoThirds => "8",
            Self::Full => "12",
        }
    }
}

/// Lays out cards and figures in twelve columns, fewer where the place is narrow.
pub fn grid(cards: &[Markup]) -> Markup {
    html! { div.grid { @for card in cards { (card) } } }
}

/// A surface with a heading.
#[derive(Debug)]
pub struct Card {
    title: Text,
    badge: Option<Markup>,
    aside: Option<Markup>,
    span: Span,
    id: Option<String>,
    is_flush: bool,
}

pub fn card(title: Text) -> Card {
    Card {
        title,
        badge: None,
        aside: None,
        span: Span::Full,
        id: None,
        is_flush: false,
    }
}

impl Card {
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// Beside the heading.
    #[must_use]
    pub fn badge(mut self, badge: Markup) -> Self {
        self.badge = Some(badge);
        self
    }

    /// At the far end of the heading: a quiet link, a span of time, a button.
    #[must_use]
    pub fn aside(mut self, aside: Markup) -> Self {
        self.aside = Some(aside);
        self
    }

    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The body reaches the edges: for tables and rows.
    #[must_use]
    pub fn flush(mut self) -> Self {
        self.is_flush = true;
        self
    }

    pub fn render(self, reader: &Reader, body: &Markup) -> Markup {
        html! {
            section.card id=[self.id] data-span=(self.span.columns()) data-flush[self.is_flush] {
                header {
                    h2 { (reader.say(&self.title)) @if let Some(badge) = self.badge { (badge) } }
                    @if let Some(aside) = self.aside { div.aside { (aside) } }
                }
                div.body { (body) }
            }
        }
    }
}

/// How a number moved. The sentence says against what.
#[derive(Debug, Clone)]
pub struct Delta {
    pub tone: Tone,
    pub is_up: bool,
    pub words: Text,
}

/// One number, what it counts, how it moved and where to see more.
#[derive(Debug)]
pub struct Figure {
    label: Text,
    value: Markup,
    delta: Option<Delta>,
    more: Option<(String, Text)>,
    picture: Option<Markup>,
    span: Span,
}

pub fn figure(label: Text, value: Markup) -> Figure {
    Figure {
        label,
        value,
        delta: None,
        more: None,
        picture: None,
        span: Span::Quarter,
    }
}

impl Figure {
    #[must_use]
    pub fn delta(mut self, delta: Delta) -> Self {
        self.delta = Some(delta);
        self
    }

    /// A quiet line that leads to the list behind the number.
    #[must_use]
    pub fn more(mut self, href: impl Into<String>, words: Text) -> Self {
        self.more = Some((href.into(), words));
        self
    }

    /// A sparkline at the number's side.
    #[must_use]
    pub fn picture(mut self, picture: Markup) -> Self {
        self.picture = Some(picture);
        self
    }

    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    pub fn render(self, reader: &Reader) -> Markup {
        html! {
            section.card.figure data-span=(self.span.columns()) {
                h2.label { (reader.say(&self.label)) }
                p.value { (self.value) }
                @if let Some(picture) = self.picture { div.picture { (picture) } }
                @if let Some(delta) = self.delta {
                    p.delta data-tone=(delta.tone.word()) {
                        span aria-hidden="true" { @if delta.is_up { "▲ " } @else { "▼ " } }
                        (reader.say(&delta.words))
                    }
                }
                @if let Some((href, words)) = self.more {
                    p.more { a href=(href) { (reader.say(&words)) } }
                }
            }
        }
    }
}
