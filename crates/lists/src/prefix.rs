//! Searching by the beginning of a text, along an index.

/// The first text that does not begin with this one any more.
pub fn end_of(text: &str) -> String {
    format!("{text}\u{10ffff}")
}
