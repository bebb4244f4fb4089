//! Every sentence of the house has its translation, with the same arguments, and no translation is left over.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read the sources has failed, and may block"
)]

mod keys;
mod lexer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use keys::Key;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn all_keys() -> BTreeMap<String, Key> {
    let files = keys::sources(&root());
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    let found = files.iter().flat_map(|path| keys::keys(&read(path)));
    found
        .filter(|key| !only_arguments(&key.key))
        .map(|key| (key.key.clone(), key))
        .collect()
}

fn german() -> BTreeMap<String, Value> {
    let file = root().join("assets/languages/de.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// `{words}` or `{from} – {until}`: the same in every language.
fn only_arguments(key: &str) -> bool {
    let mut depth = 0_i32;
    !key.chars().any(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0 && c.is_alphabetic()
    })
}

fn arguments(sentence: &str) -> BTreeSet<&str> {
    let parts = sentence.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}'))
        .map(|found| found.0)
        .collect()
}

#[test]
fn every_sentence_is_translated() {
    let german = german();
    let missing: Vec<String> = all_keys()
        .into_values()
        .filter(|key| !german.contains_key(&key.key))
        .map(|key| match key.plural {
            Some(plural) => format!("{:?}: {:?}", key.key, ["plural", &plural]),
            None => format!("{:?}", key.key),
        })
        .collect();
    assert!(
        missing.is_empty(),
        "{} sentences have no German:\n{}",
        missing.len(),
        missing.join("\n")
    );
}

#[test]
fn no_translation_is_left_over() {
    let keys = all_keys();
    let left: Vec<String> = german()
        .into_keys()
        .filter(|key| !keys.contains_key(key))
        .collect();
    assert!(left.is_empty(), "nobody says any more: {left:#?}");
}

#[test]
fn translations_carry_the_same_arguments() {
    let german = german();
    let mut wrong = Vec::new();
    for (key, found) in all_keys() {
        let fits = match (&found.plural, german.get(&key)) {
            (_, None) => true,
            (None, Some(Value::String(said))) => arguments(said) == arguments(&found.key),
            (Some(plural), Some(Value::Object(forms))) => counted_fits(&key, plural, forms),
            _ => false,
        };
        if !fits {
            wrong.push(key);
        }
    }
    assert!(
        wrong.is_empty(),
        "arguments or forms differ in German: {wrong:#?}"
    );
}

/// The form for one may leave the count out; the other may not.
fn counted_fits(key: &str, plural: &str, forms: &serde_json::Map<String, Value>) -> bool {
    let form = |name: &str| forms.get(name).and_then(Value::as_str).map(arguments);
    let (Some(mut one), Some(other)) = (form("one"), form("other")) else {
        return false;
    };
    let mut wanted = arguments(key);
    one.remove("n");
    wanted.remove("n");
    forms.len() == 2 && one == wanted && other == arguments(plural)
}

#[test]
fn the_file_is_sorted_with_an_entry_a_line() {
    let text = std::fs::read_to_string(root().join("assets/languages/de.json")).unwrap();
    let lines: Vec<String> = german()
        .iter()
        .map(|(key, said)| {
            let said = serde_json::to_string(said).unwrap();
            format!("  {}: {said}", serde_json::to_string(key).unwrap())
        })
        .collect();
    let wanted = format!("{{\n{}\n}}\n", lines.join(",\n"));
    assert!(text == wanted, "the file is not in its order");
}

#[test]
fn pages_say_nothing_beside_the_catalogue() {
    let pages = ["front", "office", "web", "ui"].map(|name| root().join("crates").join(name));
    let mut found = Vec::new();
    for path in keys::sources(&root()) {
        // A path through `..` is not resolved, so that the starts fit.
        if pages.iter().any(|page| path.starts_with(page)) {
            let said = keys::bypassing(&std::fs::read_to_string(&path).unwrap());
            found.extend(
                said.into_iter()
                    .map(|said| format!("{}: {said:?}", path.display())),
            );
        }
    }
    assert!(found.is_empty(), "said in English to everybody: {found:#?}");
}
