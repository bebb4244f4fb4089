//! Plain blocks: stacks, sections with a heading, the square of a QR code, and signing in with a passkey.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use crate::icon::icon;

/// Blocks below each other with even air between them.
pub fn stack(blocks: &[Markup]) -> Markup {
    html! { div.stack { @for block in blocks { (block) } } }
}

/// A stretch of a page with its own heading and, if there is one, a sentence that explains it.
pub fn section(reader: &Reader, title: &Text, intro: Option<&Text>, body: &Markup) -> Markup {
    html! {
        section.section {
            header {
                h2 { (reader.say(title)) }
                @if let Some(intro) = intro { p { (reader.say(intro)) } }
            }
            (body)
        }
    }
}

/// A QR code on its white square.
///
/// `path` is the outline of its dark modules on a grid of `size` × `size`; whatever makes codes makes the path.
/// `label` says what the code holds, for those who cannot scan it.
pub fn qr_code(reader: &Reader, label: &Text, size: u32, path: &str) -> Markup {
    html! {
        svg.qr viewBox={ "-2 -2 " (size + 4) " " (size + 4) } role="img"
            aria-label=(reader.say(label)) shape-rendering="crispEdges" {
            path d=(path) {}
        }
    }
}

/// A button that registers a passkey or signs in with one; only shown where the browser can.
///
/// `options_url` answers with the options as JSON, `finish_url` takes the credential; both by POST with the
/// token in the header `x-csrf`. The answer of the latter may name the next page: `{"next": "/…"}`.
pub fn passkey(
    reader: &Reader,
    words: &Text,
    options_url: &str,
    finish_url: &str,
    csrf: &str,
) -> Markup {
    html! {
        x-passkey.passkey data-options-url=(options_url) data-finish-url=(finish_url) data-csrf=(csrf)
            data-failed=(reader.say(&t!("The passkey could not be used. Try again, or sign in another way."))) {
            button.button type="button" hidden { (icon("passkey")) span { (reader.say(words)) } }
            p.error role="alert" hidden {}
        }
    }
}
