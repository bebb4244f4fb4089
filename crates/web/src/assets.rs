//! Style sheets, scripts, fonts and icons: inside the binary, joined once at start, addressed by their content.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::Digest;

use crate::site::Site;

#[derive(RustEmbed)]
#[folder = "../../assets"]
#[include = "css/**/*.css"]
#[include = "js/*.js"]
#[include = "icons/*.svg"]
#[include = "node_modules/htmx.org/dist/htmx.min.js"]
#[include = "node_modules/htmx.org/dist/ext/hx-sse.min.js"]
#[include = "node_modules/uplot/dist/uPlot.iife.min.js"]
#[include = "node_modules/uplot/dist/uPlot.min.css"]
#[include = "node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"]
#[include = "node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-ext-wght-normal.woff2"]
struct Files;

#[derive(Debug)]
struct Asset {
    kind: &'static str,
    plain: Bytes,
    /// Absent where it would not be smaller.
    gzip: Option<Bytes>,
    etag: String,
}

/// All assets by name. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AssetStore {
    by_name: Arc<HashMap<String, Asset>>,
    links: Arc<ui::Assets>,
}

impl AssetStore {
    /// Joins and compresses everything. A missing file is a fault of the build: it is logged, and the page
    /// works without it.
    pub fn load() -> Self {
        let mut by_name = HashMap::new();
        by_name.insert(
            "app.css".to_owned(),
            asset("text/css; charset=utf-8", joined(ui::STYLES)),
        );
        by_name.insert(
            "app.js".to_owned(),
            asset("text/javascript; charset=utf-8", joined(ui::SCRIPTS)),
        );
        by_name.insert(
            "scheme.js".to_owned(),
            asset("text/javascript; charset=utf-8", joined(&["js/scheme.js"])),
        );
        for (name, file) in ui::VENDORED {
            by_name.insert((*name).to_owned(), asset(kind_of(name), as_it_is(file)));
        }
        let link = |name: &str| {
            by_name
                .get(name)
                .map(|asset: &Asset| format!("/assets/{name}?{}", asset.etag))
                .unwrap_or_default()
        };
        let links = ui::Assets {
            css: link("app.css"),
            theme: String::new(),
            js: link("app.js"),
            scheme: link("scheme.js"),
            htmx: link("htmx.js"),
            htmx_sse: link("htmx-sse.js"),
            uplot: link("uplot.js"),
            uplot_css: link("uplot.css"),
            favicon: link("favicon.svg"),
        };
        Self {
            by_name: Arc::new(by_name),
            links: Arc::new(links),
        }
    }

    /// The addresses for a page's head.
    pub fn links(&self) -> &ui::Assets {
        &self.links
    }
}

/// Byte for byte: fonts are refused with one more.
fn as_it_is(file: &str) -> Vec<u8> {
    let content = Files::get(file).map(|content| content.data.into_owned());
    content.unwrap_or_else(|| {
        tracing::error!("The asset {file} is not in this build");
        Vec::new()
    })
}

fn joined(files: &[&str]) -> Vec<u8> {
    let mut all = Vec::new();
    for file in files {
        all.extend(as_it_is(file));
        all.push(b'\n');
    }
    all
}

fn asset(kind: &'static str, plain: Vec<u8>) -> Asset {
    let etag = crate::error::hex(&sha2::Sha256::digest(&plain)[..6]);
    let gzip = if kind.starts_with("font/") {
        None
    } else {
        squeezed(&plain)
    };
    Asset {
        kind,
        plain: plain.into(),
        gzip,
        etag,
    }
}

fn squeezed(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    let gzip = encoder.finish().ok()?;
    (gzip.len() < plain.len()).then(|| gzip.into())
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/{name}`
pub(crate) async fn show(
    State(site): State<Site>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(asset) = site.assets.by_name.get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let takes_gzip = accepts.is_some_and(|value| value.contains("gzip"));
    let (body, encoding) = match &asset.gzip {
        Some(gzip) if takes_gzip => (gzip.clone(), Some("gzip")),
        _ => (asset.plain.clone(), None),
    };
    let mut response = Response::new(Body::from(body));
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    to.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // The address holds the content's hash, so what it names never changes.
    to.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    if let Some(encoding) = encoding {
        to.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// `GET /theme.css`: the operator's own look, with contrast seen to.
pub(crate) async fn theme(State(site): State<Site>) -> Response {
    let css = match site.settings().await {
        Ok(settings) => ui::theme::css(&theme_of(&settings.theme)),
        Err(_) => String::new(),
    };
    let mut response = Response::new(Body::from(css));
    let to = response.headers_mut();
    to.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/css; charset=utf-8"),
    );
    to.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    response
}

pub(crate) fn theme_of(looks: &settings::Looks) -> ui::theme::Theme {
    let mut theme = ui::theme::Theme::default();
    if let Some(hue) = looks.accent_hue {
        theme.accent_hue = f64::from(hue % 360);
    }
    if let Some(hue) = looks.highlight_hue {
        theme.highlight_hue = f64::from(hue % 360);
    }
    if let Some(hue) = looks.neutral_hue {
        theme.neutral_hue = f64::from(hue % 360);
    }
    if let Some(radius) = looks.radius {
        theme.radius = f64::from(radius);
    }
    theme
}
