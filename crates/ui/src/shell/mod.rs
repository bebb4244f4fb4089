//! Whole pages: the head that all share, and the three kinds of body.

mod console;
mod front;
mod plain;

use kit::{Reader, Text};
use maud::{DOCTYPE, Markup, html};

pub use console::{ConsolePage, MenuGroup, MenuItem, Viewer, console_page};
pub use front::{FrontPage, Language, front_page};
pub use plain::{PlainPage, plain_page};

/// Where the page's files are, with the hash of their content.
///
/// An empty `theme` leaves the house's own look; empty `htmx` and `htmx_sse` leave the page without live updates.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// [`crate::STYLES`], joined.
    pub css: String,
    /// What [`crate::theme::css`] made of the operator's choice.
    pub theme: String,
    /// [`crate::SCRIPTS`], joined.
    pub js: String,
    /// `js/scheme.js`: the reader's choice of light or dark, before the first paint.
    pub scheme: String,
    pub htmx: String,
    pub htmx_sse: String,
    pub uplot: String,
    pub uplot_css: String,
    pub favicon: String,
}

/// The document around a body. `mood` is `backstage` or `front`.
fn document(reader: &Reader, assets: &Assets, mood: &str, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(reader.language()) dir=(direction(reader.language())) data-mood=(mood) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                (assets.links())
            }
            body { (body) }
        }
    }
}

impl Assets {
    fn links(&self) -> Markup {
        html! {
            @if !self.scheme.is_empty() { script src=(self.scheme) {} }
            link rel="icon" href=(self.favicon) type="image/svg+xml";
            link rel="stylesheet" href=(self.css);
            @if !self.theme.is_empty() { link rel="stylesheet" href=(self.theme); }
            @if !self.uplot.is_empty() {
                meta name="uplot" content=(self.uplot) data-css=(self.uplot_css);
            }
            @if !self.htmx.is_empty() { script src=(self.htmx) defer {} }
            @if !self.htmx_sse.is_empty() { script src=(self.htmx_sse) defer {} }
            script type="module" src=(self.js) {}
        }
    }
}

/// Arabic, Persian, Hebrew, Urdu and a few more are written from the right.
fn direction(language: &str) -> &'static str {
    let main = language.split(['-', '_']).next().unwrap_or(language);
    if ["ar", "dv", "fa", "he", "ku", "ps", "ur", "yi"].contains(&main) {
        "rtl"
    } else {
        "ltr"
    }
}

/// `Members · Northern Lights`.
fn title_of(reader: &Reader, title: &Text, site_name: &str) -> String {
    format!("{} · {site_name}", reader.say(title))
}

/// The house's mark: a stage with its lamp.
fn mark() -> Markup {
    html! {
        svg.brand-mark viewBox="0 0 24 24" aria-hidden="true" {
            path.curtain d="M2.5 3.5h19v3.2c-2.3.4-3.2 2.6-3.2 5.3s1 6.6 3.2 8.5h-6.2c-.6-2.5-.6-6-1.1-8-.3-1.3-1-2-2.2-2s-1.9.7-2.2 2c-.5 2-.5 5.5-1.1 8H2.5c2.2-1.9 3.2-5.8 3.2-8.5s-.9-4.9-3.2-5.3z" {}
            circle.lamp cx="12" cy="16.8" r="2.6" {}
        }
    }
}

fn skip_link(reader: &Reader) -> Markup {
    html! { a.skip href="#main" { (reader.say(&kit::t!("Skip to the content"))) } }
}
