//! A theme: a dozen values that an operator may choose, and the style sheet that comes of them.
//!
//! Hues and strength are the operator's; lightness is moved here until text can be read on it, so that
//! no choice makes a page unreadable.

mod colour;

use std::fmt::Write as _;

pub use colour::{Colour, contrast};

/// The least contrast of text against its ground (WCAG 2.2, 1.4.3, level AA).
pub const READABLE: f64 = 4.5;

/// What an operator may choose. Values out of range count as the nearest allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Hues are degrees, 0–360.
    pub neutral_hue: f64,
    /// How much the paper is tinted, 0–0.03.
    pub neutral_chroma: f64,
    pub accent_hue: f64,
    /// 0–0.3.
    pub accent_chroma: f64,
    /// Wished for on light pages and on dark ones, 0–1; moved if text would be unreadable.
    pub accent_light: f64,
    pub accent_dark: f64,
    pub highlight_hue: f64,
    pub highlight_chroma: f64,
    /// Corners, in pixels, 0–20.
    pub radius: f64,
    pub density: Density,
    /// Public pages' type, in percent, 90–120.
    pub type_scale: f64,
    pub face: Face,
}

/// How much air there is between lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Density {
    Compact,
    Calm,
    Roomy,
}

/// What headings of public pages are set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The embedded display face.
    House,
    System,
    Serif,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            neutral_hue: 60.0,
            neutral_chroma: 0.008,
            accent_hue: 18.0,
            accent_chroma: 0.18,
            accent_light: 0.49,
            accent_dark: 0.72,
            highlight_hue: 82.0,
            highlight_chroma: 0.12,
            radius: 8.0,
            density: Density::Calm,
            type_scale: 100.0,
            face: Face::House,
        }
    }
}

/// A colour on light pages and on dark ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub light: Colour,
    pub dark: Colour,
}

impl Pair {
    fn css(&self) -> String {
        format!("light-dark({}, {})", self.light.css(), self.dark.css())
    }
}

/// The colours of a theme, each readable on the grounds that it is used on.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    pub paper: Pair,
    pub surface: Pair,
    pub surface_sunk: Pair,
    pub ink: Pair,
    pub ink_soft: Pair,
    pub ink_faint: Pair,
    /// As text and lines.
    pub accent: Pair,
    /// As a button's ground, below [`Self::accent_ink`].
    pub accent_fill: Pair,
    pub accent_ink: Pair,
    pub accent_wash: Pair,
    pub highlight: Pair,
    pub highlight_wash: Pair,
}

/// The colours of a theme, corrected until they can be read.
pub fn palette(theme: &Theme) -> Palette {
    // White stays white: a tint of it leaves what screens can show.
    let neutral = |light: f64, dark: f64| Pair {
        light: Colour::new(
            light,
            theme.neutral_chroma.clamp(0.0, 0.03) * if light < 1.0 { 0.75 } else { 0.0 },
            theme.neutral_hue,
        ),
        dark: Colour::new(
            dark,
            theme.neutral_chroma.clamp(0.0, 0.03),
            theme.neutral_hue,
        ),
    };
    let sunk = neutral(0.962, 0.158);
    let paper = neutral(0.984, 0.182);
    let surface = neutral(1.0, 0.222);
    let wash = |hue: f64, chroma: f64| Pair {
        light: Colour::new(0.955, chroma.min(0.024), hue),
        dark: Colour::new(0.275, chroma.min(0.05), hue),
    };
    let accent_wash = wash(theme.accent_hue, theme.accent_chroma);
    let highlight_wash = wash(theme.highlight_hue, theme.highlight_chroma * 1.4);
    let accent = readable(
        theme.accent_light.clamp(0.0, 1.0),
        theme.accent_dark.clamp(0.0, 1.0),
        theme.accent_chroma.clamp(0.0, 0.3),
        theme.accent_hue,
        &[sunk, surface, accent_wash],
    );
    let highlight = readable(
        0.56,
        0.82,
        theme.highlight_chroma.clamp(0.0, 0.3),
        theme.highlight_hue,
        &[sunk, surface, highlight_wash],
    );
    let accent_fill = Pair {
        light: accent.light,
        dark: carrying_ink(accent.light.lighter(0.04)),
    };
    Palette {
        paper,
        surface,
        surface_sunk: sunk,
        ink: neutral(0.235, 0.945),
        ink_soft: neutral(0.43, 0.77),
        ink_faint: darkest_readable(neutral(0.53, 0.68), &[sunk, surface]),
        accent_ink: Pair {
            light: ink_on(accent_fill.light),
            dark: ink_on(accent_fill.dark),
        },
        accent,
        accent_fill,
        accent_wash,
        highlight,
        highlight_wash,
    }
}

fn readable(light: f64, dark: f64, chroma: f64, hue: f64, grounds: &[Pair]) -> Pair {
    let wished = Pair {
        light: Colour::new(light, chroma, hue),
        dark: Colour::new(dark, chroma, hue),
    };
    darkest_readable(wished, grounds)
}

/// Moves the lightness away from the grounds, step by step, until each can carry it.
fn darkest_readable(wished: Pair, grounds: &[Pair]) -> Pair {
    let move_until = |colour: Colour, step: f64, ground: fn(&Pair) -> Colour| {
        let reads = |colour: Colour| {
            grounds
                .iter()
                .all(|pair| contrast(colour, ground(pair)) >= READABLE)
        };
        (0..=100)
            .map(|n| colour.lighter(step * f64::from(n)))
            .find(|colour| reads(*colour))
            .unwrap_or_else(|| colour.lighter(step * 100.0))
    };
    Pair {
        light: move_until(wished.light, -0.01, |pair| pair.light),
        dark: move_until(wished.dark, 0.01, |pair| pair.dark),
    }
}

/// A ground that its ink can be read on: away from the middle, where neither white nor black reads well.
fn carrying_ink(ground: Colour) -> Colour {
    let step = if ink_on(ground).lightness > 0.5 {
        -0.01
    } else {
        0.01
    };
    (0..=100)
        .map(|n| ground.lighter(step * f64::from(n)))
        .find(|ground| contrast(ink_on(*ground), *ground) >= READABLE)
        .unwrap_or(ground)
}

/// Nearly white or nearly black, whichever reads better.
fn ink_on(ground: Colour) -> Colour {
    let white = Colour::new(0.99, 0.005, ground.hue);
    let black = Colour::new(0.15, 0.02, ground.hue);
    if contrast(white, ground) >= contrast(black, ground) {
        white
    } else {
        black
    }
}

/// The style sheet of a theme, to be loaded after the house's own.
pub fn css(theme: &Theme) -> String {
    let colours = palette(theme);
    let named = [
        ("paper", colours.paper),
        ("surface", colours.surface),
        ("surface-sunk", colours.surface_sunk),
        ("ink", colours.ink),
        ("ink-soft", colours.ink_soft),
        ("ink-faint", colours.ink_faint),
        ("accent", colours.accent),
        ("accent-fill", colours.accent_fill),
        ("accent-ink", colours.accent_ink),
        ("accent-wash", colours.accent_wash),
        ("highlight", colours.highlight),
        ("highlight-wash", colours.highlight_wash),
    ];
    let mut sheet = String::from("@layer tokens {\n  :root {\n");
    for (name, pair) in named {
        // Writing into a String cannot fail.
        let _ = writeln!(sheet, "    --{name}: {};", pair.css());
    }
    for (name, value) in plain_tokens(theme) {
        let _ = writeln!(sheet, "    --{name}: {value};");
    }
    sheet.push_str("  }\n}\n");
    sheet
}

fn plain_tokens(theme: &Theme) -> [(&'static str, String); 5] {
    let face = match theme.face {
        Face::House => "\"Bricolage\", var(--font)",
        Face::System => "var(--font)",
        Face::Serif => {
            "\"Iowan Old Style\", \"Palatino Linotype\", Palatino, \"URW Palladio L\", serif"
        }
    };
    let density = match theme.density {
        Density::Compact => "0.8",
        Density::Calm => "1",
        Density::Roomy => "1.25",
    };
    [
        (
            "hue-neutral",
            format!("{:.1}", colour::turn(theme.neutral_hue)),
        ),
        ("radius", format!("{:.1}px", theme.radius.clamp(0.0, 20.0))),
        ("density", density.to_owned()),
        (
            "type-scale",
            format!("{:.2}", theme.type_scale.clamp(90.0, 120.0) / 100.0),
        ),
        ("font-display", face.to_owned()),
    ]
}

#[cfg(test)]
mod tests;
