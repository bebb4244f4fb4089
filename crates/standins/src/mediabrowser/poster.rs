//! Posters, drawn: a colour of the item's own and its title.

use std::fmt::Write as _;

/// The longest line of a title on a poster.
const LINE_LENGTH: usize = 14;

/// Two shades of one hue, a low sun, and the title. `digits`: hexadecimal, they draw the colour.
pub fn poster(digits: &str, title: &str) -> String {
    let drawn = u32::from_str_radix(digits.get(..6).unwrap_or("0"), 16).unwrap_or_default();
    let (hue, sun) = (drawn % 360, 60 + drawn / 360 % 180);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"450\" viewBox=\"0 0 300 450\">\
         <rect width=\"300\" height=\"450\" fill=\"hsl({hue},38%,22%)\"/>\
         <circle cx=\"{sun}\" cy=\"190\" r=\"70\" fill=\"hsl({hue},55%,58%)\"/>\
         <path d=\"M0 250 Q90 200 170 245 T300 225 V450 H0Z\" fill=\"hsl({hue},42%,14%)\"/>\
         <g fill=\"#fff\" font-family=\"sans-serif\" font-size=\"30\" font-weight=\"600\">"
    );
    for (at, line) in lines(title).iter().enumerate() {
        let (below, text) = (330 + at * 36, escaped(line));
        let _ = write!(svg, "<text x=\"24\" y=\"{below}\">{text}</text>");
    }
    svg.push_str("</g></svg>");
    svg
}

fn lines(title: &str) -> Vec<String> {
    title
        .split_whitespace()
        .fold(Vec::new(), |mut lines: Vec<String>, word| {
            match lines.last_mut() {
                Some(line) if line.len() + word.len() < LINE_LENGTH => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
            lines
        })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
