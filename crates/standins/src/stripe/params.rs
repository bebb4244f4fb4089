//! The parameters of a call, read by Stripe's own names: `params.text("payment_intent_data[metadata]")`.

use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::form;

/// An empty text means "unset" to Stripe; the readers here answer `None` for it.
#[derive(Debug, Clone)]
pub struct Params(Value);

impl Params {
    pub fn new(tree: Value) -> Self {
        Self(tree)
    }

    /// Refuses names that the call does not know; `expand` is known to all.
    pub fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let names = self.0.as_object().into_iter().flat_map(Map::keys);
        for name in names {
            if name != "expand" && !known.contains(&name.as_str()) {
                return Err(
                    Refusal::invalid(format!("Received unknown parameter: {name}"))
                        .code("parameter_unknown")
                        .param(name),
                );
            }
        }
        Ok(())
    }

    pub fn at(&self, path: &str) -> Option<&Value> {
        let mut value = &self.0;
        for segment in form::segments(path)? {
            value = match value {
                Value::Array(all) => all.get(segment.parse::<usize>().ok()?)?,
                other => other.get(segment)?,
            };
        }
        Some(value)
    }

    pub fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// The text, or null: for fields that are stored as they were sent.
    pub fn or_null(&self, path: &str) -> Value {
        self.text(path).map_or(Value::Null, |text| json!(text))
    }

    pub fn required(&self, path: &str) -> Result<&str, Refusal> {
        self.text(path).ok_or_else(|| missing(path))
    }

    pub fn number(&self, path: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(path) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            Refusal::invalid(format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
                .param(path)
        })
    }

    pub fn required_number(&self, path: &str) -> Result<i64, Refusal> {
        self.number(path)?.ok_or_else(|| missing(path))
    }

    pub fn flag(&self, path: &str) -> Result<Option<bool>, Refusal> {
        match self.text(path) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Refusal::invalid(format!("Invalid boolean: {other}")).param(path)),
        }
    }

    /// One of the named words, or `None` if absent.
    pub fn choice(&self, path: &str, words: &[&str]) -> Result<Option<&str>, Refusal> {
        match self.text(path) {
            Some(word) if !words.contains(&word) => {
                let message = format!("Invalid {path}: must be one of {}", words.join(", "));
                Err(Refusal::invalid(message).param(path))
            }
            found => Ok(found),
        }
    }

    /// The elements of an array; none if it is absent.
    pub fn array(&self, path: &str) -> Vec<&Value> {
        self.at(path)
            .and_then(Value::as_array)
            .map(|all| all.iter().collect())
            .unwrap_or_default()
    }

    pub fn texts(&self, path: &str) -> Vec<&str> {
        self.array(path)
            .into_iter()
            .filter_map(Value::as_str)
            .collect()
    }

    /// New metadata: at most 50 pairs, names of 40 and values of 500 characters.
    pub fn metadata(&self, path: &str) -> Result<Value, Refusal> {
        self.merged_metadata(path, &json!({}))
    }

    /// Metadata laid over what is there; an empty value takes its pair away, an empty text all of them.
    pub fn merged_metadata(&self, path: &str, before: &Value) -> Result<Value, Refusal> {
        let mut pairs = before.as_object().cloned().unwrap_or_default();
        match self.at(path) {
            None => {}
            Some(Value::Object(sent)) => {
                for (name, value) in sent {
                    let text = value.as_str().ok_or_else(|| invalid_metadata(path))?;
                    if name.chars().count() > 40 || text.chars().count() > 500 {
                        return Err(invalid_metadata(path));
                    }
                    if text.is_empty() {
                        pairs.remove(name);
                    } else {
                        pairs.insert(name.clone(), json!(text));
                    }
                }
            }
            Some(Value::String(text)) if text.is_empty() => pairs.clear(),
            Some(_) => return Err(invalid_metadata(path)),
        }
        if pairs.len() > 50 {
            return Err(invalid_metadata(path));
        }
        Ok(Value::Object(pairs))
    }
}

fn missing(path: &str) -> Refusal {
    Refusal::invalid(format!("Missing required param: {path}."))
        .code("parameter_missing")
        .param(path)
}

fn invalid_metadata(path: &str) -> Refusal {
    Refusal::invalid(
        "Metadata takes at most 50 pairs of text, with names of 40 and values of 500 characters.",
    )
    .param(path)
}
