//! Front of house: how much there is of what, as large numbers with a picture each.

use kit::{Reader, Text};
use maud::{Markup, html};

use crate::icon::icon;

/// One number, and the words and the picture of what it counts.
#[derive(Debug, Clone)]
pub struct Count {
    pub icon: &'static str,
    pub amount: i64,
    /// For exactly this number: "film" or "films".
    pub words: Text,
}

/// Numbers beside each other. `label` says what they are together.
pub fn counts(reader: &Reader, label: &Text, counts: &[Count]) -> Markup {
    html! {
        ul.counts aria-label=(reader.say(label)) {
            @for count in counts {
                li {
                    (icon(count.icon))
                    b { (reader.number(count.amount)) }
                    span { (reader.say(&count.words)) }
                }
            }
        }
    }
}
