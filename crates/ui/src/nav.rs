//! Ways around: the path to here, tabs that are links, and the steps of something with several pages.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use crate::icon::icon;

/// One step of the path to this page.
#[derive(Debug, Clone)]
pub struct Crumb {
    pub words: Text,
    pub href: String,
}

impl Crumb {
    pub fn new(words: Text, href: impl Into<String>) -> Self {
        Self {
            words,
            href: href.into(),
        }
    }
}

/// The path to this page, without the page itself. Nothing if there is no depth.
pub fn crumbs(reader: &Reader, path: &[Crumb]) -> Markup {
    html! {
        @if !path.is_empty() {
            nav.crumbs aria-label=(reader.say(&t!("Path to this page"))) {
                ol {
                    @for crumb in path {
                        li { a href=(crumb.href) { (reader.say(&crumb.words)) } (icon("chevron")) }
                    }
                }
            }
        }
    }
}

/// A view of the same thing at its own address.
#[derive(Debug, Clone)]
pub struct Tab {
    pub words: Text,
    pub href: String,
    pub is_current: bool,
    pub count: Option<i64>,
}

impl Tab {
    pub fn new(words: Text, href: impl Into<String>, is_current: bool) -> Self {
        Self {
            words,
            href: href.into(),
            is_current,
            count: None,
        }
    }

    #[must_use]
    pub fn count(mut self, count: i64) -> Self {
        self.count = Some(count);
        self
    }
}

pub fn tabs(reader: &Reader, label: &Text, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(reader.say(label)) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.is_current.then_some("page")] {
                    (reader.say(&tab.words))
                    @if let Some(count) = tab.count { span.count { (reader.number(count)) } }
                }
            }
        }
    }
}

/// Where one is on a way of several pages, such as a checkout. `current` counts from 0.
pub fn steps(reader: &Reader, names: &[Text], current: usize) -> Markup {
    html! {
        ol.steps aria-label=(reader.say(&t!("Steps"))) {
            @for (place, name) in names.iter().enumerate() {
                li data-state=(step_state(place, current)) aria-current=[(place == current).then_some("step")] {
                    span.dot aria-hidden="true" {
                        @if place < current { (icon("check")) } @else { (place + 1) }
                    }
                    (reader.say(name))
                }
            }
        }
    }
}

fn step_state(place: usize, current: usize) -> &'static str {
    match place.cmp(&current) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "ahead",
    }
}
