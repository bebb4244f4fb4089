//! The resources, one file each.

mod accounts;
mod api_keys;
mod members;
mod roles;

use crate::table::Table;

/// All calls.
pub fn table() -> Table {
    Table::of("")
        .and(accounts::table())
        .and(roles::table())
        .and(members::table())
        .and(api_keys::table())
}
