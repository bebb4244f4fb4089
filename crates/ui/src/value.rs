//! Single values, printed in the reader's way: days, moments, money, people, and things to copy.

use kit::{Money, Reader, Text, Timestamp, t};
use maud::{Markup, html};

use crate::icon::{hue_of, icon};

/// A day such as `22 Nov 2026`; "no end" for [`Timestamp::NEVER`].
pub fn date(reader: &Reader, at: Timestamp) -> Markup {
    if at.is_never() {
        return html! { span.never { (reader.short_day(at)) } };
    }
    html! { time datetime=(at.rfc3339()) title=(reader.moment(at)) { (reader.short_day(at)) } }
}

/// A day and time such as `22 Nov 2026, 13:52`.
pub fn moment(reader: &Reader, at: Timestamp) -> Markup {
    if at.is_never() {
        return date(reader, at);
    }
    html! { time datetime=(at.rfc3339()) { (reader.short_moment(at)) } }
}

/// A moment that reads "4 minutes ago" where scripts run, and as a plain moment elsewhere.
pub fn ago(reader: &Reader, at: Timestamp) -> Markup {
    if at.is_never() {
        return date(reader, at);
    }
    html! { x-relative-time { (moment(reader, at)) } }
}

/// `15.00 EUR`; the amount does not part from its currency at a line's end.
pub fn money(reader: &Reader, money: Money) -> Markup {
    let tone = if money.amount_minor < 0 { "out" } else { "in" };
    html! {
        span.money data-flow=(tone) { (reader.amount(money)) "\u{a0}" small { (money.currency) } }
    }
}

pub fn number(reader: &Reader, number: i64) -> Markup {
    html! { span.number { (reader.number(number)) } }
}

/// A person's name with initials; a dash if nobody is known.
pub fn person(reader: &Reader, name: Option<&str>) -> Markup {
    name.map_or_else(
        || nothing(reader),
        |name| html! { span.person { (initials(name)) span.name { (name) } } },
    )
}

/// A person's name with initials, and a second quiet line such as an address or a plan.
pub fn person_with(name: &str, detail: &str) -> Markup {
    html! {
        span.person {
            (initials(name))
            span.who { span.name { (name) } span.detail { (detail) } }
        }
    }
}

/// A dash that screen readers say as "none".
pub fn nothing(reader: &Reader) -> Markup {
    html! {
        span.nothing aria-hidden="true" { "—" }
        span.unseen { (reader.say(&t!("none"))) }
    }
}

/// A person's initials alone, for the start of a [`crate::row`].
pub fn initials_mark(name: &str) -> Markup {
    initials(name)
}

pub(crate) fn initials(name: &str) -> Markup {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = match words.as_slice() {
        [] => vec!["?"],
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    let letters: String = ends
        .iter()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .flat_map(char::to_uppercase)
        .collect();
    html! { span.initials data-hue=(hue_of(name)) aria-hidden="true" { (letters) } }
}

/// A short machine text such as an id or a name in a file.
pub fn code(text: &str) -> Markup {
    html! { code { (text) } }
}

/// A link within a sentence or a cell.
pub fn link(href: &str, words: &str) -> Markup {
    html! { a.link href=(href) { (words) } }
}

/// A value in a read-only field, with a button that copies it where scripts run.
pub fn copyable(reader: &Reader, label: &Text, value: &str) -> Markup {
    html! {
        x-copy.copy data-done=(reader.say(&t!("Copied"))) {
            input type="text" readonly value=(value) aria-label=(reader.say(label));
            button.button type="button" hidden {
                (icon("copy")) span { (reader.say(&t!("Copy"))) }
            }
        }
    }
}

/// A token or recovery code that is shown this once, and says so.
pub fn secret_once(reader: &Reader, label: &Text, value: &str) -> Markup {
    html! {
        div.secret-once {
            p { (icon("key")) (reader.say(&t!("Copy this now and keep it safe. It is shown only this once."))) }
            (copyable(reader, label, value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::Currency;

    #[test]
    fn hostile_names_stay_text() {
        let shown = person(&Reader::default(), Some("<script>alert(1)</script>")).into_string();
        assert!(!shown.contains("<script"), "{shown}");
        let shown = copyable(&Reader::default(), &t!("Key"), "\"><img src=x>").into_string();
        assert!(!shown.contains("<img"), "{shown}");
    }

    #[test]
    fn money_keeps_its_currency_on_the_line() {
        let shown = money(&Reader::default(), Money::new(684_200, Currency::EUR)).into_string();
        assert!(shown.contains("6,842.00\u{a0}<small>EUR"), "{shown}");
    }

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert!(
            initials("Mara van der Okafor")
                .into_string()
                .contains(">MO<")
        );
        assert!(initials("  ").into_string().contains("></span>"));
    }
}
