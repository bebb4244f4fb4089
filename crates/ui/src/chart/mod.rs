//! Pictures of numbers, drawn on the server as SVG: themed by the style sheet, printable, without script.
//! Each says in words what it shows. Only [`series`] uses a script, for zoom and live data.

mod line;
mod round;

use kit::{Reader, Text};
use maud::{Markup, html};

use crate::badge::Tone;

pub use line::{area, bars, sparkline};
pub use round::{Slice, donut};

/// One value at its place on the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// As printed on the axis: a day, an hour.
    pub label: String,
    pub value: i64,
}

impl Point {
    pub fn new(label: impl Into<String>, value: i64) -> Self {
        Self {
            label: label.into(),
            value,
        }
    }
}

/// How full something is, as a thin bar.
pub fn meter(reader: &Reader, label: &Text, used: i64, of: i64, tone: Tone) -> Markup {
    let most = of.max(1);
    let width = used.clamp(0, most).saturating_mul(100) / most;
    let said = format!(
        "{}: {} / {}",
        reader.say(label),
        reader.number(used),
        reader.number(of)
    );
    html! {
        svg.meter data-tone=(tone.word()) viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=(said) {
            rect.track width="100" height="4" {}
            rect.used width=(width) height="4" {}
        }
    }
}

/// A time series with zoom. `url` answers with `[[seconds…], [values…], …]`; `names` are the lines' names.
///
/// `instead` is shown where no script runs: a table, or an [`area`] of the same numbers.
pub fn series(
    reader: &Reader,
    label: &Text,
    url: &str,
    names: &[Text],
    instead: &Markup,
) -> Markup {
    let names: Vec<String> = names.iter().map(|name| reader.say(name)).collect();
    html! {
        x-chart.series data-url=(url) data-names=(names.join("\u{1f}")) data-label=(reader.say(label)) { (instead) }
    }
}

/// A share of `height` above the ground, as text for an attribute; the ground is at the bottom.
fn rise(value: i64, lowest: i64, highest: i64, height: i64) -> String {
    let range = i128::from(highest) - i128::from(lowest);
    let above = i128::from(value) - i128::from(lowest);
    let tenths = if range == 0 {
        0
    } else {
        above * i128::from(height) * 10 / range
    };
    let from_top = i128::from(height) * 10 - tenths;
    format!("{}.{}", from_top / 10, from_top % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::t;

    #[test]
    fn a_meter_stays_within_its_track() {
        let reader = Reader::default();
        for (used, of) in [(500, 100), (-3, 100), (1, 0), (i64::MAX, i64::MAX)] {
            let shown = meter(&reader, &t!("Places"), used, of, Tone::Neutral).into_string();
            let width = shown
                .split("used\" width=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            let width: i64 = width.expect("a width").parse().expect("a number");
            assert!((0..=100).contains(&width), "{used} of {of} is {width} wide");
        }
    }

    #[test]
    fn charts_bear_no_points_and_extreme_ones() {
        let reader = Reader::default();
        let extremes = [Point::new("a", i64::MIN), Point::new("<b>", i64::MAX)];
        for points in [&[][..], &extremes[..1], &extremes[..]] {
            for shown in [
                area(&reader, &t!("Income"), points),
                bars(&reader, &t!("Income"), points),
            ] {
                let shown = shown.into_string();
                assert!(!shown.contains("<b>") && !shown.contains("NaN"), "{shown}");
            }
        }
        sparkline(&reader, &t!("Income"), &[]);
        donut(&reader, &t!("Kinds"), &[]);
    }
}
