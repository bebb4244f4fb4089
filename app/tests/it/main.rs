//! The whole house, on both engines, with its jobs run to the end.

#![expect(
    clippy::disallowed_methods,
    clippy::large_futures,
    clippy::format_push_string,
    reason = "tests read their own environment, hold whole houses, and need not be fast"
)]

mod audit;
mod backup;
mod commands;
mod crash;
mod doctor;
mod emby;
mod going_live;
mod interleavings;
mod invitations;
mod languages;
mod letters;
mod library_counts;
mod money;
mod money_back;
mod money_renewal;
mod moves;
mod office;
mod owners;
mod payloads;
mod plan_moves;
mod platform_entry;
mod plex;
mod programs;
mod provisioning;
mod recording;
mod routes;
mod safety;
mod self_help;
mod servers;
mod shop;
mod sql;
mod support;
mod syncs;
mod time;
mod time_more;
mod viewing;
mod walls;
