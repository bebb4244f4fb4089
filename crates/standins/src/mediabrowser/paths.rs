//! Paths in any case: a server takes `/system/info/public` for `/System/Info/Public`.

use axum::extract::Request;
use axum::http::Uri;

/// Writes the words of a path as the routes have them; what is none of them (ids, codes) stays as it came.
pub fn in_words(request: Request, words: &[&'static str]) -> Request {
    let folded: Vec<&str> = request
        .uri()
        .path()
        .split('/')
        .map(|part| known(part, words))
        .collect();
    let folded = folded.join("/");
    with_path(request, &folded)
}

/// The same request for another path.
pub fn with_path(mut request: Request, path: &str) -> Request {
    let uri = request.uri();
    if path != uri.path() {
        let query = uri
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        if let Ok(changed) = format!("{path}{query}").parse::<Uri>() {
            *request.uri_mut() = changed;
        }
    }
    request
}

fn known<'a>(part: &'a str, words: &[&'static str]) -> &'a str {
    words
        .iter()
        .copied()
        .find(|word| word.eq_ignore_ascii_case(part))
        .unwrap_or(part)
}
