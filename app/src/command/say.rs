//! The one way to stdout. A reader that has gone away (`playhouse openapi | head`) is no failure.

use std::io::{ErrorKind, Write};

use serde_json::Value;

use super::Outcome;

/// Writes one line.
pub fn say(line: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Writes a line for people, or the same as JSON for programs.
pub fn say_either(as_json: bool, line: &str, json: &Value) -> Outcome {
    if as_json {
        say(&json.to_string())
    } else {
        say(line)
    }
}
