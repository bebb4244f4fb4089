//! Scans: a section, or one of its folders. The published document says POST, python-plexapi sends GET.

use axum::extract::{Path, State};
use serde_json::json;

use super::super::Pms;
use super::super::answer::{Answer, Refused, obeyed};
use super::super::asked::Asked;
use super::super::library::RatingKey;
use super::super::push::Push;
use super::auth::Owner;

/// `GET|POST /library/sections/{section}/refresh?path=&force=1`; a path must lie in a folder of the section.
pub async fn start(_: Owner, State(pms): State<Pms>, Path(key): Path<u64>, asked: Asked) -> Answer {
    let path = asked.text("path").filter(|path| !path.is_empty());
    scan(&pms, key, path, asked.flag("force").unwrap_or(false))?;
    obeyed()
}

/// `GET|POST /library/sections/all/refresh`
pub async fn start_all(_: Owner, State(pms): State<Pms>, asked: Asked) -> Answer {
    let keys: Vec<u64> = {
        let world = pms.world();
        let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
        server.sections.iter().map(|section| section.key).collect()
    };
    for key in keys {
        scan(&pms, key, None, asked.flag("force").unwrap_or(false))?;
    }
    obeyed()
}

fn scan(pms: &Pms, key: u64, path: Option<&str>, force: bool) -> Result<(), Refused> {
    let now = pms.now();
    let mut world = pms.world();
    let server = world.server_at_mut(pms.slot).ok_or(Refused::Server(503))?;
    let section = server
        .sections
        .iter_mut()
        .find(|section| section.key == key);
    let section = section.ok_or(Refused::Server(404))?;
    if path.is_some_and(|path| !section.holds_path(path)) {
        return Err(Refused::Server(400));
    }
    section.scanned = now;
    let title = section.title.clone();
    server.remember(
        now,
        "scan",
        json!({ "section": key, "path": path, "force": force }),
    );
    drop(world);
    for has_ended in [false, true] {
        pms.push(Push::scan(pms.slot, key, &title, has_ended));
    }
    Ok(())
}

/// `DELETE /library/sections/{section}/refresh`
pub async fn cancel(_: Owner, State(pms): State<Pms>, Path(key): Path<u64>) -> Answer {
    cancelled(&pms, Some(key))
}

/// `DELETE /library/sections/all/refresh`
pub async fn cancel_all(_: Owner, State(pms): State<Pms>) -> Answer {
    cancelled(&pms, None)
}

fn cancelled(pms: &Pms, section: Option<u64>) -> Answer {
    let now = pms.now();
    let mut world = pms.world();
    let server = world.server_at_mut(pms.slot).ok_or(Refused::Server(503))?;
    if section.is_some_and(|key| server.section(key).is_none()) {
        return Err(Refused::Server(404));
    }
    server.remember(now, "cancel_scan", json!({ "section": section }));
    obeyed()
}

/// `PUT /library/metadata/{item}/refresh`
pub async fn refresh_item(_: Owner, State(pms): State<Pms>, Path(key): Path<RatingKey>) -> Answer {
    let now = pms.now();
    let mut world = pms.world();
    let server = world.server_at_mut(pms.slot).ok_or(Refused::Server(503))?;
    let item = server.item(key).ok_or(Refused::Server(404))?;
    let push = Push::timeline(pms.slot, item.section, key, &item.title);
    server.remember(now, "refresh", json!({ "item": key }));
    drop(world);
    pms.push(push);
    obeyed()
}
