//! Templates that operators write: minijinja, strict about unknown names, without files, bounded in work.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::html;
use crate::kind::LetterKind;

/// Work after which a text is given up: a loop that an operator wrote must not hold the mail up.
const FUEL: u64 = 20_000;

/// A text is longer than any letter should be.
const LONGEST: usize = 20_000;

/// What is wrong with a text, where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("line {line}: {words}")]
    Wrong { line: usize, words: String },
    #[error("it is longer than {LONGEST} characters")]
    TooLong,
    #[error("it is empty")]
    Empty,
}

/// The values of a letter's variables.
pub type Context = BTreeMap<String, String>;

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment
}

/// Fills a text in. The result is plain text.
pub fn fill(source: &str, context: &Context) -> Result<String, TemplateError> {
    if source.len() > LONGEST {
        return Err(TemplateError::TooLong);
    }
    environment()
        .render_str(source, context)
        .map_err(|error| TemplateError::Wrong {
            line: error.line().unwrap_or(1),
            words: error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned),
        })
}

/// A letter as it would look.
#[derive(Debug, Clone)]
pub struct Preview {
    pub title: String,
    pub text: String,
    pub html: String,
}

/// Writes a letter with the examples of its kind.
pub fn preview(kind: LetterKind, title: &str, body: &str) -> Result<Preview, TemplateError> {
    let context = kind
        .variables()
        .map(|variable| (variable.name.to_owned(), variable.example.to_owned()))
        .collect();
    write(title, body, &context)
}

/// Whether a text of the operator's can be used: it can be filled in and leaves something.
pub fn check(kind: LetterKind, title: &str, body: &str) -> Result<(), TemplateError> {
    let written = preview(kind, title, body)?;
    if written.title.trim().is_empty() || written.text.trim().is_empty() {
        return Err(TemplateError::Empty);
    }
    Ok(())
}

/// Fills in title and body, and draws the HTML.
pub(crate) fn write(title: &str, body: &str, context: &Context) -> Result<Preview, TemplateError> {
    // A title is one line, whatever a name contains.
    let title = fill(title, context)?
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let text = fill(body, context)?;
    let site = context.get("site").map_or("", String::as_str);
    let html = html::draw(site, &title, &text);
    Ok(Preview { title, text, html })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checklist: I06
    #[test]
    fn an_unknown_variable_is_refused_with_its_line() {
        let refused = check(
            LetterKind::Suspended,
            "Hello",
            "Dear {{ name }},\n{{ nmae }}",
        );
        assert!(
            matches!(refused, Err(TemplateError::Wrong { line: 2, .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn a_text_that_never_ends_is_given_up() {
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(check(LetterKind::MailTest, "Hello", endless).is_err());
    }

    #[test]
    fn a_name_with_markup_stays_a_name() {
        let context = [("name".to_owned(), "<b>{{ site }}</b>".to_owned())].into();
        let written = write("Hello {{ name }}", "Dear {{ name }}", &context).expect("written");
        assert_eq!(written.text, "Dear <b>{{ site }}</b>");
        assert!(written.html.contains("&lt;b&gt;{{ site }}&lt;/b&gt;"));
        assert!(!written.html.contains("<b>{{"));
    }

    #[test]
    fn a_name_with_line_ends_does_not_break_the_title() {
        let context = [("name".to_owned(), "Mara\r\nBcc: all@example.org".to_owned())].into();
        let written = write("Hello {{ name }}", "x", &context).expect("written");
        assert_eq!(written.title, "Hello Mara Bcc: all@example.org");
    }
}
