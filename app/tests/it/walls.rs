//! The walls: which crate may lean on which, read from Cargo itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot read has failed")]

use std::collections::{BTreeMap, BTreeSet};

/// What each crate may lean on, besides what the floors below it give. Downward only; floors may be skipped.
const ARROWS: &[(&str, &[&str])] = &[
    ("kit", &[]),
    ("db", &["kit"]),
    ("settings", &["kit", "db"]),
    ("chronicle", &["kit", "db"]),
    ("jobs", &["kit", "db"]),
    ("upkeep", &["kit", "db", "settings", "chronicle", "jobs"]),
    (
        "people",
        &["kit", "db", "settings", "chronicle", "jobs", "upkeep"],
    ),
    (
        "billing",
        &["kit", "db", "settings", "chronicle", "jobs", "upkeep"],
    ),
    (
        "media",
        &["kit", "db", "settings", "chronicle", "jobs", "upkeep"],
    ),
    (
        "outreach",
        &["kit", "db", "settings", "chronicle", "jobs", "upkeep"],
    ),
    (
        "lists",
        &[
            "kit",
            "db",
            "settings",
            "chronicle",
            "jobs",
            "upkeep",
            "people",
            "billing",
            "media",
            "outreach",
        ],
    ),
    (
        "flows",
        &[
            "kit",
            "db",
            "settings",
            "chronicle",
            "jobs",
            "upkeep",
            "people",
            "billing",
            "media",
            "outreach",
        ],
    ),
    ("ui", &["kit"]),
    (
        "web",
        &[
            "kit",
            "db",
            "settings",
            "chronicle",
            "jobs",
            "upkeep",
            "people",
            "billing",
            "media",
            "outreach",
            "lists",
            "flows",
            "ui",
        ],
    ),
    (
        "office",
        &[
            "kit",
            "db",
            "settings",
            "chronicle",
            "jobs",
            "upkeep",
            "people",
            "billing",
            "media",
            "outreach",
            "lists",
            "flows",
            "ui",
            "web",
        ],
    ),
    (
        "front",
        &[
            "kit",
            "db",
            "settings",
            "chronicle",
            "jobs",
            "upkeep",
            "people",
            "billing",
            "media",
            "outreach",
            "lists",
            "flows",
            "ui",
            "web",
        ],
    ),
    (
        "api",
        &[
            "kit",
            "db",
            "settings",
            "chronicle",
            "jobs",
            "upkeep",
            "people",
            "billing",
            "media",
            "outreach",
            "lists",
            "flows",
            "web",
        ],
    ),
    (
        "drivers",
        &["kit", "people", "billing", "media", "outreach"],
    ),
    ("standins", &[]),
    ("testkit", &["kit", "db"]),
];

/// Libraries with one home: nobody else may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["db", "testkit"]),
    (
        "axum",
        &["web", "office", "front", "api", "standins", "app"],
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
                allowed.contains(&dependency.as_str()),
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
