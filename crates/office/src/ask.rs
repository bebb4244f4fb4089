//! Acts that ask once: a button, and over the page what will happen and what the act needs to know.

use kit::{Text, t};
use maud::{Markup, html};
use ui::{Form, field};
use web::Staff;

/// A question in the making.
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
    pub fn gently(mut self, really: Text) -> Markup {
        self.form = self.form.submit(really);
        self.render()
    }

    /// Does it; for what takes something away.
    pub fn gravely(mut self, really: Text) -> Markup {
        self.form = self.form.submit_danger(really);
        self.render()
    }

    fn render(self) -> Markup {
        let reader = &self.staff.reader;
        let body = html! {
            @if let Some(sentence) = &self.sentence { p { (reader.say(sentence)) } }
            (self.form.render(reader))
        };
        ui::dialog(reader, &self.id, &self.words, &self.question, &body)
    }
}
