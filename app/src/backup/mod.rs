//! Backups: everything in one file that either engine can be filled from.
//!
//! A file is gzip of JSON lines: a header, then for each table a line with its columns and a line for each
//! row, then counts and a checksum of all lines before. The key that opens the secrets in it is left out,
//! unless it is asked for and sealed with a passphrase.

mod error;
pub mod events;
mod folder;
pub mod format;
pub mod jobs;
pub mod kept;
mod key;
mod restore;
mod scratch;
mod standing;
mod write;

pub use error::BackupError;
pub use folder::Folder;
pub use format::{Counts, Header};
pub use key::PassphraseKey;
pub use restore::{Restored, restore};
pub use scratch::try_out;
pub use standing::BackupStanding;
pub use write::{Made, write};
