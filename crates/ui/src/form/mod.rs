//! Forms: fields below each other, what is wrong on top and at each field, and one button to send.

mod draw;
pub mod field;

use kit::{FormErrors, Reader, Text, t};
use maud::{Markup, html};

use crate::icon::icon;
pub use field::Field;

/// The hidden field that carries the cross-site token in every form that posts.
pub const CSRF_FIELD: &str = "csrf";

/// A form in the making.
#[derive(Debug)]
pub struct Form {
    action: String,
    method: &'static str,
    id: String,
    csrf: Option<String>,
    errors: FormErrors,
    parts: Vec<Part>,
    submit: Option<(Text, &'static str)>,
    cancel: Option<String>,
    beside: Vec<Markup>,
}

#[derive(Debug)]
enum Part {
    Field(Box<Field>),
    Hidden(String, String),
    Heading(Text, Option<Text>),
    Other(Markup),
}

/// A form that posts to `action`; `csrf` is the visitor's cross-site token.
pub fn form(action: impl Into<String>, csrf: impl Into<String>) -> Form {
    Form {
        method: "post",
        csrf: Some(csrf.into()),
        ..get_form(action)
    }
}

/// A form that only asks: its fields become the query of `action`.
pub fn get_form(action: impl Into<String>) -> Form {
    Form {
        action: action.into(),
        method: "get",
        id: "form".to_owned(),
        csrf: None,
        errors: FormErrors::default(),
        parts: Vec::new(),
        submit: None,
        cancel: None,
        beside: Vec::new(),
    }
}

impl Form {
    /// Needed where a page has two forms: fields' ids begin with it.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    #[must_use]
    pub fn errors(mut self, errors: &FormErrors) -> Self {
        self.errors = errors.clone();
        self
    }

    /// Every field as it was sent, for drawing the form again: all values of a name, none if it was not sent.
    #[must_use]
    pub fn typed(mut self, values_of: impl Fn(&str) -> Vec<String>) -> Self {
        for part in &mut self.parts {
            if let Part::Field(field) = part {
                field.take(&values_of);
            }
        }
        self
    }

    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.parts.push(Part::Field(Box::new(field)));
        self
    }

    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        let parts = fields.into_iter().map(|field| Part::Field(Box::new(field)));
        self.parts.extend(parts);
        self
    }

    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.push(Part::Hidden(name.into(), value.into()));
        self
    }

    /// A heading among the fields, with a sentence if it needs one.
    #[must_use]
    pub fn heading(mut self, title: Text, intro: Option<Text>) -> Self {
        self.parts.push(Part::Heading(title, intro));
        self
    }

    /// Anything else among the fields: a notice, a preview.
    #[must_use]
    pub fn other(mut self, markup: Markup) -> Self {
        self.parts.push(Part::Other(markup));
        self
    }

    #[must_use]
    pub fn submit(mut self, words: Text) -> Self {
        self.submit = Some((words, "primary"));
        self
    }

    /// Like [`Self::submit`], for what takes something away.
    #[must_use]
    pub fn submit_danger(mut self, words: Text) -> Self {
        self.submit = Some((words, "danger"));
        self
    }

    /// A quiet link beside the button that leaves without saving.
    #[must_use]
    pub fn cancel(mut self, href: impl Into<String>) -> Self {
        self.cancel = Some(href.into());
        self
    }

    /// Another button beside the first, e.g. "Save and add another".
    #[must_use]
    pub fn beside(mut self, button: Markup) -> Self {
        self.beside.push(button);
        self
    }

    pub fn render(&self, reader: &Reader) -> Markup {
        let takes_files = self
            .parts
            .iter()
            .any(|part| matches!(part, Part::Field(f) if f.takes_file()));
        html! {
            form.form id=(self.id) method=(self.method) action=(self.action)
                enctype=[takes_files.then_some("multipart/form-data")] novalidate[!self.errors.is_empty()] {
                @if let Some(csrf) = &self.csrf { input type="hidden" name=(CSRF_FIELD) value=(csrf); }
                (self.summary(reader))
                div.fields { @for part in &self.parts { (self.part(reader, part)) } }
                (self.buttons(reader))
            }
        }
    }

    fn part(&self, reader: &Reader, part: &Part) -> Markup {
        match part {
            Part::Field(field) => field.render(reader, &self.id, self.errors.of(field.name())),
            Part::Hidden(name, value) => html! { input type="hidden" name=(name) value=(value); },
            Part::Heading(title, intro) => html! {
                div.heading {
                    h2 { (reader.say(title)) }
                    @if let Some(intro) = intro { p { (reader.say(intro)) } }
                }
            },
            Part::Other(markup) => html! { div.other { (markup) } },
        }
    }

    /// All errors on top, each leading to its field. Takes the focus when the page opens.
    fn summary(&self, reader: &Reader) -> Markup {
        html! {
            @if !self.errors.is_empty() {
                div.error-summary role="alert" tabindex="-1" autofocus {
                    p.title { (icon("warning")) (reader.say(&t!("This could not be saved yet."))) }
                    ul { @for (name, sentence) in self.errors.iter() { li { (self.summary_line(reader, name, sentence)) } } }
                }
            }
        }
    }

    fn summary_line(&self, reader: &Reader, name: &str, sentence: &Text) -> Markup {
        let field = self.parts.iter().find_map(|part| match part {
            Part::Field(field) if field.name() == name => Some(field),
            _ => None,
        });
        html! {
            @match field {
                Some(field) => a href={ "#" (field.id(&self.id)) } {
                    b { (reader.say(field.label())) } ": " (reader.say(sentence))
                },
                None => (reader.say(sentence)),
            }
        }
    }

    fn buttons(&self, reader: &Reader) -> Markup {
        html! {
            @if self.submit.is_some() || !self.beside.is_empty() {
                div.buttons {
                    @if let Some((words, kind)) = &self.submit {
                        button.button type="submit" data-kind=(kind) { span { (reader.say(words)) } }
                    }
                    @for button in &self.beside { (button) }
                    @if let Some(href) = &self.cancel {
                        a.button href=(href) data-kind="quiet" { span { (reader.say(&t!("Cancel"))) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
