//! What a station is called in addresses.

use std::fmt;

use kit::{Text, t};
use serde::{Deserialize, Serialize};

/// The address under which listeners find a station: `/listen/night-jazz`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StationSlug(String);

const LONGEST: usize = 60;

impl StationSlug {
    /// Lower-case letters, digits and hyphens, beginning and ending with neither a hyphen nor nothing.
    pub fn parse(typed: &str) -> Result<Self, NotASlug> {
        let typed = typed.trim();
        let is_fine =
            |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        let is_slug = (2..=LONGEST).contains(&typed.len())
            && typed.chars().all(is_fine)
            && !typed.starts_with('-')
            && !typed.ends_with('-');
        is_slug.then(|| Self(typed.to_owned())).ok_or(NotASlug)
    }

    /// What suits a name: `Rádio São João!` becomes `r-dio-s-o-jo-o`. `None`: nothing of it can stand in an address.
    pub fn suggested_for(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for sign in name.chars().flat_map(char::to_lowercase) {
            if sign.is_ascii_alphanumeric() {
                slug.push(sign);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(LONGEST);
        Self::parse(slug.trim_end_matches('-')).ok()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StationSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<StationSlug> for String {
    fn from(slug: StationSlug) -> Self {
        slug.0
    }
}

impl TryFrom<String> for StationSlug {
    type Error = NotASlug;

    fn try_from(text: String) -> Result<Self, NotASlug> {
        Self::parse(&text)
    }
}

/// What was typed cannot stand in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a station")]
pub struct NotASlug;

impl NotASlug {
    pub fn text(self) -> Text {
        t!("Use 2 to 60 lower-case letters, digits and hyphens, such as night-jazz.")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::StationSlug;

    #[test]
    fn an_address_is_short_and_plain() {
        for good in ["ab", "night-jazz", "radio-1", &"a".repeat(60)] {
            assert_eq!(StationSlug::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "-a",
            "a-",
            "Night",
            "a b",
            "a/b",
            "..",
            "ä-b",
            &"a".repeat(61),
        ] {
            assert!(StationSlug::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_suggested_is_an_address(name in ".{0,80}") {
            if let Some(slug) = StationSlug::suggested_for(&name) {
                prop_assert_eq!(StationSlug::parse(slug.as_str()), Ok(slug));
            }
        }
    }
}
