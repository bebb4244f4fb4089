//! Acts that ask once: a button, and over the page what will happen and what the act needs to know.
//!
//! One way for all of them when the answer cannot be used: the question is drawn again as a page of its own,
//! with what is wrong at each field and everything as it was typed. It needs no script.

use axum::http::StatusCode;
use kit::{FormErrors, Text, t};
use maud::{Markup, Render, html};
use ui::{Crumb, Form, field};
use web::{ConsoleParts, PageError, PageResult, Posted, Site, Staff};

use crate::desk;

/// A question in the making; drawn as the button that opens it.
pub struct Ask<'a> {
    staff: &'a Staff,
    id: String,
    words: Text,
    question: Text,
    sentence: Option<Text>,
    form: Form,
}

/// `id` is unique on the page; `words` stand on the button that opens the question.
pub fn ask<'a>(staff: &'a Staff, id: &str, words: Text, action: impl Into<String>) -> Ask<'a> {
    let id: String = id.replace('/', "-");
    Ask {
        staff,
        question: words.clone(),
        words,
        sentence: None,
        form: ui::form(action, &staff.csrf).id(format!("{id}-form")),
        id,
    }
}

impl Ask<'_> {
    /// Names the thing: "Take back 1 month?"
    pub fn question(mut self, question: Text) -> Self {
        self.question = question;
        self
    }

    /// What will happen, and whether it can be taken back.
    pub fn sentence(mut self, sentence: Text) -> Self {
        self.sentence = Some(sentence);
        self
    }

    pub fn field(mut self, field: field::Field) -> Self {
        self.form = self.form.field(field);
        self
    }

    /// Every grave change says why.
    pub fn because(self) -> Self {
        self.field(
            field::text("reason", t!("Reason"))
                .hint(t!("It stands in the time line, with your name."))
                .longest(500)
                .required(),
        )
    }

    /// Does it; for what takes nothing away.
    pub fn gently(mut self, really: Text) -> Self {
        self.form = self.form.submit(really);
        self
    }

    /// Does it; for what takes something away.
    pub fn gravely(mut self, really: Text) -> Self {
        self.form = self.form.submit_danger(really);
        self
    }

    /// What was done, or the question again.
    pub async fn answer(
        self,
        site: &Site,
        here: &Here,
        typed: &Posted,
        done: PageResult,
    ) -> PageResult {
        let sheet = Sheet {
            title: self.question,
            intro: self.sentence,
            form: self.form,
        };
        sheet.answer(site, self.staff, here, typed, done).await
    }
}

impl Render for Ask<'_> {
    fn render(&self) -> Markup {
        let reader = &self.staff.reader;
        let body = html! {
            @if let Some(sentence) = &self.sentence { p { (reader.say(sentence)) } }
            (self.form.render(reader))
        };
        ui::dialog(reader, &self.id, &self.words, &self.question, &body)
    }
}

/// The page on which something is asked: where its answer leads back to.
pub struct Here {
    /// The line of the menu that the page belongs to.
    pub menu: &'static str,
    pub title: Text,
    pub href: String,
}

impl Here {
    pub fn new(menu: &'static str, title: Text, href: impl Into<String>) -> Self {
        Self {
            menu,
            title,
            href: href.into(),
        }
    }
}

/// A form as a page of its own.
pub struct Sheet {
    pub title: Text,
    pub intro: Option<Text>,
    pub form: Form,
}

impl Sheet {
    /// What was done, or the form again with what is wrong and what was typed. Other errors stay errors.
    pub async fn answer(
        self,
        site: &Site,
        staff: &Staff,
        here: &Here,
        typed: &Posted,
        done: PageResult,
    ) -> PageResult {
        let error = match done {
            Err(error) => error,
            done => return done,
        };
        let Some(errors) = wrong(&error) else {
            return Err(error);
        };
        let form = self
            .form
            .cancel(&here.href)
            .typed(|name| typed.all(name).to_vec())
            .errors(&errors);
        Self { form, ..self }
            .draw(site, staff, here, Some(error.problem().status))
            .await
    }

    /// The page.
    pub async fn draw(
        self,
        site: &Site,
        staff: &Staff,
        here: &Here,
        status: Option<StatusCode>,
    ) -> PageResult {
        let parts = ConsoleParts {
            path: vec![Crumb::new(here.title.clone(), &here.href)],
            intro: self.intro,
            status,
            ..desk::parts(self.title, here.menu)
        };
        desk::page(site, staff, parts, self.form.render(&staff.reader)).await
    }
}

/// What can be put right in the form. A sentence that speaks of no field stands above them all.
fn wrong(error: &PageError) -> Option<FormErrors> {
    match error {
        PageError::Form(errors) => Some(errors.clone()),
        PageError::Unprocessable(text) | PageError::Conflict(text) => {
            Some(FormErrors::one("", text.clone()))
        }
        _ => None,
    }
}
