//! A narrow card alone on the page: signing in, a link from a letter, an error.

use kit::{Reader, Text};
use maud::{Markup, html};

use super::{Assets, document, mark, title_of};
use crate::notice::Flash;

/// A page with one thing to do.
#[derive(Debug)]
pub struct PlainPage<'a> {
    pub reader: &'a Reader,
    pub assets: &'a Assets,
    pub site_name: &'a str,
    pub title: Text,
    pub intro: Option<Text>,
    pub flash: Option<&'a Flash>,
    pub body: Markup,
    /// Below the card: other ways, e.g. "Create a sign-in".
    pub below: Markup,
}

pub fn plain_page(page: &PlainPage<'_>) -> Markup {
    let title = title_of(page.reader, &page.title, page.site_name);
    let body = html! {
        main.plain id="main" tabindex="-1" {
            a.brand href="/" { (mark()) span { (page.site_name) } }
            @if let Some(flash) = page.flash { (flash.render(page.reader)) }
            section.slip {
                h1 { (page.reader.say(&page.title)) }
                @if let Some(intro) = &page.intro { p.intro { (page.reader.say(intro)) } }
                (page.body)
            }
            div.below { (page.below) }
        }
    };
    document(page.reader, page.assets, "front", &title, &body)
}
