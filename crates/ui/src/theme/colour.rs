//! Colours as lightness, chroma and hue (OKLCH), and how well one reads on another.

/// A colour in OKLCH; lightness 0–1, chroma 0–0.4, hue in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour {
    pub lightness: f64,
    pub chroma: f64,
    pub hue: f64,
}

/// A hue within one turn.
pub(super) fn turn(hue: f64) -> f64 {
    if hue.is_finite() {
        hue.rem_euclid(360.0)
    } else {
        0.0
    }
}

impl Colour {
    pub fn new(lightness: f64, chroma: f64, hue: f64) -> Self {
        let within = |value: f64, most: f64| {
            if value.is_finite() {
                value.clamp(0.0, most)
            } else {
                0.0
            }
        };
        Self {
            lightness: within(lightness, 1.0),
            chroma: within(chroma, 0.4),
            hue: turn(hue),
        }
    }

    #[must_use]
    pub fn lighter(self, by: f64) -> Self {
        Self::new(self.lightness + by, self.chroma, self.hue)
    }

    pub fn css(self) -> String {
        format!(
            "oklch({:.3} {:.3} {:.1})",
            self.lightness, self.chroma, self.hue
        )
    }

    /// Red, green and blue of the screen, linear, cut to what it can show.
    ///
    /// Matrices: CSS Color Module Level 4, "Sample code for color conversions".
    fn linear_rgb(self) -> [f64; 3] {
        let (sin, cos) = self.hue.to_radians().sin_cos();
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let long = cube(self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
        let medium = cube(self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
        let short = cube(self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ]
        .map(|part| part.clamp(0.0, 1.0))
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear_rgb();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

fn cube(value: f64) -> f64 {
    value * value * value
}

/// The contrast of two colours, 1–21 (WCAG 2.2, "contrast ratio").
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    let (light, dark) = if one > other {
        (one, other)
    } else {
        (other, one)
    };
    (light + 0.05) / (dark + 0.05)
}
