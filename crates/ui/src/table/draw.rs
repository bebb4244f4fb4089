//! How a table is drawn.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use super::{Column, Table};
use crate::filters::bulk_form_of;
use crate::icon::icon;

impl<T> Table<'_, T> {
    pub(super) fn draw(&self, reader: &Reader, rows: &[T], next: Option<&str>) -> Markup {
        html! {
            div.table id=(self.id) {
                @match (&self.empty, rows.is_empty()) {
                    (Some((sentence, action)), true) => (nothing_here(reader, sentence, action.as_ref())),
                    _ => (self.filled(reader, rows)),
                }
                @if let Some(href) = next {
                    nav.pages aria-label=(reader.say(&t!("Pages"))) {
                        a.button href=(href) rel="next" { span { (reader.say(&t!("Next page"))) } (icon("arrow")) }
                    }
                }
            }
        }
    }

    fn filled(&self, reader: &Reader, rows: &[T]) -> Markup {
        let labels: Vec<String> = self
            .columns
            .iter()
            .map(|column| reader.say(&column.label))
            .collect();
        html! {
            table {
                @if let Some(caption) = &self.caption { caption.unseen { (reader.say(caption)) } }
                thead { tr { (self.heads(reader)) } }
                tbody { @for row in rows { (self.row(reader, row, &labels)) } }
            }
        }
    }

    fn heads(&self, reader: &Reader) -> Markup {
        html! {
            @if self.select.is_some() {
                th.select { input type="checkbox" data-select-all hidden aria-label=(reader.say(&t!("Choose all on this page"))); }
            }
            @for column in &self.columns { (self.head(reader, column)) }
            @if self.row_menu.is_some() { th.menu { span.unseen { (reader.say(&t!("More"))) } } }
        }
    }

    fn head(&self, reader: &Reader, column: &Column<'_, T>) -> Markup {
        let words = reader.say(&column.label);
        let sorted = column.sort_key.zip(self.sort.as_ref());
        let state = sorted
            .filter(|(key, sort)| *key == sort.key)
            .map(|(_, sort)| sort.is_descending);
        let spoken = state.map(|down| if down { "descending" } else { "ascending" });
        html! {
            th scope="col" data-numeric[column.is_numeric] data-minor[column.is_minor] aria-sort=[spoken] {
                @match sorted {
                    Some((key, sort)) => a href=((sort.href)(key, state == Some(false))) {
                        (words)
                        @if let Some(down) = state { span.direction aria-hidden="true" { (if down { "↓" } else { "↑" }) } }
                    },
                    None => (words),
                }
            }
        }
    }

    fn row(&self, reader: &Reader, row: &T, labels: &[String]) -> Markup {
        html! {
            tr data-state=[self.row_state.as_ref().map(|state| state(row))] {
                @if let Some(select) = &self.select {
                    td.select {
                        input type="checkbox" form=(bulk_form_of(&self.id)) name=(select.name) value=((select.value)(row))
                            aria-label=(reader.say(&t!("Choose {title}", title = (select.title)(row))));
                    }
                }
                @for (place, (column, label)) in self.columns.iter().zip(labels).enumerate() {
                    td data-label=(label) data-numeric[column.is_numeric] data-minor[column.is_minor] {
                        @match self.row_link.as_ref().filter(|_| place == 0) {
                            Some(href) => a.row-link href=(href(row)) { ((column.cell)(row)) },
                            None => ((column.cell)(row)),
                        }
                    }
                }
                @if let Some(menu) = &self.row_menu { td.menu { (menu(row)) } }
            }
        }
    }
}

fn nothing_here(reader: &Reader, sentence: &Text, action: Option<&Markup>) -> Markup {
    html! {
        div.empty {
            p { (reader.say(sentence)) }
            @if let Some(action) = action { div.action { (action) } }
        }
    }
}
