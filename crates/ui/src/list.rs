//! Rows that each say one thing and offer one thing to do: "Needs you", streams, devices.

use kit::{Reader, Text};
use maud::{Markup, html};

use crate::badge::Tone;
use crate::icon::icon;

/// One line: a mark, what it is, a quiet second line, and what to do.
#[derive(Debug)]
pub struct Row {
    mark: Markup,
    title: Markup,
    detail: Option<Markup>,
    below: Option<Markup>,
    state: Option<Markup>,
    action: Option<Markup>,
}

/// A row with an icon in the tone's colour and a sentence as its title.
pub fn row(reader: &Reader, tone: Tone, icon_name: &str, title: &Text) -> Row {
    Row {
        mark: html! { span.mark data-tone=(tone.word()) { (icon(icon_name)) } },
        title: html! { (reader.say(title)) },
        detail: None,
        below: None,
        state: None,
        action: None,
    }
}

impl Row {
    /// Instead of the icon: initials, a brand's tile, a poster.
    #[must_use]
    pub fn mark(mut self, mark: Markup) -> Self {
        self.mark = mark;
        self
    }

    /// Instead of the plain title, e.g. with a link.
    #[must_use]
    pub fn title(mut self, title: Markup) -> Self {
        self.title = title;
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: Markup) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Why, and what to do next, as a sentence.
    #[must_use]
    pub fn say(self, reader: &Reader, sentence: &Text) -> Self {
        self.detail(html! { (reader.say(sentence)) })
    }

    /// A meter or a chart below both lines.
    #[must_use]
    pub fn below(mut self, below: Markup) -> Self {
        self.below = Some(below);
        self
    }

    /// A badge before the action.
    #[must_use]
    pub fn state(mut self, state: Markup) -> Self {
        self.state = Some(state);
        self
    }

    #[must_use]
    pub fn action(mut self, action: Markup) -> Self {
        self.action = Some(action);
        self
    }

    fn render(&self) -> Markup {
        html! {
            li.row {
                (self.mark)
                div.what {
                    p.title { (self.title) }
                    @if let Some(detail) = &self.detail { p.detail { (detail) } }
                    @if let Some(below) = &self.below { (below) }
                }
                @if let Some(state) = &self.state { div.state { (state) } }
                @if let Some(action) = &self.action { div.action { (action) } }
            }
        }
    }
}

/// Rows below each other, parted by quiet lines.
#[derive(Debug, Default)]
pub struct Rows {
    lines: Vec<Row>,
    id: Option<String>,
    empty: Option<Text>,
}

pub fn rows() -> Rows {
    Rows::default()
}

impl Rows {
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        self.lines.push(row);
        self
    }

    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.lines.extend(rows);
        self
    }

    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Said when there is no row.
    #[must_use]
    pub fn empty(mut self, sentence: Text) -> Self {
        self.empty = Some(sentence);
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            ul.rows id=[&self.id] {
                @for row in &self.lines { (row.render()) }
                @if let (true, Some(sentence)) = (self.lines.is_empty(), &self.empty) {
                    li.row.none { (reader.say(sentence)) }
                }
            }
        }
    }
}
