//! `site`: who this house is. Who sells, and the tax on it, are billing's sections.

use kit::{Currency, Zone};
use serde::{Deserialize, Serialize};

use crate::section::Section;

/// Who this house is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteSettings {
    pub name: String,
    /// Base of all links in letters, without a closing slash. Empty: not chosen yet.
    pub public_url: String,
    /// Where the house's own messages to the operator go.
    pub contact_email: String,
    /// Language of those who did not choose one.
    pub language: String,
    /// IANA name; terms are counted in it.
    pub zone: String,
    pub currency: Currency,
    /// On the home page, in the operator's own words.
    pub headline: String,
    pub introduction: String,
    pub theme: Looks,
}

/// The operator's own look. What is absent is the house's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Looks {
    /// Hue of the one accent, 0–360.
    pub accent_hue: Option<u16>,
    pub highlight_hue: Option<u16>,
    pub neutral_hue: Option<u16>,
    /// Corners, in pixels, 0–20.
    pub radius: Option<u16>,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            name: "Playhouse".to_owned(),
            public_url: String::new(),
            contact_email: String::new(),
            language: "en".to_owned(),
            zone: "UTC".to_owned(),
            currency: Currency::EUR,
            headline: String::new(),
            introduction: String::new(),
            theme: Looks::default(),
        }
    }
}

impl Section for SiteSettings {
    const NAME: &'static str = "site";
}

impl SiteSettings {
    /// The zone in which terms are counted; UTC if the stored name is unknown by now.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.zone).unwrap_or_else(Zone::utc)
    }

    /// An absolute address of a path of ours.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.trim_end_matches('/'))
    }
}
