//! A server's sections as plex.tv knows them: with the global ids that sharing takes.
//!
//! The list can be partial or empty for a moment (Wizarr cross-checks it): faults `partial_sections` and
//! `empty_sections`.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Tv;
use super::super::answer::{Answer, Refused, v2};
use super::super::library::Section;
use super::super::server::Server;
use super::super::world::World;
use super::auth::Signed;
use super::shown;

/// `GET /api/v2/servers/{machine}`, as recorded in `servers/machine_id.json` of the crate `plex-api`.
pub async fn show(signed: Signed, State(tv): State<Tv>, Path(machine): Path<String>) -> Answer {
    let world = tv.world();
    let server = usable(&world, &signed, &machine)?;
    let sections: Vec<Value> = told(&tv, server).iter().map(shown::section).collect();
    v2(
        "server",
        json!({
            "name": server.name,
            "address": "127.0.0.1",
            "port": server.port(),
            "version": server.version,
            "scheme": "http",
            "synced": false,
            "owned": server.owner == signed.account,
            "localAddresses": "127.0.0.1",
            "machineIdentifier": server.machine,
            "createdAt": server.created.seconds(),
            "updatedAt": server.created.seconds(),
            "librarySections": sections,
        }),
    )
}

/// A server that this account may know of.
pub fn usable<'a>(world: &'a World, signed: &Signed, machine: &str) -> Result<&'a Server, Refused> {
    let server = world.server(machine);
    server
        .filter(|server| world.may_use(signed.account, server))
        .ok_or_else(Refused::unknown)
}

/// The sections that plex.tv tells of: all, unless a fault says otherwise.
pub fn told<'a>(tv: &Tv, server: &'a Server) -> &'a [Section] {
    let all = &server.sections;
    if tv.stage.faults.take_named("empty_sections") {
        &[]
    } else if tv.stage.faults.take_named("partial_sections") {
        &all[..all.len() / 2]
    } else {
        all
    }
}
