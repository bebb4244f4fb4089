//! The version that the server says it is, which decides what it takes and how it answers.

use serde::Serialize;

/// `10.11.5`, `12.0.0`, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Version(String);

impl Default for Version {
    fn default() -> Self {
        Self("10.11.5".to_owned())
    }
}

impl Version {
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first two numbers; what is not a number counts as 0.
    pub fn release(&self) -> (u32, u32) {
        let mut numbers = self.0.split('.').map(|part| part.parse().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    }

    /// 12.0 changed some answers; there never was an 11.
    pub fn is_twelve(&self) -> bool {
        self.release() >= (12, 0)
    }
}
