//! How the media server shows the things in its sections.

use serde_json::{Value, json};

use super::library::Item;
use super::server::Server;

/// One `Metadata`.
pub fn shown(server: &Server, item: &Item) -> Value {
    let section = server.section(item.section);
    let added = item.added.seconds();
    let mut row = json!({
        "ratingKey": item.key.to_string(),
        "key": path(item),
        "guid": format!("plex://{}/{:024x}", item.kind, item.key),
        "type": item.kind,
        "title": item.title,
        "summary": item.summary,
        "thumb": format!("/library/metadata/{}/thumb/{added}", item.key),
        "art": format!("/library/metadata/{}/art/{added}", item.key),
        "addedAt": added,
        "updatedAt": added,
        "librarySectionID": item.section,
        "librarySectionKey": format!("/library/sections/{}", item.section),
        "librarySectionTitle": section.map(|section| section.title.as_str()).unwrap_or_default(),
    });
    if let Some(year) = item.year {
        row["year"] = json!(year);
        row["originallyAvailableAt"] = json!(format!("{year}-05-01"));
    }
    if let Some(index) = item.index {
        row["index"] = json!(index);
    }
    add_ancestors(server, item, &mut row);
    if item.plays() {
        row["duration"] = json!(item.duration_ms);
        row["Media"] = media(item);
    } else {
        let below = server.children(item.key).count();
        row["childCount"] = json!(below);
        row["leafCount"] = json!(leaves(server, item).len());
        row["viewedLeafCount"] = json!(0);
    }
    row
}

fn path(item: &Item) -> String {
    if item.plays() {
        format!("/library/metadata/{}", item.key)
    } else {
        format!("/library/metadata/{}/children", item.key)
    }
}

fn add_ancestors(server: &Server, item: &Item, row: &mut Value) {
    let mut above = item.parent;
    for relation in ["parent", "grandparent"] {
        let Some(ancestor) = above.and_then(|key| server.item(key)) else {
            return;
        };
        row[format!("{relation}RatingKey")] = json!(ancestor.key.to_string());
        row[format!("{relation}Key")] = json!(format!("/library/metadata/{}", ancestor.key));
        row[format!("{relation}Title")] = json!(ancestor.title);
        row[format!("{relation}Thumb")] = json!(format!(
            "/library/metadata/{}/thumb/{}",
            ancestor.key,
            ancestor.added.seconds()
        ));
        if let Some(index) = ancestor.index {
            row[format!("{relation}Index")] = json!(index);
        }
        above = ancestor.parent;
    }
}

/// All that plays below a thing.
pub fn leaves<'a>(server: &'a Server, item: &Item) -> Vec<&'a Item> {
    server
        .children(item.key)
        .flat_map(|child| {
            if child.plays() {
                vec![child]
            } else {
                leaves(server, child)
            }
        })
        .collect()
}

/// The file behind a thing: one `Media` with one `Part`.
pub fn media(item: &Item) -> Value {
    let is_music = item.kind == "track";
    let container = if is_music { "flac" } else { "mkv" };
    let mut media = json!({
        "id": item.key + 5_000,
        "duration": item.duration_ms,
        "bitrate": if is_music { 900 } else { 8_000 },
        "audioChannels": 2,
        "audioCodec": if is_music { "flac" } else { "eac3" },
        "container": container,
        "Part": [{
            "id": item.key + 6_000,
            "key": format!("/library/parts/{}/{}/file.{container}", item.key + 6_000, item.added.seconds()),
            "duration": item.duration_ms,
            "file": item.file,
            "size": 1_048_576,
            "container": container,
            "Stream": streams(item, is_music),
        }],
    });
    if !is_music {
        media["width"] = json!(item.height * 16 / 9);
        media["height"] = json!(item.height);
        media["videoCodec"] = json!("h264");
        media["videoResolution"] = json!(item.resolution());
        media["videoFrameRate"] = json!("24p");
    }
    json!([media])
}

fn streams(item: &Item, is_music: bool) -> Vec<Value> {
    let base = item.key * 100;
    let mut streams = Vec::new();
    if !is_music {
        streams.push(json!({
            "id": base + 1, "streamType": 1, "default": true, "codec": "h264", "index": 0,
            "bitrate": 7_500, "height": item.height, "width": item.height * 16 / 9,
            "displayTitle": format!("{}p (H.264)", item.height),
        }));
    }
    streams.push(json!({
        "id": base + 2, "streamType": 2, "selected": true, "codec": if is_music { "flac" } else { "eac3" },
        "index": 1, "channels": 2, "language": "English", "languageCode": "eng",
        "displayTitle": "English (Stereo)",
    }));
    for (at, subtitle) in (3_u64..).zip(&item.subtitles) {
        streams.push(json!({
            "id": base + at, "key": format!("/library/streams/{}", base + at), "streamType": 3,
            "codec": subtitle.format, "format": subtitle.format, "title": subtitle.title,
            "language": subtitle.language, "languageCode": subtitle.language,
            "forced": subtitle.forced, "hearingImpaired": subtitle.hearing_impaired,
            "displayTitle": format!("{} ({})", subtitle.title, subtitle.format.to_uppercase()),
        }));
    }
    streams
}
