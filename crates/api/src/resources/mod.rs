//! The resources, one file each.

mod roles;

use crate::table::Table;

/// All calls.
pub fn table() -> Table {
    Table::of("").and(roles::table())
}
