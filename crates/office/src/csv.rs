//! A filtered list as a file, sent page by page so that no list is too long.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use db::DbError;
use futures::stream::unfold;
use kit::{PageAsked, PageOf, Reader, Text};

/// Rows of a page at a time; each is one statement.
const AT_A_TIME: u32 = 500;

/// `next` brings a page of lines; each line has as many cells as `head`.
pub fn file<F, R>(name: &str, reader: &Reader, head: &[Text], next: F) -> Response
where
    F: Fn(PageAsked) -> R + Send + Sync + 'static,
    R: Future<Output = Result<PageOf<Vec<String>>, DbError>> + Send,
{
    let head: Vec<String> = head.iter().map(|label| reader.say(label)).collect();
    let begin = (Some(PageAsked::first(AT_A_TIME)), Some(line(&head)));
    let pages = unfold((begin, next), |((asked, head), next)| async move {
        let asked = asked?;
        match next(asked).await {
            Ok(page) => {
                let mut text = head.unwrap_or_default();
                text.extend(page.rows.iter().map(|cells| line(cells)));
                let asked = page.next.map(|mark| PageAsked::new(AT_A_TIME, Some(mark)));
                Some((Ok(text), ((asked, None), next)))
            }
            // The download breaks off, which browsers show: a file that looks whole must be whole.
            Err(error) => Some((Err(error), ((None, None), next))),
        }
    });
    let mut response = Body::from_stream(pages).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

/// Quoted where needed. A text that a spreadsheet would take for a formula is marked as text.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && text.parse::<f64>().is_err());
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(cell("=cmd()"), "'=cmd()");
        assert_eq!(cell("-12.50"), "-12.50");
        assert_eq!(cell("-x"), "'-x");
    }
}
