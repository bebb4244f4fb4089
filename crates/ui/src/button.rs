//! Buttons: one that sends its form, a link that looks like one, and one that is a whole small form.

use kit::{Reader, Text};
use maud::{Markup, html};

use crate::form::CSRF_FIELD;
use crate::icon::icon;

/// A button or a link in a button's dress.
#[derive(Debug, Clone)]
pub struct Button {
    words: Text,
    kind: &'static str,
    size: &'static str,
    icon: Option<&'static str>,
    href: Option<String>,
    post: Option<(String, String)>,
    value: Option<(String, String)>,
    form: Option<String>,
}

/// Sends the form it stands in.
pub fn button(words: Text) -> Button {
    Button {
        words,
        kind: "plain",
        size: "normal",
        icon: None,
        href: None,
        post: None,
        value: None,
        form: None,
    }
}

/// Leads somewhere.
pub fn link_button(href: impl Into<String>, words: Text) -> Button {
    Button {
        href: Some(href.into()),
        ..button(words)
    }
}

/// A form of one button: posts to `action` with the cross-site token and nothing else.
pub fn post_button(action: impl Into<String>, csrf: impl Into<String>, words: Text) -> Button {
    Button {
        post: Some((action.into(), csrf.into())),
        ..button(words)
    }
}

impl Button {
    /// The one thing to do on this page.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.kind = "primary";
        self
    }

    /// Takes something away.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.kind = "danger";
        self
    }

    /// Without an outline, for what is needed seldom.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.kind = "quiet";
        self
    }

    #[must_use]
    pub fn large(mut self) -> Self {
        self.size = "large";
        self
    }

    #[must_use]
    pub fn small(mut self) -> Self {
        self.size = "small";
        self
    }

    #[must_use]
    pub fn icon(mut self, name: &'static str) -> Self {
        self.icon = Some(name);
        self
    }

    /// Sent along when this button is the one pressed; for a [`post_button`], a hidden field.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.value = Some((name.into(), value.into()));
        self
    }

    /// Sends the form with this id instead of the one around it.
    #[must_use]
    pub fn of_form(mut self, id: impl Into<String>) -> Self {
        self.form = Some(id.into());
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        match (&self.href, &self.post) {
            (Some(href), _) => self.as_link(reader, href),
            (None, Some((action, csrf))) => html! {
                form.inline method="post" action=(action) {
                    input type="hidden" name=(CSRF_FIELD) value=(csrf);
                    (self.as_button(reader))
                }
            },
            (None, None) => self.as_button(reader),
        }
    }

    fn as_link(&self, reader: &Reader, href: &str) -> Markup {
        html! { a.button href=(href) data-kind=(self.kind) data-size=(self.size) { (self.face(reader)) } }
    }

    fn as_button(&self, reader: &Reader) -> Markup {
        let name = self.value.as_ref().map(|(name, _)| name);
        let value = self.value.as_ref().map(|(_, value)| value);
        html! {
            button.button type="submit" data-kind=(self.kind) data-size=(self.size)
                name=[name] value=[value] form=[&self.form] { (self.face(reader)) }
        }
    }

    fn face(&self, reader: &Reader) -> Markup {
        html! {
            @if let Some(name) = self.icon { (icon(name)) }
            span { (reader.say(&self.words)) }
        }
    }
}
