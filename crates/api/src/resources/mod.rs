//! The resources, one file each.

mod accounts;
mod api_keys;
mod devices;
mod events;
mod gateways;
mod invitations;
mod items;
mod jobs;
mod joining;
mod letters;
mod libraries;
mod media_servers;
mod members;
mod moves;
mod payments;
mod plans;
mod prices;
mod refunds;
mod roles;
mod scans;
mod settings;
mod settings_checks;
mod shares;
mod subscriptions;
mod subtitles;
mod term_grants;
mod viewing;

use crate::table::Table;

/// All calls.
pub fn table() -> Table {
    Table::of("")
        .and(accounts::table())
        .and(roles::table())
        .and(members::table())
        .and(joining::table())
        .and(invitations::table())
        .and(plans::table())
        .and(prices::table())
        .and(subscriptions::table())
        .and(term_grants::table())
        .and(payments::table())
        .and(refunds::table())
        .and(media_servers::table())
        .and(moves::table())
        .and(libraries::table())
        .and(items::table())
        .and(scans::table())
        .and(subtitles::table())
        .and(shares::table())
        .and(viewing::table())
        .and(devices::table())
        .and(gateways::table())
        .and(letters::table())
        .and(settings::table())
        .and(events::table())
        .and(jobs::table())
        .and(api_keys::table())
}
