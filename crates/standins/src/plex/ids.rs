//! Ids and tokens as Plex writes them: numbers, hexadecimal digits, and tokens of twenty letters.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The same hexadecimal digits for the same words, so that seeded things keep theirs over a reset.
pub fn hex_of(words: &[&str], digits: usize) -> String {
    let digest = Sha256::digest(words.join("\u{1f}").as_bytes());
    let mut text = hex(&digest);
    text.truncate(digits);
    text
}

/// A token that was not there before.
pub fn fresh_token() -> String {
    fresh_letters(20)
}

/// Letters that were not there before, as in the code of a PIN or the id of a session.
pub fn fresh_letters(count: usize) -> String {
    let bytes = (0..count.div_ceil(8)).flat_map(|_| drawn().to_be_bytes());
    bytes
        .take(count)
        .map(|byte| char::from(LETTERS[usize::from(byte % 64)]))
        .collect()
}

/// Lower-case letters and digits, as in a long code.
pub fn fresh_code(count: usize) -> String {
    let letters = fresh_letters(count * 2).to_lowercase();
    letters
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(count)
        .collect()
}

/// Four capitals that are easy to read off a television.
pub fn short_code() -> String {
    const PLAIN: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let bytes = drawn().to_be_bytes();
    bytes[..4]
        .iter()
        .map(|byte| char::from(PLAIN[usize::from(byte % 32)]))
        .collect()
}

/// `8-4-4-4-12` hexadecimal digits.
pub fn fresh_uuid() -> String {
    let mut bytes = [0_u8; 16];
    for half in bytes.chunks_mut(8) {
        half.copy_from_slice(&drawn().to_be_bytes());
    }
    with_dashes(&hex(&bytes))
}

/// The same UUID for the same words.
pub fn uuid_of(words: &[&str]) -> String {
    with_dashes(&hex_of(words, 32))
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let text = String::with_capacity(bytes.len() * 2);
    bytes.iter().fold(text, |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn with_dashes(hex: &str) -> String {
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..32],
    ];
    parts.join("-")
}

fn drawn() -> u64 {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    // Each `RandomState` has keys of its own, which makes a random source without a library.
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u64(DRAWN.fetch_add(1, Ordering::Relaxed));
    hasher.finish()
}
