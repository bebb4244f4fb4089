//! The lines of a backup, and how values are written in them.

use std::collections::BTreeMap;

use kit::Value;
use kit::stored::Kind;
use serde::{Deserialize, Serialize};

use super::key::PassphraseKey;

/// The version of this format; a reader refuses a higher one.
pub const FORMAT: u32 = 1;

/// Rows of each table.
pub type Counts = BTreeMap<String, i64>;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    pub playhouse_backup: u32,
    /// The Playhouse that made it.
    pub version: String,
    pub created_at: String,
    /// The migrations that the database had had.
    pub migrations: Vec<String>,
    /// The key file, sealed with a passphrase, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PassphraseKey>,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    Row(Vec<serde_json::Value>),
    Table { table: String, columns: Vec<String> },
    End { rows: Counts, sha256: String },
}

/// Nothing that a table can hold is lost: whole numbers are not floats in JSON, and floats print exactly.
pub fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Int(int) => (*int).into(),
        Value::Float(float) => (*float).into(),
        Value::Bool(bool) => (*bool).into(),
        Value::Null(_) => serde_json::Value::Null,
    }
}

/// `None`: this is not a value of a column of that kind.
pub fn from_json(json: serde_json::Value, kind: Kind) -> Option<Value> {
    match (json, kind) {
        (serde_json::Value::Null, kind) => Some(Value::Null(kind)),
        (serde_json::Value::String(text), Kind::Text) => Some(Value::Text(text)),
        (serde_json::Value::Bool(bool), Kind::Bool) => Some(Value::Bool(bool)),
        (json, Kind::Int) => json.as_i64().map(Value::Int),
        (json, Kind::Float) => json.as_f64().map(Value::Float),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_was() {
        let values = [
            (Value::Text("a \"line\"\nand 字".to_owned()), Kind::Text),
            (Value::Int(i64::MAX), Kind::Int),
            (Value::Float(0.1 + 0.2), Kind::Float),
            (Value::Float(3.0), Kind::Float),
            (Value::Bool(true), Kind::Bool),
            (Value::Null(Kind::Int), Kind::Int),
        ];
        for (value, kind) in values {
            let line = to_json(&value).to_string();
            let read = serde_json::from_str(&line).expect("JSON");
            assert_eq!(from_json(read, kind), Some(value), "{line}");
        }
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        assert_eq!(from_json("1".into(), Kind::Int), None);
        assert_eq!(from_json(1.into(), Kind::Bool), None);
    }
}
