//! Stored behaviour of the media capability, on both engines.

mod ground;
mod groups;
mod names;
mod placing;
