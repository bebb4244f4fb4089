//! Ids and tokens as both servers write them: 32 hexadecimal digits without dashes, read with or without.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

/// The id of a user, library, item, session or device.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Guid(String);

impl Guid {
    /// `None` unless the text is a GUID in one of the two usual spellings.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text
            .chars()
            .filter(|digit| *digit != '-')
            .map(|digit| digit.to_ascii_lowercase())
            .collect();
        let is_guid = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_guid.then_some(Self(digits))
    }

    /// The same id for the same words, so that seeded things keep theirs over a reset.
    pub fn of(words: &[&str]) -> Self {
        let digest = Sha256::digest(words.join("\u{1f}").as_bytes());
        Self(hex(&digest[..16]))
    }

    /// An id that was not there before.
    pub fn fresh() -> Self {
        static DRAWN: AtomicU64 = AtomicU64::new(1);
        let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0_u8; 16];
        for half in bytes.chunks_mut(8) {
            // Each `RandomState` has keys of its own, which makes a random source without a library.
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u64(drawn);
            half.copy_from_slice(&hasher.finish().to_be_bytes());
        }
        Self(hex(&bytes))
    }

    /// What the servers write where there is no user, as for an API key.
    pub fn empty() -> Self {
        Self("0".repeat(32))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("this is not a GUID"))
    }
}

/// Six digits, as Quick Connect shows them.
pub fn six_digits() -> String {
    let drawn = u64::from_str_radix(&Guid::fresh().0[..12], 16).unwrap_or_default();
    format!("{:06}", drawn % 1_000_000)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
