//! The people crate.
