//! Every component with plausible content, to look at in both colour schemes, wide and narrow.

use maud::{Markup, html};

/// Placeholder until pages are drawn below.
pub fn gallery() -> Markup {
    html! {}
}
