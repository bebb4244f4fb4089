//! What the operator allows members to do by themselves.

use serde::{Deserialize, Serialize};
use settings::Section;

/// What members may do by themselves, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelfHelpSettings {
    /// How many scans a member may ask for within a day. 0: members ask for none.
    pub scans_a_day: u32,
    /// How many files of subtitles a member may upload within a day. 0: members upload none.
    pub subtitles_a_day: u32,
}

impl Default for SelfHelpSettings {
    fn default() -> Self {
        Self {
            scans_a_day: 5,
            subtitles_a_day: 10,
        }
    }
}

impl Section for SelfHelpSettings {
    const NAME: &'static str = "self_help";
}
