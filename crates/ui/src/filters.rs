//! The bar above a table: search, filters as links, and what to do with the whole list.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use crate::icon::icon;

/// Search and filter chips. All of it is one GET address, so that a view can be kept as a bookmark.
#[derive(Debug)]
pub struct Filters {
    action: String,
    search: Option<(String, String, Text)>,
    kept: Vec<(String, String)>,
    chips: Vec<Chip>,
    csv: Option<String>,
    extra: Vec<Markup>,
}

#[derive(Debug)]
struct Chip {
    words: Text,
    href: String,
    is_current: bool,
    count: Option<i64>,
}

/// `action` is the page's own address without a query.
pub fn filters(action: impl Into<String>) -> Filters {
    Filters {
        action: action.into(),
        search: None,
        kept: Vec::new(),
        chips: Vec::new(),
        csv: None,
        extra: Vec::new(),
    }
}

impl Filters {
    /// `label` says what can be found: "Name, address or number".
    #[must_use]
    pub fn search(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
        label: Text,
    ) -> Self {
        self.search = Some((name.into(), value.into(), label));
        self
    }

    /// A parameter that a new search keeps, e.g. the current filter.
    #[must_use]
    pub fn keep(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.kept.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn chip(self, words: Text, href: impl Into<String>, is_current: bool) -> Self {
        self.push(words, href.into(), is_current, None)
    }

    #[must_use]
    pub fn counted_chip(
        self,
        words: Text,
        href: impl Into<String>,
        is_current: bool,
        count: i64,
    ) -> Self {
        self.push(words, href.into(), is_current, Some(count))
    }

    fn push(mut self, words: Text, href: String, is_current: bool, count: Option<i64>) -> Self {
        self.chips.push(Chip {
            words,
            href,
            is_current,
            count,
        });
        self
    }

    /// Where the same list comes as a file.
    #[must_use]
    pub fn csv(mut self, href: impl Into<String>) -> Self {
        self.csv = Some(href.into());
        self
    }

    #[must_use]
    pub fn extra(mut self, extra: Markup) -> Self {
        self.extra.push(extra);
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        html! {
            div.filters {
                @if let Some((name, value, label)) = &self.search { (self.search_form(reader, name, value, label)) }
                @if !self.chips.is_empty() {
                    nav.chips aria-label=(reader.say(&t!("Filters"))) {
                        @for chip in &self.chips { (chip.render(reader)) }
                    }
                }
                div.far {
                    @for extra in &self.extra { (extra) }
                    @if let Some(href) = &self.csv {
                        a.button href=(href) data-kind="quiet" download {
                            (icon("download")) span { (reader.say(&t!("Export as CSV"))) }
                        }
                    }
                }
            }
        }
    }

    fn search_form(&self, reader: &Reader, name: &str, value: &str, label: &Text) -> Markup {
        html! {
            form.search role="search" aria-label=(reader.say(&t!("This list"))) method="get" action=(self.action) {
                @for (name, value) in &self.kept { input type="hidden" name=(name) value=(value); }
                (icon("search"))
                input type="search" name=(name) value=(value) autocomplete="off"
                    placeholder=(reader.say(label)) aria-label=(reader.say(label));
            }
        }
    }
}

impl Chip {
    fn render(&self, reader: &Reader) -> Markup {
        html! {
            a.chip href=(self.href) aria-current=[self.is_current.then_some("true")] {
                (reader.say(&self.words))
                @if let Some(count) = self.count { span.count { (reader.number(count)) } }
            }
        }
    }
}

/// A table with [`crate::Table::select`], and what can be done with the chosen rows.
///
/// The form stands beside the table, not around it: row menus hold forms of their own, and forms cannot
/// be nested. `buttons` are submit buttons with a name and value; `table_id` is the table's id.
pub fn bulk_bar(
    reader: &Reader,
    table_id: &str,
    action: &str,
    csrf: &str,
    buttons: &[Markup],
    table: &Markup,
) -> Markup {
    html! {
        div.bulk {
            (table)
            form.bulk-bar id=(bulk_form_of(table_id)) method="post" action=(action) {
                input type="hidden" name=(crate::CSRF_FIELD) value=(csrf);
                span { (reader.say(&t!("With the chosen ones:"))) }
                @for button in buttons { (button) }
            }
        }
    }
}

/// The id of the form that a table's check boxes belong to.
pub(crate) fn bulk_form_of(table_id: &str) -> String {
    format!("{table_id}-bulk")
}
