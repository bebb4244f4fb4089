//! Every SQL text of the house, found in its source: prepared on both engines, and naming only the tables of
//! its own crate.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read has failed, and may block"
)]

use std::path::{Path, PathBuf};

use kit::Actor;
use testkit::{engines, migrated, testworld};

/// A statement and where it stands.
struct Found {
    owner: String,
    place: String,
    sql: String,
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// String literals that begin as statements do. Listings' clauses are joined by the house itself.
fn statements() -> Vec<Found> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(crates).unwrap() {
        let folder = folder.unwrap().path();
        let owner = folder.file_name().unwrap().to_string_lossy().into_owned();
        if ["db", "standins", "testkit", "kit", "ui"].contains(&owner.as_str()) {
            continue;
        }
        let mut files = Vec::new();
        sources(&folder.join("src"), &mut files);
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for sql in literals(&text)
                .into_iter()
                .filter(|literal| is_statement(literal))
            {
                found.push(Found {
                    owner: owner.clone(),
                    place: file.display().to_string(),
                    sql,
                });
            }
        }
    }
    found
}

fn literals(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = lines.join("\n");
    let mut all = Vec::new();
    let mut rest = code.as_str();
    while let Some(open) = rest.find('"') {
        let after = &rest[open + 1..];
        let mut end = None;
        let mut escaped = false;
        for (at, letter) in after.char_indices() {
            match letter {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    end = Some(at);
                    break;
                }
                _ => escaped = false,
            }
        }
        let Some(end) = end else { break };
        all.push(after[..end].to_owned());
        rest = &after[end + 1..];
    }
    all
}

fn is_statement(literal: &str) -> bool {
    let text = literal.trim_start().to_lowercase();
    let begins = [
        "select ",
        "insert into ",
        "update ",
        "delete from ",
        "with ",
    ]
    .iter()
    .any(|word| text.starts_with(word));
    // A listing's base has clauses and a limit to come; a fragment ends in a comma.
    begins
        && !text.trim_end().ends_with(',')
        && !literal.contains('?')
        && !text.ends_with("where true")
        && (text.contains(" from ") || text.contains(" into ") || text.contains(" set "))
}

#[tokio::test]
async fn every_statement_is_one_that_both_engines_understand() {
    let statements = statements();
    assert!(
        statements.len() > 200,
        "only {} statements were found",
        statements.len()
    );
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let mut wrong = Vec::new();
        for found in &statements {
            if let Err(error) = db.prepare(&found.sql).await {
                wrong.push(format!("{}: {error}\n{}", found.place, found.sql));
            }
        }
        for listing in lists::LISTINGS.iter().copied().flatten().chain(floors()) {
            for text in listing.every_text() {
                if let Err(error) = db.prepare(&text).await {
                    wrong.push(format!("listing: {error}\n{text}"));
                }
            }
        }
        assert!(
            wrong.is_empty(),
            "{:?}: {}",
            engine.engine,
            wrong.join("\n\n")
        );
        drop(db.begin(Actor::console()).await);
    }
}

fn floors() -> impl Iterator<Item = &'static &'static db::Listing> {
    chronicle::LISTINGS
        .iter()
        .chain(chronicle::want::LISTINGS)
        .chain(jobs::LISTINGS)
        .chain(upkeep::LISTINGS)
        .chain(outreach::LISTINGS)
        .chain(media::LISTINGS.iter().copied().flatten())
}

/// A capability's statements name only its own tables; only `lists` may read several.
#[test]
fn statements_name_only_tables_of_their_own_crate() {
    let owners: Vec<(&str, &[&str])> = vec![
        ("settings", settings::TABLES),
        ("chronicle", chronicle::TABLES),
        ("jobs", jobs::TABLES),
        ("upkeep", upkeep::TABLES),
        ("people", people::TABLES),
        ("billing", billing::TABLES),
        ("media", media::TABLES),
        ("outreach", outreach::TABLES),
    ];
    for found in statements().iter().filter(|found| found.owner != "lists") {
        for (owner, tables) in owners.iter().filter(|(owner, _)| *owner != found.owner) {
            for table in *tables {
                let names = found
                    .sql
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == *table);
                let as_table = ["from", "into", "update", "join"].iter().any(|before| {
                    found
                        .sql
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .windows(2)
                        .any(|pair| pair[0] == *before && pair[1] == *table)
                });
                assert!(
                    !(names && as_table),
                    "{} names {table}, which is {owner}'s:\n{}",
                    found.place,
                    found.sql
                );
            }
        }
    }
}
