//! Writes the gallery as plain files: `cargo run -p ui --example gallery -- FOLDER`.

#![expect(
    clippy::disallowed_methods,
    reason = "a tool for the desk, without a runtime"
)]

use std::fs;
use std::io;
use std::path::Path;

use ui::{Assets, SCRIPTS, STYLES, VENDORED, gallery, theme};

fn main() -> io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "target/gallery".to_owned());
    let folder = Path::new(&folder);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    fs::create_dir_all(folder.join("assets"))?;
    fs::write(folder.join("assets/app.css"), joined(&own, STYLES)?)?;
    fs::write(folder.join("assets/app.js"), joined(&own, SCRIPTS)?)?;
    fs::write(
        folder.join("assets/theme.css"),
        theme::css(&theme::Theme::default()),
    )?;
    for (name, file) in VENDORED {
        fs::copy(own.join(file), folder.join("assets").join(name))?;
    }
    fs::write(folder.join("series.json"), series())?;
    for (name, page) in gallery(&assets()) {
        fs::write(folder.join(format!("{name}.html")), page.into_string())?;
    }
    Ok(())
}

/// A day of two lines, as a page's own address would answer it.
fn series() -> String {
    let hours: Vec<String> = (0..24)
        .map(|hour| (1_795_305_600 + hour * 3600).to_string())
        .collect();
    let many: Vec<String> = (0..24)
        .map(|hour| (40 + hour * 37 % 29).to_string())
        .collect();
    let few: Vec<String> = (0..24)
        .map(|hour| (10 + hour * 17 % 13).to_string())
        .collect();
    format!(
        "[[{}],[{}],[{}]]",
        hours.join(","),
        many.join(","),
        few.join(",")
    )
}

fn joined(own: &Path, files: &[&str]) -> io::Result<String> {
    files
        .iter()
        .map(|file| fs::read_to_string(own.join(file)))
        .collect()
}

fn assets() -> Assets {
    Assets {
        css: "/assets/app.css".to_owned(),
        theme: "/assets/theme.css".to_owned(),
        js: "/assets/app.js".to_owned(),
        scheme: "/assets/scheme.js".to_owned(),
        htmx: "/assets/htmx.js".to_owned(),
        htmx_sse: "/assets/htmx-sse.js".to_owned(),
        uplot: "/assets/uplot.js".to_owned(),
        uplot_css: "/assets/uplot.css".to_owned(),
        favicon: "/assets/favicon.svg".to_owned(),
    }
}
