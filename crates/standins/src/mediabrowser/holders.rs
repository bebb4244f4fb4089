//! Series and albums, which the stand-ins know only as what their episodes and songs belong to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// What of these kinds there is, as `BaseItemDto` of the published contracts has them at least.
///
/// `items` is each thing's kind and what it belongs to. A search finds only what plays.
pub fn holders<'a>(
    wanted: &[String],
    items: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Vec<Value> {
    let held: BTreeSet<(&str, &str)> = items
        .filter_map(|(kind, part_of)| Some((holder_of(kind)?, part_of?)))
        .filter(|(kind, _)| wanted.iter().any(|wanted| wanted == kind))
        .collect();
    held.into_iter()
        .map(|(kind, name)| {
            json!({ "Name": name, "Id": format!("{kind}-{name}"), "Type": kind, "IsFolder": true })
        })
        .collect()
}

fn holder_of(kind: &str) -> Option<&'static str> {
    match kind {
        "Episode" => Some("Series"),
        "Audio" => Some("MusicAlbum"),
        _ => None,
    }
}
