//! The walls: which crate may lean on which, read from Cargo itself.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read has failed, and may block"
)]

use std::collections::{BTreeMap, BTreeSet};

const GROUND: &[&str] = &["kit", "db"];
const HOUSEKEEPING: &[&str] = &["settings", "chronicle", "jobs"];
const UPKEEP: &[&str] = &["upkeep"];
const CAPABILITIES: &[&str] = &["people", "billing", "media", "outreach"];
const STORIES: &[&str] = &["lists", "flows"];
const PAGES: &[&str] = &["ui", "web"];

/// What each crate may lean on, floor by floor. Downward only; floors may be skipped.
const ARROWS: &[(&str, &[&[&str]])] = &[
    ("kit", &[]),
    ("db", &[&["kit"]]),
    ("settings", &[GROUND]),
    ("chronicle", &[GROUND]),
    ("jobs", &[GROUND]),
    ("upkeep", &[GROUND, HOUSEKEEPING]),
    ("people", &[GROUND, HOUSEKEEPING, UPKEEP]),
    ("billing", &[GROUND, HOUSEKEEPING, UPKEEP]),
    ("media", &[GROUND, HOUSEKEEPING, UPKEEP]),
    ("broadcast", &[GROUND, HOUSEKEEPING, UPKEEP]),
    ("outreach", &[GROUND, HOUSEKEEPING, UPKEEP]),
    ("lists", &[GROUND, HOUSEKEEPING, UPKEEP, CAPABILITIES]),
    ("flows", &[GROUND, HOUSEKEEPING, UPKEEP, CAPABILITIES]),
    ("ui", &[&["kit"]]),
    (
        "web",
        &[GROUND, HOUSEKEEPING, UPKEEP, CAPABILITIES, STORIES, &["ui"]],
    ),
    (
        "office",
        &[GROUND, HOUSEKEEPING, UPKEEP, CAPABILITIES, STORIES, PAGES],
    ),
    (
        "front",
        &[GROUND, HOUSEKEEPING, UPKEEP, CAPABILITIES, STORIES, PAGES],
    ),
    (
        "api",
        &[
            GROUND,
            HOUSEKEEPING,
            UPKEEP,
            CAPABILITIES,
            STORIES,
            &["web"],
        ],
    ),
    ("drivers", &[&["kit"], CAPABILITIES]),
    // A process of its own: it knows what may play, and no database.
    ("node", &[&["kit", "broadcast"]]),
    ("standins", &[]),
    ("testkit", &[GROUND]),
];

/// Libraries with one home: nobody else may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["db", "testkit"]),
    (
        "axum",
        &["web", "office", "front", "api", "standins", "node", "app"],
    ),
    ("reqwest", &["drivers", "testkit", "standins"]),
    ("maud", &["ui", "web", "office", "front"]),
    ("minijinja", &["outreach"]),
];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::process::Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter();
            let normal = normal.filter(|dependency| dependency["kind"].is_null());
            let names = normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
            (
                package["name"].as_str().unwrap().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

#[test]
fn arrows_point_down_and_never_sideways() {
    let all = dependencies();
    let ours: BTreeSet<&String> = all.keys().collect();
    for (name, leans_on) in &all {
        if name == "app" {
            continue;
        }
        let allowed = ARROWS.iter().find(|(known, _)| known == name);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{name} has no arrows: name them here"));
        for dependency in leans_on
            .iter()
            .filter(|dependency| ours.contains(dependency))
        {
            assert!(
                allowed
                    .iter()
                    .any(|floor| floor.contains(&dependency.as_str())),
                "{name} must not lean on {dependency}"
            );
        }
    }
}

#[test]
fn libraries_stay_in_their_homes() {
    for (name, leans_on) in dependencies() {
        for (library, homes) in HOMES {
            let is_home = homes.contains(&name.as_str());
            assert!(
                is_home || !leans_on.contains(*library),
                "{name} must not name {library}"
            );
        }
    }
}

/// An event whose name is missing would wait for ever for a newer version.
#[test]
fn every_event_of_the_source_is_known_to_the_hearing() {
    let hearing = app::house::hearing();
    let names = event_names_of_the_source();
    for name in &names {
        assert!(
            hearing.knows(name),
            "{name} is not in told_later/known.rs, nor in a list of the app's own"
        );
    }
    for owner in EVENT_OWNERS {
        let begins = |name: &String| name.split('.').next() == Some(owner);
        assert!(names.iter().any(begins), "no event of {owner} was found");
    }
}

/// What events are named after; the house's own are told by the app.
const EVENT_OWNERS: [&str; 7] = [
    "billing", "house", "jobs", "media", "outreach", "people", "settings",
];

/// The names in all files of events: those beside the front page of a crate, and the app's own.
pub fn event_names_of_the_source() -> BTreeSet<String> {
    let app = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![app.join("src/backup")];
    for folder in std::fs::read_dir(app.join("../crates")).unwrap() {
        folders.push(folder.unwrap().path().join("src"));
    }
    let files = folders
        .into_iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with("events.rs"));
    let texts = files.map(|file| std::fs::read_to_string(file).unwrap());
    let names = texts.flat_map(|text| {
        let words = text.split('"').filter(|word| is_event_name(word));
        words.map(str::to_owned).collect::<Vec<_>>()
    });
    names.collect()
}

fn is_event_name(word: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    word.split_once('.')
        .is_some_and(|(owner, rest)| EVENT_OWNERS.contains(&owner) && plain(rest))
}
