//! The sections that a viewer may see, and the things in them.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use serde_json::{Value, json};

use super::super::Pms;
use super::super::answer::{Answer, Refused, container};
use super::super::asked::Asked;
use super::super::library::{Item, RatingKey, Section};
use super::super::metadata;
use super::super::moment::Moment;
use super::super::server::Server;
use super::super::world::World;
use super::auth::{Owner, Viewer};

/// `GET /library`: only the owner has it.
pub async fn library(_: Owner) -> Answer {
    container(json!({
        "size": 1, "allowSync": false, "identifier": "com.plexapp.plugins.library",
        "mediaTagPrefix": "/system/bundle/media/flags/", "mediaTagVersion": 1,
        "title1": "Plex Library",
        "Directory": [{ "key": "sections", "title": "Library Sections" }],
    }))
}

/// `GET /library/sections`, as recorded in Home Assistant's `library_sections.xml`.
pub async fn list(viewer: Viewer, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let now = pms.now();
    let sections = viewer.sections(&world, server);
    let rows: Vec<Value> = sections.map(|section| shown(section, now)).collect();
    container(json!({
        "allowSync": false, "title1": "Plex Library", "Directory": rows,
        "identifier": "com.plexapp.plugins.library",
    }))
}

/// How long a scan runs.
const SCANS_FOR_MS: i64 = 3000;

fn shown(section: &Section, now: Moment) -> Value {
    let is_new = section.scanned == section.created;
    let locations = (1_u64..).zip(&section.locations);
    json!({
        "allowSync": true,
        "art": format!("/:/resources/{}-fanart.jpg", section.kind),
        "composite": format!("/library/sections/{}/composite/{}", section.key, section.scanned.seconds()),
        "filters": true,
        "refreshing": !is_new && now.since(section.scanned) < SCANS_FOR_MS,
        "thumb": format!("/:/resources/{}.png", section.kind),
        "key": section.key.to_string(),
        "type": section.kind,
        "title": section.title,
        "agent": section.agent(),
        "scanner": section.scanner(),
        "language": "en-US",
        "uuid": section.uuid,
        "updatedAt": section.created.seconds(),
        "createdAt": section.created.seconds(),
        "scannedAt": section.scanned.seconds(),
        "content": true,
        "directory": true,
        "contentChangedAt": 1,
        "hidden": 0,
        "Location": locations.map(|(nth, path)| json!({ "id": section.key * 10 + nth, "path": path }))
            .collect::<Vec<_>>(),
    })
}

/// `GET /library/sections/{section}`
pub async fn show(viewer: Viewer, State(pms): State<Pms>, Path(key): Path<u64>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let section = visible(&world, server, viewer, key)?;
    container(json!({
        "librarySectionID": section.key, "title1": section.title, "viewGroup": "secondary",
        "Directory": [{ "key": "all", "title": format!("All {}", section.title) }],
    }))
}

/// A section that the viewer may not see is as good as not there.
fn visible<'a>(
    world: &World,
    server: &'a Server,
    viewer: Viewer,
    key: u64,
) -> Result<&'a Section, Refused> {
    let section = server.section(key);
    section
        .filter(|section| viewer.sees(world, section))
        .ok_or(Refused::Server(404))
}

/// `GET /library/sections/{section}/all?type=&title=`, paged by `X-Plex-Container-Start` and `-Size`.
pub async fn items(
    viewer: Viewer,
    State(pms): State<Pms>,
    Path(key): Path<u64>,
    asked: Asked,
) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let section = visible(&world, server, viewer, key)?;
    let kind = asked.number("type");
    let title = asked.text("title").unwrap_or_default().to_lowercase();
    let wanted = |item: &&Item| {
        item.section == key
            && kind.map_or_else(|| item.is_top(), |kind| item.type_number() == kind)
            && item.title.to_lowercase().contains(&title)
    };
    let all: Vec<Value> = server
        .items
        .iter()
        .filter(wanted)
        .map(|item| metadata::shown(server, item))
        .collect();
    paged(
        all,
        &asked,
        json!({
            "allowSync": true,
            "identifier": "com.plexapp.plugins.library",
            "librarySectionID": section.key,
            "librarySectionTitle": section.title,
            "librarySectionUUID": section.uuid,
            "title1": section.title,
            "viewGroup": section.kind,
        }),
    )
}

/// One page of a list, with `offset`, `size` and `totalSize`.
pub fn paged(all: Vec<Value>, asked: &Asked, mut about: Value) -> Answer {
    let number = |name| asked.plex(name).and_then(|text| text.parse::<usize>().ok());
    let total = all.len();
    let start = number("Container-Start").unwrap_or(0).min(total);
    let size = number("Container-Size").unwrap_or(total);
    let page: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    about["size"] = json!(page.len());
    about["totalSize"] = json!(total);
    about["offset"] = json!(start);
    about["Metadata"] = Value::Array(page);
    let mut response = container(about)?;
    let headers = response.headers_mut();
    headers.insert("x-plex-container-start", HeaderValue::from(start));
    headers.insert("x-plex-container-total-size", HeaderValue::from(total));
    Ok(response)
}

/// `GET /library/metadata/{item}`: one, or several with commas between them.
pub async fn item(viewer: Viewer, State(pms): State<Pms>, Path(keys): Path<String>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let keys = keys.split(',').filter_map(|key| key.parse().ok());
    let found: Vec<Value> = keys
        .filter_map(|key| seen(&world, server, viewer, key).ok())
        .map(|item| metadata::shown(server, item))
        .collect();
    if found.is_empty() {
        return Err(Refused::Server(404));
    }
    container(json!({ "identifier": "com.plexapp.plugins.library", "Metadata": found }))
}

/// A thing of a section that the viewer may see.
pub fn seen<'a>(
    world: &World,
    server: &'a Server,
    viewer: Viewer,
    key: RatingKey,
) -> Result<&'a Item, Refused> {
    let item = server.item(key).ok_or(Refused::Server(404))?;
    visible(world, server, viewer, item.section)?;
    Ok(item)
}

/// `GET /library/metadata/{item}/children`
pub async fn children(
    viewer: Viewer,
    State(pms): State<Pms>,
    Path(key): Path<RatingKey>,
    asked: Asked,
) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let item = seen(&world, server, viewer, key)?;
    let below: Vec<Value> = server
        .children(item.key)
        .map(|child| metadata::shown(server, child))
        .collect();
    paged(
        below,
        &asked,
        json!({ "key": key.to_string(), "parentTitle": item.title }),
    )
}

/// `GET /library/metadata/{item}/allLeaves`
pub async fn leaves(
    viewer: Viewer,
    State(pms): State<Pms>,
    Path(key): Path<RatingKey>,
    asked: Asked,
) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let item = seen(&world, server, viewer, key)?;
    let below = metadata::leaves(server, item).into_iter();
    let below: Vec<Value> = below.map(|leaf| metadata::shown(server, leaf)).collect();
    paged(
        below,
        &asked,
        json!({ "key": key.to_string(), "parentTitle": item.title }),
    )
}
