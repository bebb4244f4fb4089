//! Front of house: the operator's brand, a few places, the page, and the footer.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use super::console::{menu_closer, theme_choice};
use super::{Assets, document, mark, skip_link, title_of};
use crate::form::CSRF_FIELD;
use crate::icon::icon;
use crate::notice::Flash;

/// A language that the page can be read in; `name` is its own name for itself.
#[derive(Debug, Clone)]
pub struct Language {
    pub code: String,
    pub name: String,
}

/// Everything that a public page shows around its body.
#[derive(Debug)]
pub struct FrontPage<'a> {
    pub reader: &'a Reader,
    pub assets: &'a Assets,
    pub site_name: &'a str,
    /// The operator's own picture; the house's mark without one.
    pub logo: Option<&'a str>,
    pub title: Text,
    /// Places at the top: words and address.
    pub nav: &'a [(Text, String)],
    pub current: &'a str,
    /// Who is signed in; `None` shows ways to sign in and to join.
    pub viewer: Option<&'a str>,
    /// Whether visitors may join by themselves.
    pub may_join: bool,
    pub csrf: &'a str,
    pub flash: Option<&'a Flash>,
    /// Imprint, privacy and the like, from the settings.
    pub footer: &'a [(Text, String)],
    /// Shown as a choice if there is more than one.
    pub languages: &'a [Language],
    pub body: Markup,
}

pub fn front_page(page: &FrontPage<'_>) -> Markup {
    let title = title_of(page.reader, &page.title, page.site_name);
    let body = html! {
        (skip_link(page.reader))
        (marquee(page))
        main.front id="main" tabindex="-1" {
            @if let Some(flash) = page.flash { (flash.render(page.reader)) }
            (page.body)
        }
        (footer(page))
    };
    document(page.reader, page.assets, "front", &title, &body)
}

fn marquee(page: &FrontPage<'_>) -> Markup {
    html! {
        header.marquee {
            a.brand href="/" {
                @match page.logo {
                    Some(logo) => { img.brand-mark src=(logo) alt=""; },
                    None => (mark()),
                }
                span { (page.site_name) }
            }
            button.icon-button.menu-opener type="button" popovertarget="places"
                aria-label=(page.reader.say(&t!("Menu"))) { (icon("menu")) }
            nav.places id="places" popover aria-label=(page.reader.say(&t!("Main"))) {
                (menu_closer(page.reader)) (places(page)) (doors(page))
            }
        }
    }
}

fn places(page: &FrontPage<'_>) -> Markup {
    html! {
        @for (words, href) in page.nav {
            a href=(href) aria-current=[(href == page.current).then_some("page")] { (page.reader.say(words)) }
        }
    }
}

fn doors(page: &FrontPage<'_>) -> Markup {
    let reader = page.reader;
    html! {
        @match page.viewer {
            Some(name) => {
                a href="/account" { (reader.say(&t!("My account"))) span.unseen { " (" (name) ")" } }
                form.inline method="post" action="/sign-out" {
                    input type="hidden" name=(CSRF_FIELD) value=(page.csrf);
                    button.button type="submit" { span { (reader.say(&t!("Sign out"))) } }
                }
            },
            None => {
                a href="/sign-in" { (reader.say(&t!("Sign in"))) }
                @if page.may_join {
                    a.button data-kind="primary" href="/register" { span { (reader.say(&t!("Join"))) } }
                }
            },
        }
    }
}

fn footer(page: &FrontPage<'_>) -> Markup {
    let reader = page.reader;
    html! {
        footer.foot {
            div {
                p { (page.site_name) }
                nav aria-label=(reader.say(&t!("About this house"))) {
                    @for (words, href) in page.footer { a href=(href) { (reader.say(words)) } }
                }
                (language_choice(reader, page.languages))
                (theme_choice(reader))
            }
        }
    }
}

/// Posts nothing: the choice is a link, so that it works for everybody and can be shared.
fn language_choice(reader: &Reader, languages: &[Language]) -> Markup {
    html! {
        @if languages.len() > 1 {
            nav.languages aria-label=(reader.say(&t!("Language"))) {
                (icon("globe"))
                @for language in languages {
                    a href={ "?language=" (language.code) } lang=(language.code) hreflang=(language.code)
                        aria-current=[(language.code == reader.language()).then_some("true")] { (language.name) }
                }
            }
        }
    }
}
