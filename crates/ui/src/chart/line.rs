//! Values along an axis: a line with its ground, bars, and the small line beside a figure.

use std::fmt::Write as _;

use kit::{Reader, Text, t};
use maud::{Markup, html};

use super::{Point, rise};

const WIDTH: i64 = 600;
const HEIGHT: i64 = 160;

/// The lowest (never above zero) and the highest value (never below one).
fn reach(values: impl Iterator<Item = i64> + Clone) -> (i64, i64) {
    let lowest = values.clone().min().unwrap_or(0).min(0);
    let highest = values.max().unwrap_or(1).max(1);
    (lowest, highest)
}

/// `x,y x,y …` over the whole width.
fn outline(values: &[i64], reach: (i64, i64), width: i64, height: i64) -> String {
    let gaps = i64::try_from(values.len().saturating_sub(1))
        .unwrap_or(1)
        .max(1);
    let mut path = String::new();
    for (place, value) in (0_i64..).zip(values) {
        let x = width * place / gaps;
        let y = rise(*value, reach.0, reach.1, height);
        // Writing into a String cannot fail.
        let _ = write!(path, "{x},{y} ");
    }
    path
}

/// A line without axes, for beside a figure.
pub fn sparkline(reader: &Reader, label: &Text, values: &[i64]) -> Markup {
    let line = outline(values, reach(values.iter().copied()), 120, 32);
    html! {
        svg.sparkline viewBox="0 -2 120 36" preserveAspectRatio="none" role="img" aria-label=(reader.say(label)) {
            @if !values.is_empty() {
                polygon.ground points={ "0,32 " (line) "120,32" } {}
                polyline.line points=(line) {}
            }
        }
    }
}

/// A line and the ground below it, with the highest value and the ends of the axis in words.
pub fn area(reader: &Reader, label: &Text, points: &[Point]) -> Markup {
    let values: Vec<i64> = points.iter().map(|point| point.value).collect();
    let reach = reach(values.iter().copied());
    let line = outline(&values, reach, WIDTH, HEIGHT);
    let picture = html! {
        svg viewBox={ "0 -4 " (WIDTH) " " (HEIGHT + 8) } preserveAspectRatio="none" role="img"
            aria-label=(summary(reader, label, points)) {
            (lines_across())
            @if !points.is_empty() {
                polygon.ground points={ "0," (HEIGHT) " " (line) (WIDTH) "," (HEIGHT) } {}
                polyline.line points=(line) {}
            }
        }
    };
    framed(reader, "area", &picture, reach.1, points)
}

/// One bar for each point; each says its value when pointed at.
pub fn bars(reader: &Reader, label: &Text, points: &[Point]) -> Markup {
    let reach = reach(points.iter().map(|point| point.value));
    let count = i64::try_from(points.len()).unwrap_or(1).max(1);
    let step = WIDTH / count.min(WIDTH);
    let picture = html! {
        svg viewBox={ "0 0 " (step * count) " " (HEIGHT) } preserveAspectRatio="none" role="img"
            aria-label=(summary(reader, label, points)) {
            (lines_across())
            @for (place, point) in (0_i64..).zip(points) {
                @let top = rise(point.value, reach.0, reach.1, HEIGHT);
                path.bar d={ "M" (step * place + step / 8) "," (HEIGHT) "V" (top) "h" ((step * 3 / 4).max(1)) "V" (HEIGHT) "z" } {
                    title { (point.label) ": " (reader.number(point.value)) }
                }
            }
        }
    };
    framed(reader, "bars", &picture, reach.1, points)
}

fn lines_across() -> Markup {
    html! {
        @for part in 0..3 { line.across x1="0" x2="100%" y1=(HEIGHT * part / 2) y2=(HEIGHT * part / 2) {} }
    }
}

/// The picture, with its scale and the first and last place of its axis.
fn framed(reader: &Reader, kind: &str, picture: &Markup, highest: i64, points: &[Point]) -> Markup {
    html! {
        figure.chart data-kind=(kind) {
            span.highest aria-hidden="true" { (reader.number(highest)) }
            (picture)
            @if let [first, .., last] = points {
                figcaption aria-hidden="true" {
                    span { (first.label) }
                    @if let (true, Some(middle)) = (points.len() > 4, points.get(points.len() / 2)) { span { (middle.label) } }
                    span { (last.label) }
                }
            }
        }
    }
}

/// What the picture shows, for those who do not see it.
fn summary(reader: &Reader, label: &Text, points: &[Point]) -> String {
    let label = reader.say(label);
    let highest = points.iter().max_by_key(|point| point.value);
    match (points, highest) {
        ([first, .., last], Some(highest)) => reader.say(&t!(
            "{label}. {first}: {from}. {last}: {to}. Highest, {peak}: {top}.",
            label = label,
            first = first.label.as_str(),
            from = first.value,
            last = last.label.as_str(),
            to = last.value,
            peak = highest.label.as_str(),
            top = highest.value,
        )),
        _ => label,
    }
}
