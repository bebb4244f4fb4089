//! Forms of this crate: what was typed, what was wrong with it, and where to go afterwards.

use axum::http::StatusCode;
use flows::FlowError;
use kit::{FormErrors, Reader, Text};
use maud::{Markup, html};
use media::MediaError;
use people::PeopleError;
use ui::Tone;
use web::PageError;

/// What a form says about an error when it is drawn again.
#[derive(Debug, Default)]
pub struct Wrong {
    pub status: StatusCode,
    /// By field; none of them is the form as a whole.
    pub errors: FormErrors,
    /// What is wrong with the whole.
    pub whole: Option<Text>,
}

impl Wrong {
    pub fn fields(errors: FormErrors) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors,
            whole: None,
        }
    }

    pub fn whole(text: Text) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors: FormErrors::default(),
            whole: Some(text),
        }
    }

    /// Drawn above the fields.
    pub fn notice(&self, reader: &Reader) -> Markup {
        html! {
            @if let Some(text) = &self.whole {
                div role="alert" { (ui::notice(Tone::Bad, text.clone()).render(reader)) }
            }
        }
    }
}

/// Errors that belong on the form. `Err`: they want a page of their own.
pub fn of_people(error: PeopleError) -> Result<Wrong, PageError> {
    match error {
        PeopleError::Form(errors) => Ok(Wrong::fields(errors)),
        PeopleError::TooMany(text) => Ok(Wrong {
            status: StatusCode::TOO_MANY_REQUESTS,
            ..Wrong::whole(text)
        }),
        PeopleError::Forbidden(text) | PeopleError::NotProven(text) => Ok(Wrong::whole(text)),
        other => Err(other.into()),
    }
}

/// The same for media servers, which have sentences for all that people can mend.
pub fn of_media(error: MediaError) -> Result<Wrong, PageError> {
    match error {
        MediaError::Form(errors) => Ok(Wrong::fields(errors)),
        MediaError::NotFound => Err(PageError::NotFound),
        other => match other.text() {
            Some(text) => Ok(Wrong::whole(text)),
            None => Err(other.into()),
        },
    }
}

/// The same for flows.
pub fn of_flow(error: FlowError) -> Result<Wrong, PageError> {
    if let Some(errors) = error.form() {
        return Ok(Wrong::fields(errors.clone()));
    }
    match error {
        FlowError::NotFound => Err(PageError::NotFound),
        FlowError::People(error) => of_people(error),
        FlowError::Media(error) => of_media(error),
        FlowError::Db(error) => Err(error.into()),
        other => match other.text() {
            Some(text) => Ok(Wrong::whole(text)),
            None => Err(PageError::broken(&other)),
        },
    }
}

/// A path of this site to go back to; anything else leads nowhere.
pub fn local(path: &str) -> Option<&str> {
    let mut letters = path.chars();
    let is_ours = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    let is_plain = path.len() <= 500 && path.bytes().all(|b| (0x21..0x7f).contains(&b));
    (is_ours && is_plain && !path.contains('\\')).then_some(path)
}

/// `/path?next=…`, if there is somewhere to go afterwards.
pub fn with_next(path: &str, next: &str) -> String {
    match local(next) {
        Some(next) => {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("next", next)
                .finish();
            format!("{path}?{query}")
        }
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_back_to() {
        assert_eq!(
            local("/checkout/pln_1?price=2"),
            Some("/checkout/pln_1?price=2")
        );
        for foreign in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nset-cookie: x=1",
            "/a b",
        ] {
            assert_eq!(local(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn the_way_back_is_one_value_of_the_query() {
        let there = with_next("/sign-in", "/checkout/pln_1?price=a&mode=b");
        assert_eq!(
            there,
            "/sign-in?next=%2Fcheckout%2Fpln_1%3Fprice%3Da%26mode%3Db"
        );
    }
}
