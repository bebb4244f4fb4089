//! Stored behaviour of the media capability, on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and says where"
)]

mod choosing;
mod ground;
mod groups;
mod names;
mod placing;
