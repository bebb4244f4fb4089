//! How long what was played is kept.

use serde::{Deserialize, Serialize};
use settings::Section;

/// The longest that anything is kept, in days.
pub const LONGEST_DAYS: i64 = 3_650;

/// How long the history of plays and downloads is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivitySettings {
    pub keep_days: i64,
}

impl Default for ActivitySettings {
    fn default() -> Self {
        Self { keep_days: 365 }
    }
}

impl Section for ActivitySettings {
    const NAME: &'static str = "activity";
}
