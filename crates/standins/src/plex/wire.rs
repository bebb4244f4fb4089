//! One answer, two spellings: XML, which is what Plex speaks unless asked, and JSON.
//!
//! Scalars of an object are attributes, truth is `1` and `0`, objects are children of their name. Lists
//! differ: plex.tv's v2 wraps them (`<libraries><library/></libraries>`), its old routes and the media
//! server repeat the child (`<Directory/><Directory/>`), where a `Metadata` is called by what it is.
//! Taken from the recorded answers in the crate `plex-api` (tests/mocks) and in Home Assistant's Plex tests.

use std::fmt::Write as _;

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::moment::spelled_out;

/// Which of the two spellings a caller wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Xml,
}

/// How lists look in XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// plex.tv's second version.
    Wrapped,
    /// The media server.
    Repeated,
    /// plex.tv's first version: repeated too, and never JSON.
    OnlyXml,
}

impl Format {
    pub fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT);
        let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
        if accepted.is_some_and(|accepted| accepted.contains("application/json")) {
            Self::Json
        } else {
            Self::Xml
        }
    }
}

/// A whole XML document with one root element.
pub fn xml(root: &str, body: &Value, style: Style) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    match body {
        Value::Array(items) => {
            let child = singular(root);
            open(&mut out, root, &Map::new());
            for item in items {
                element(&mut out, &child, item, style);
            }
            let _ = write!(out, "</{root}>");
        }
        other => element(&mut out, root, other, style),
    }
    out.push('\n');
    out
}

fn element(out: &mut String, tag: &str, value: &Value, style: Style) {
    let Value::Object(fields) = value else {
        // What is a plain text in a JSON list is an element with that id.
        let id = Map::from_iter([("id".to_owned(), value.clone())]);
        open_and_close(out, tag, &id);
        return;
    };
    let has_children = fields.values().any(is_child);
    if !has_children {
        open_and_close(out, tag, fields);
        return;
    }
    open(out, tag, fields);
    for (name, child) in fields.iter().filter(|(_, child)| is_child(child)) {
        write_child(out, name, child, style);
    }
    let _ = write!(out, "</{tag}>");
}

fn write_child(out: &mut String, name: &str, child: &Value, style: Style) {
    match (child, style) {
        (Value::Array(items), Style::Wrapped) => {
            open(out, name, &Map::new());
            let each = singular(name);
            for item in items {
                element(out, &each, item, style);
            }
            let _ = write!(out, "</{name}>");
        }
        (Value::Array(items), _) => {
            for item in items {
                element(out, called(name, item), item, style);
            }
        }
        (other, _) => element(out, name, other, style),
    }
}

fn is_child(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// A `Metadata` is a video, a folder of some, or a track.
fn called<'a>(name: &'a str, item: &Value) -> &'a str {
    if name != "Metadata" {
        return name;
    }
    match item["type"].as_str().unwrap_or_default() {
        "show" | "season" | "artist" | "album" => "Directory",
        "track" => "Track",
        "photo" => "Photo",
        _ => "Video",
    }
}

fn singular(name: &str) -> String {
    match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => name.strip_suffix('s').unwrap_or(name).to_owned(),
    }
}

fn open(out: &mut String, tag: &str, fields: &Map<String, Value>) {
    start(out, tag, fields);
    out.push('>');
}

fn open_and_close(out: &mut String, tag: &str, fields: &Map<String, Value>) {
    start(out, tag, fields);
    out.push_str("/>");
}

fn start(out: &mut String, tag: &str, fields: &Map<String, Value>) {
    out.push('<');
    out.push_str(tag);
    for (name, value) in fields.iter().filter(|(_, value)| !is_child(value)) {
        let _ = write!(out, " {name}=\"{}\"", escaped(&attribute(name, value)));
    }
}

fn attribute(name: &str, value: &Value) -> String {
    match value {
        Value::Bool(truth) => u8::from(*truth).to_string(),
        Value::String(text) if name == "subscribedAt" => spelled_out(text),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Text made harmless for XML and HTML, attributes included.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_wrapped_on_the_site_and_repeated_on_the_server() {
        let body = json!({ "id": 1, "libraries": [{ "title": "A & B" }], "accepted": true });
        let wrapped = xml("sharedServer", &body, Style::Wrapped);
        assert!(wrapped.contains(
            "<sharedServer accepted=\"1\" id=\"1\"><libraries><library title=\"A &amp; B\"/></libraries></sharedServer>"
        ));
        let body = json!({ "Metadata": [{ "type": "show" }, { "type": "movie" }] });
        let repeated = xml("MediaContainer", &body, Style::Repeated);
        assert!(repeated.contains("<Directory type=\"show\"/><Video type=\"movie\"/>"));
    }

    #[test]
    fn a_plain_text_in_a_list_is_an_element_with_that_id() {
        let body = json!({ "features": ["pass", "webhooks"] });
        let text = xml("subscription", &body, Style::Wrapped);
        assert!(
            text.contains("<features><feature id=\"pass\"/><feature id=\"webhooks\"/></features>")
        );
    }
}
