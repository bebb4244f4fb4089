//! Whatever an operator chooses, text can be read.

use super::*;

fn pairs(palette: &Palette) -> Vec<(&'static str, Pair, Pair)> {
    let grounds = [
        ("paper", palette.paper),
        ("surface", palette.surface),
        ("surface-sunk", palette.surface_sunk),
    ];
    let texts = [
        palette.ink,
        palette.ink_soft,
        palette.ink_faint,
        palette.accent,
        palette.highlight,
    ];
    let mut pairs: Vec<_> = texts
        .iter()
        .flat_map(|text| grounds.map(|(name, ground)| (name, *text, ground)))
        .collect();
    pairs.push(("button", palette.accent_ink, palette.accent_fill));
    pairs.push(("accent wash", palette.accent, palette.accent_wash));
    pairs.push(("highlight wash", palette.highlight, palette.highlight_wash));
    pairs
}

fn assert_readable(theme: &Theme) {
    for (ground, text, on) in pairs(&palette(theme)) {
        for (scheme, text, on) in [
            ("light", text.light, on.light),
            ("dark", text.dark, on.dark),
        ] {
            let found = contrast(text, on);
            assert!(
                found >= READABLE,
                "{text:?} on {ground}, {scheme}: {found:.2} with {theme:?}"
            );
        }
    }
}

#[test]
fn black_on_white_is_twenty_one() {
    let found = contrast(Colour::new(0.0, 0.0, 0.0), Colour::new(1.0, 0.0, 0.0));
    assert!((found - 21.0).abs() < 0.05, "{found}");
}

#[test]
fn the_houses_own_theme_is_readable() {
    assert_readable(&Theme::default());
}

#[test]
fn no_choice_makes_text_unreadable() {
    for hue in (0..360).step_by(15).map(f64::from) {
        for lightness in [0.0, 0.3, 0.6, 0.9, 1.0] {
            assert_readable(&Theme {
                neutral_hue: hue + 90.0,
                neutral_chroma: 0.03,
                accent_hue: hue,
                accent_chroma: 0.3,
                accent_light: lightness,
                accent_dark: 1.0 - lightness,
                highlight_hue: hue + 40.0,
                highlight_chroma: 0.3,
                ..Theme::default()
            });
        }
    }
}

#[test]
fn nonsense_is_brought_into_range() {
    let sheet = css(&Theme {
        accent_hue: f64::NAN,
        radius: -4.0,
        type_scale: 9_000.0,
        neutral_hue: f64::INFINITY,
        ..Theme::default()
    });
    assert!(!sheet.contains("NaN") && !sheet.contains("inf"), "{sheet}");
    assert!(
        sheet.contains("--radius: 0.0px") && sheet.contains("--type-scale: 1.20"),
        "{sheet}"
    );
}
