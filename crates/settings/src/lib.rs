//! What the operator chooses at run time, as typed sections, and secrets sealed at rest.
//!
//! Each capability declares its own [`Section`]; a section that was never saved is its default. Secrets are
//! not in sections: they are sealed by [`vault`] under a name, and a section says only that one is set.
//!
//! To add a section, implement [`Section`] in the capability that owns it and add it to its settings page.

mod section;
pub mod site;
pub mod vault;

pub use section::{Section, SettingsError, load, save};
pub use site::{Looks, SiteSettings};
pub use vault::{Sealed, Vault, VaultError};

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &["settings", "sealed_values"];
