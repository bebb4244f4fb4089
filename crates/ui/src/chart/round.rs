//! Parts of a whole, as a ring with its legend.

use kit::{Reader, Text};
use maud::{Markup, html};

/// One part of the whole.
#[derive(Debug, Clone)]
pub struct Slice {
    pub label: Text,
    pub value: i64,
}

impl Slice {
    pub fn new(label: Text, value: i64) -> Self {
        Self {
            label,
            value: value.max(0),
        }
    }
}

/// A ring of parts, the sum in its middle, and the legend with each part's number beside it.
///
/// The circle's length is 1000, so a part's length is its thousandths.
pub fn donut(reader: &Reader, label: &Text, slices: &[Slice]) -> Markup {
    let sum = slices
        .iter()
        .fold(0_i64, |sum, slice| sum.saturating_add(slice.value.max(0)));
    let mut start = 0_i64;
    let arcs: Vec<(i64, i64)> = slices
        .iter()
        .map(|slice| {
            let length = thousandths(slice.value, sum);
            let arc = (start, length);
            start += length;
            arc
        })
        .collect();
    html! {
        figure.donut {
            svg viewBox="0 0 42 42" role="img" aria-label=(reader.say(label)) {
                circle.track cx="21" cy="21" r="16" {}
                @for (place, (start, length)) in arcs.iter().enumerate() {
                    circle.part data-part=(place % 6) cx="21" cy="21" r="16" pathLength="1000"
                        stroke-dasharray={ ((length - 6).max(1)) " 1000" } stroke-dashoffset=(-start) {}
                }
                text x="21" y="21" { (reader.number(sum)) }
            }
            ul.legend {
                @for (place, slice) in slices.iter().enumerate() {
                    li { span.swatch data-part=(place % 6) {} span { (reader.say(&slice.label)) } b { (reader.number(slice.value)) } }
                }
            }
        }
    }
}

fn thousandths(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    i64::try_from(i128::from(part.max(0)) * 1000 / i128::from(whole)).unwrap_or(1000)
}
