//! What opens over the page, by the browser's own means: asking once more, dialogs, and small menus.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use crate::form::CSRF_FIELD;
use crate::icon::icon;

/// A button that asks once before it does what cannot easily be taken back.
#[derive(Debug)]
pub struct Confirm {
    id: String,
    words: Text,
    action: String,
    csrf: String,
    question: Option<Text>,
    sentence: Option<Text>,
    really: Text,
    fields: Vec<(String, String)>,
    more: Option<Markup>,
    is_danger: bool,
    size: &'static str,
}

/// Never inside another form: the question is a form itself.
///
/// `id` is unique on the page; `words` stand on the button that opens the question.
pub fn confirm(
    id: impl Into<String>,
    words: Text,
    action: impl Into<String>,
    csrf: impl Into<String>,
) -> Confirm {
    Confirm {
        id: id.into(),
        really: words.clone(),
        words,
        action: action.into(),
        csrf: csrf.into(),
        question: None,
        sentence: None,
        fields: Vec::new(),
        more: None,
        is_danger: true,
        size: "normal",
    }
}

impl Confirm {
    /// Names the thing: "Delete the plan “Solo”?"
    #[must_use]
    pub fn question(mut self, question: Text) -> Self {
        self.question = Some(question);
        self
    }

    /// What will happen, and whether it can be taken back.
    #[must_use]
    pub fn sentence(mut self, sentence: Text) -> Self {
        self.sentence = Some(sentence);
        self
    }

    /// On the button that does it, if other than on the one that asks.
    #[must_use]
    pub fn really(mut self, words: Text) -> Self {
        self.really = words;
        self
    }

    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Shown between sentence and buttons: a preview, or fields that go along.
    #[must_use]
    pub fn more(mut self, more: Markup) -> Self {
        self.more = Some(more);
        self
    }

    /// For what is worth a question but takes nothing away.
    #[must_use]
    pub fn harmless(mut self) -> Self {
        self.is_danger = false;
        self
    }

    #[must_use]
    pub fn small(mut self) -> Self {
        self.size = "small";
        self
    }

    pub fn render(self, reader: &Reader) -> Markup {
        let kind = if self.is_danger {
            "danger-quiet"
        } else {
            "plain"
        };
        html! {
            button.button type="button" data-kind=(kind) data-size=(self.size) popovertarget=(self.id) {
                span { (reader.say(&self.words)) }
            }
            (self.question_box(reader))
        }
    }

    fn question_box(&self, reader: &Reader) -> Markup {
        let kind = if self.is_danger { "danger" } else { "primary" };
        let question = self.question.as_ref().unwrap_or(&self.words);
        html! {
            div.dialog popover id=(self.id) role="dialog" aria-labelledby={ (self.id) "-title" } {
                form method="post" action=(self.action) {
                    h2 id={ (self.id) "-title" } { (reader.say(question)) }
                    @if let Some(sentence) = &self.sentence { p { (reader.say(sentence)) } }
                    @if let Some(more) = &self.more { (more) }
                    input type="hidden" name=(CSRF_FIELD) value=(self.csrf);
                    @for (name, value) in &self.fields { input type="hidden" name=(name) value=(value); }
                    div.last {
                        button.button type="button" popovertarget=(self.id) popovertargetaction="hide" {
                            span { (reader.say(&t!("Keep as it is"))) }
                        }
                        button.button type="submit" data-kind=(kind) { span { (reader.say(&self.really)) } }
                    }
                }
            }
        }
    }
}

/// A button that opens `body` over the page.
pub fn dialog(reader: &Reader, id: &str, words: &Text, title: &Text, body: &Markup) -> Markup {
    html! {
        button.button type="button" popovertarget=(id) { span { (reader.say(words)) } }
        div.dialog popover id=(id) role="dialog" aria-labelledby={ (id) "-title" } {
            header {
                h2 id={ (id) "-title" } { (reader.say(title)) }
                button.icon-button type="button" popovertarget=(id) popovertargetaction="hide"
                    aria-label=(reader.say(&t!("Close"))) { (icon("cross")) }
            }
            (body)
        }
    }
}

/// A small menu behind three dots, e.g. at the end of a table row.
#[derive(Debug)]
pub struct Menu {
    label: Text,
    items: Vec<MenuEntry>,
}

#[derive(Debug)]
enum MenuEntry {
    Link(String, Text),
    Post(String, String, Text),
    Other(Markup),
}

/// `label` is said to those who do not see the dots: "More for Mara Okafor".
pub fn menu(label: Text) -> Menu {
    Menu {
        label,
        items: Vec::new(),
    }
}

impl Menu {
    #[must_use]
    pub fn link(mut self, href: impl Into<String>, words: Text) -> Self {
        self.items.push(MenuEntry::Link(href.into(), words));
        self
    }

    #[must_use]
    pub fn post(mut self, action: impl Into<String>, csrf: impl Into<String>, words: Text) -> Self {
        self.items
            .push(MenuEntry::Post(action.into(), csrf.into(), words));
        self
    }

    #[must_use]
    pub fn item(mut self, item: Markup) -> Self {
        self.items.push(MenuEntry::Other(item));
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            details.menu-button name="menu" {
                summary.icon-button aria-label=(reader.say(&self.label)) { (icon("dots")) }
                ul.menu-list { @for item in &self.items { li { (item.render(reader)) } } }
            }
        }
    }
}

impl MenuEntry {
    fn render(&self, reader: &Reader) -> Markup {
        match self {
            Self::Link(href, words) => html! { a href=(href) { (reader.say(words)) } },
            Self::Post(action, csrf, words) => html! {
                form method="post" action=(action) {
                    input type="hidden" name=(CSRF_FIELD) value=(csrf);
                    button type="submit" { (reader.say(words)) }
                }
            },
            Self::Other(markup) => markup.clone(),
        }
    }
}
