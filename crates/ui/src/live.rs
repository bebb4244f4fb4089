//! Live pages: the connection to the event stream, and the replacements that come over it.

use maud::{Markup, html};

/// Connects a page to its event stream, e.g. `/events?topics=streams`. One per page.
///
/// Messages of the stream are [`partial`]s; without scripts the page is simply not live.
pub fn live(events_url: &str) -> Markup {
    html! { div.unseen hx-sse:connect=(events_url) hx-swap="none" {} }
}

/// One replacement on the stream: the element with this id becomes `markup`, which carries the id itself.
pub fn partial(id: &str, markup: &Markup) -> Markup {
    html! { hx-partial hx-target={ "#" (id) } hx-swap="outerMorph" { (markup) } }
}
