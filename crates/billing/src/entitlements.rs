//! Billing's own section of a plan version. All other sections belong to those who enforce them.

use serde::{Deserialize, Serialize};

use crate::plan::PlanVersion;

/// The section `billing` of a plan version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entitlements {
    /// Places for linked members beside the paying one.
    pub seats: u32,
}

impl Entitlements {
    /// The name under which a plan version keeps it.
    pub const SECTION: &'static str = "billing";

    /// What the version says; a missing or unreadable section gives nothing extra.
    pub fn of(version: &PlanVersion) -> Self {
        version
            .section(Self::SECTION)
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }

    /// As the plan version keeps it.
    pub fn to_section(&self) -> String {
        serde_json::to_string(self).expect("plain numbers print as JSON")
    }
}
