//! The frame of the stand-in's pages: plain HTML without scripts, readable by people and programs.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8a8f98; --accent: #3a36c9; --on: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --accent: #a9a6ff; --on: #14132b; --bad: #ffb4ab } }
* { box-sizing: border-box }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem }
main { max-width: 26rem; margin: 2rem auto }
h1 { font-size: 1.4rem; margin: 0 0 .25rem }
.mark { border: 1px dashed var(--line); border-radius: .5rem; padding: .5rem .75rem; margin: 0 0 1.5rem }
.amount { font-size: 2rem; font-weight: 650; margin: 0 0 1rem }
label { display: block; font-weight: 600; margin: .75rem 0 .25rem }
input { font: inherit; width: 100%; padding: .6rem .7rem; border: 1px solid var(--line); border-radius: .4rem }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem }
button { font: inherit; font-weight: 650; width: 100%; margin-top: 1.25rem; padding: .75rem;
  border: 0; border-radius: .4rem; background: var(--accent); color: var(--on); cursor: pointer }
button.quiet { background: none; color: inherit; border: 1px solid var(--line) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.error { color: var(--bad); font-weight: 600 }
.back { display: inline-block; margin-top: 1.25rem; color: inherit }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem 0 }
td:last-child, th:last-child { text-align: right }
";

/// A whole page. `body` is HTML already; everything in it that came from outside is [`escaped`].
pub fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <p class=\"mark\">Stripe stand-in – no real money</p>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, html).into_response()
}

/// A page that says one thing, with a link on if there is somewhere to go.
pub fn notice(
    status: StatusCode,
    title: &str,
    sentence: &str,
    link: Option<(&str, &str)>,
) -> Response {
    let link = link.map_or_else(String::new, |(url, words)| {
        format!(
            "<a class=\"back\" href=\"{}\">{}</a>",
            escaped(url),
            escaped(words)
        )
    });
    let body = format!(
        "<h1>{}</h1>\n<p>{}</p>\n{link}",
        escaped(title),
        escaped(sentence)
    );
    page(status, title, &body)
}

pub fn see_other(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_owned())]).into_response()
}

/// Text made harmless for HTML, attributes included.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
