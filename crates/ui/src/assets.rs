//! Which files make up the style sheet and the script, in which order, and which files of libraries are
//! embedded beside them. All paths are relative to `assets/`.

/// Joined in this order into `/assets/app.css`. The first names the layers.
pub const STYLES: &[&str] = &[
    "css/layers.css",
    "css/tokens/colour.css",
    "css/tokens/size.css",
    "css/tokens/type.css",
    "css/base/reset.css",
    "css/base/elements.css",
    "css/base/motion.css",
    "css/base/print.css",
    "css/layout/console.css",
    "css/layout/front.css",
    "css/layout/grid.css",
    "css/components/avatar.css",
    "css/components/badge.css",
    "css/components/button.css",
    "css/components/card.css",
    "css/components/chart.css",
    "css/components/copy.css",
    "css/components/counts.css",
    "css/components/facts.css",
    "css/components/field.css",
    "css/components/filters.css",
    "css/components/form.css",
    "css/components/icon.css",
    "css/components/list.css",
    "css/components/nav.css",
    "css/components/notice.css",
    "css/components/plan.css",
    "css/components/popover.css",
    "css/components/table.css",
    "css/components/timeline.css",
    "css/pages/account.css",
    "css/pages/receipt.css",
    "css/pages/station.css",
];

/// Joined in this order into `/assets/app.js`, which is loaded as a module. Each stands alone.
pub const SCRIPTS: &[&str] = &[
    "js/theme.js",
    "js/keys.js",
    "js/flash.js",
    "js/dialog.js",
    "js/live.js",
    "js/select-all.js",
    "js/x-copy.js",
    "js/x-relative-time.js",
    "js/x-chart.js",
    "js/x-passkey.js",
];

/// The name below `/assets/` and the file, for what is served as it is.
pub const VENDORED: &[(&str, &str)] = &[
    ("htmx.js", "node_modules/htmx.org/dist/htmx.min.js"),
    (
        "htmx-sse.js",
        "node_modules/htmx.org/dist/ext/hx-sse.min.js",
    ),
    ("uplot.js", "node_modules/uplot/dist/uPlot.iife.min.js"),
    ("uplot.css", "node_modules/uplot/dist/uPlot.min.css"),
    (
        "bricolage-latin.woff2",
        "node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2",
    ),
    (
        "bricolage-latin-ext.woff2",
        "node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-ext-wght-normal.woff2",
    ),
    ("favicon.svg", "icons/favicon.svg"),
    ("scheme.js", "js/scheme.js"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a test reads the folder that it checks"
    )]
    fn every_own_file_is_there_and_in_the_list() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
        for file in STYLES.iter().chain(SCRIPTS) {
            assert!(assets.join(file).is_file(), "{file} is missing");
        }
        let is_apart = |path: &Path| VENDORED.iter().any(|(_, known)| path.ends_with(known));
        let listed = |folder: &str, path: &Path| {
            let name = path.strip_prefix(&assets).expect("inside assets");
            let list = if folder == "js" { SCRIPTS } else { STYLES };
            list.iter().any(|known| Path::new(known) == name)
        };
        for folder in [
            "js",
            "css",
            "css/tokens",
            "css/base",
            "css/layout",
            "css/components",
            "css/pages",
        ] {
            for entry in std::fs::read_dir(assets.join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                assert!(
                    path.is_dir() || is_apart(&path) || listed(folder, &path),
                    "{} is not in the list",
                    path.display()
                );
            }
        }
    }
}
