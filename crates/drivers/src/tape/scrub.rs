//! Replacing what could name somebody. Texts are made up unless their field is known to be harmless, so that a field
//! that nobody has thought of is made up, too.

use std::collections::HashMap;

use serde_json::{Map, Value};
use url::Url;

/// Fields whose texts are the platform's own words, and needed to read the answer.
const HARMLESS: &[&str] = &[
    "version",
    "productversion",
    "product",
    "productname",
    "platform",
    "type",
    "collectiontype",
    "provides",
    "status",
    "state",
    "protocol",
    "mediatype",
    "authenticationproviderid",
    "passwordresetproviderid",
    "operatingsystem",
    "packagename",
    "code",
    "decision",
    "container",
    "playmethod",
];

/// Made-up things, the same for the same.
#[derive(Debug, Default)]
pub(super) struct Scrub {
    texts: HashMap<String, String>,
    numbers: HashMap<u64, u64>,
    hosts: Vec<String>,
}

impl Scrub {
    /// `Null` for what was not JSON.
    pub(super) fn body(&mut self, body: Option<&Value>) -> Value {
        body.map_or(Value::Null, |body| self.value("", body))
    }

    fn value(&mut self, field: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text_of(field, text)),
            Value::Number(number) if is_id(field) => match number.as_u64() {
                Some(number) => Value::from(self.number(number)),
                None => value.clone(),
            },
            Value::Array(all) => all.iter().map(|one| self.value(field, one)).collect(),
            Value::Object(fields) => {
                let made: Map<String, Value> = fields
                    .iter()
                    .map(|(name, value)| (name.clone(), self.value(name, value)))
                    .collect();
                Value::Object(made)
            }
            other => other.clone(),
        }
    }

    fn text_of(&mut self, field: &str, text: &str) -> String {
        let is_harmless = HARMLESS.contains(&field.to_lowercase().as_str());
        if text.is_empty() || is_harmless || is_moment(text) {
            return text.to_owned();
        }
        if let Ok(number) = text.parse::<u64>() {
            return self.number(number).to_string();
        }
        self.text(text)
    }

    fn number(&mut self, number: u64) -> u64 {
        // Small ones count things: 0 and 1 are yes and no as often as ids.
        if number < 2 {
            return number;
        }
        let next = 1_000 + self.numbers.len() as u64;
        *self.numbers.entry(number).or_insert(next)
    }

    /// Of the same shape, so that it is read the same way.
    fn text(&mut self, text: &str) -> String {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let n = self.texts.len() + 1;
        let made = if let Some(digits) = hexadecimal(text) {
            let made = format!("{n:0digits$x}");
            if text.contains('-') {
                dashed(text, &made)
            } else {
                made
            }
        } else if text.contains("://") {
            format!("http://host-{n}.example")
        } else if text.contains('@') {
            format!("person-{n}@example.org")
        } else {
            format!("made up {n}")
        };
        self.texts.insert(text.to_owned(), made.clone());
        made
    }

    /// `server`, `host-2`, …: in the order in which they were asked.
    pub(super) fn host(&mut self, url: &Url) -> String {
        let host = url.origin().ascii_serialization();
        let known = self.hosts.iter().position(|known| *known == host);
        let at = known.unwrap_or_else(|| {
            self.hosts.push(host);
            self.hosts.len() - 1
        });
        format!("host-{}", at + 1)
    }

    /// Path and query: what an answer has called an id or a name is made up here, too, and so is all that looks like
    /// one. Values of the query are made up but for numbers and yes and no.
    pub(super) fn path(&mut self, url: &Url) -> String {
        let mut path = String::new();
        for segment in url.path().split('/').skip(1) {
            path.push('/');
            path.push_str(&self.segment(segment));
        }
        for (nth, (name, value)) in url.query_pairs().enumerate() {
            path.push(if nth == 0 { '?' } else { '&' });
            let is_plain = matches!(&*value, "true" | "false") || value.parse::<u32>().is_ok();
            let value = if is_plain {
                value.into_owned()
            } else {
                self.text(&value).replace(' ', "+")
            };
            path.push_str(&name);
            path.push('=');
            path.push_str(&value);
        }
        path
    }

    fn segment(&mut self, segment: &str) -> String {
        // Words of a route: our calls carry ids in their paths, never names.
        if segment.chars().all(|sign| sign.is_ascii_alphabetic()) {
            return segment.to_owned();
        }
        if let Some(known) = self.texts.get(segment) {
            return known.replace(' ', "%20");
        }
        match segment.parse::<u64>() {
            Ok(number) => self.number(number).to_string(),
            Err(_) if hexadecimal(segment).is_some() => self.text(segment),
            Err(_) => segment.to_owned(),
        }
    }
}

fn is_id(field: &str) -> bool {
    let field = field.to_lowercase();
    field.ends_with("id") || field.ends_with("ids") || field == "key" || field == "port"
}

/// How many digits an id of the usual kinds has.
fn hexadecimal(text: &str) -> Option<usize> {
    let digits = text.chars().filter(|sign| *sign != '-').count();
    let is_plain = text
        .chars()
        .all(|sign| sign == '-' || sign.is_ascii_hexdigit());
    (is_plain && digits >= 16).then_some(digits)
}

/// The digits with dashes where the original has them.
fn dashed(like: &str, digits: &str) -> String {
    let mut digits = digits.chars();
    like.chars()
        .map(|sign| {
            if sign == '-' {
                '-'
            } else {
                digits.next().unwrap_or('0')
            }
        })
        .collect()
}

fn is_moment(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 19
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[10] == b'T'
        && bytes[13] == b':'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_thing_is_made_up_alike_wherever_it_stands() {
        let mut scrub = Scrub::default();
        let id = "6f3c1e0a9b8d4c7e8f1a2b3c4d5e6f70";
        let made = scrub.body(Some(&json!({
            "Id": id, "Name": "Hedda Lund", "CollectionType": "movies", "UserId": 2001,
            "Guid": "6f3c1e0a-9b8d-4c7e-8f1a-2b3c4d5e6f71", "LastLoginDate": "2026-03-01T12:00:00Z",
            "Email": "hedda@example.org", "Address": "http://192.168.1.5:8096", "Enabled": true,
        })));
        assert_eq!(made["CollectionType"], "movies");
        assert_eq!(made["LastLoginDate"], "2026-03-01T12:00:00Z");
        assert_eq!(made["Enabled"], true);
        assert_eq!(made["Guid"].as_str().unwrap().len(), 36);
        let url = format!("http://192.168.1.5:8096/Users/{id}/Policy?api_key=secret&n=5");
        let path = scrub.path(&Url::parse(&url).unwrap());
        assert!(path.contains(made["Id"].as_str().unwrap()), "{path}");
        let all = format!("{made} {path}");
        for secret in [id, "Hedda", "2001", "hedda@", "192.168", "secret"] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
}
