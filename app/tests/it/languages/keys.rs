//! The sentences that a source file says to people, and words of its pages that bypass the catalogue.

use std::path::{Path, PathBuf};

use super::lexer::{Word, behind_group, comes, words};

/// A sentence, as a catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// With its meaning before it: `verb|Open`.
    pub key: String,
    /// The sentence for other counts than one.
    pub plural: Option<String>,
}

/// All sentences of a file.
pub fn keys(source: &str) -> Vec<Key> {
    let words = words(source);
    (0..words.len())
        .filter_map(|at| key_at(&words, at))
        .collect()
}

fn key_at(words: &[Word], at: usize) -> Option<Key> {
    if !is_name(&words[at], &["t", "Text"]) {
        return None;
    }
    let starts = [("t!(", 2), ("Text::new(", 4), ("Text::counted(", 4)];
    let (_, ahead) = starts
        .into_iter()
        .find(|(start, _)| comes(words, at, start))?;
    let open = at + ahead;
    let behind = behind_group(words, open);
    let key = if comes(words, at, "Text::counted(") {
        let said = arguments(words, open + 1, behind - 1);
        let [_, one, many] = &said[..] else {
            return None;
        };
        Key {
            key: one.clone()?,
            plural: many.clone(),
        }
    } else {
        let Word::Said(key) = &words[open + 1] else {
            return None;
        };
        Key {
            key: key.clone(),
            plural: None,
        }
    };
    Some(with_meaning(words, behind, key))
}

fn is_name(word: &Word, names: &[&str]) -> bool {
    matches!(word, Word::Name(name) if names.contains(&name.as_str()))
}

/// The arguments of a call that are nothing but a string.
fn arguments(words: &[Word], from: usize, to: usize) -> Vec<Option<String>> {
    let (mut all, mut start, mut at) = (Vec::new(), from, from);
    while at <= to {
        if at == to || words[at] == Word::Mark(',') {
            match &words[start..at] {
                [] => {}
                [Word::Said(said)] => all.push(Some(said.clone())),
                _ => all.push(None),
            }
            start = at + 1;
        }
        at = match words.get(at) {
            Some(Word::Mark('(' | '[' | '{')) if at < to => behind_group(words, at),
            _ => at + 1,
        };
    }
    all
}

/// Looks through `.with(…)` for `.meaning("…")`.
fn with_meaning(words: &[Word], mut at: usize, key: Key) -> Key {
    loop {
        if comes(words, at, ".meaning(") {
            let Some(Word::Said(meaning)) = words.get(at + 3) else {
                return key;
            };
            return Key {
                key: format!("{meaning}|{}", key.key),
                ..key
            };
        }
        if !comes(words, at, ".with(") {
            return key;
        }
        at = behind_group(words, at + 2);
    }
}

/// Words that a page says in English whatever its reader reads.
pub fn bypassing(source: &str) -> Vec<String> {
    let words = words(source);
    let pages = (0..words.len())
        .filter(|at| is_name(&words[*at], &["html"]) && comes(&words, *at, "html!{"));
    pages.flat_map(|at| said_in_page(&words, at + 2)).collect()
}

fn said_in_page(words: &[Word], open: usize) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), open + 1);
    let end = behind_group(words, open);
    while at < end {
        match &words[at] {
            // What is spliced in is looked at as code.
            Word::Mark('(' | '[') => at = behind_group(words, at),
            Word::Said(said) => {
                let is_value = [at - 1, at + 1]
                    .iter()
                    .any(|beside| words.get(*beside) == Some(&Word::Mark('=')));
                if !is_value && said.trim().contains(' ') && said.contains(char::is_alphabetic) {
                    found.push(said.clone());
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    found
}

/// The sources whose sentences people read.
pub fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let crates = std::fs::read_dir(root.join("crates")).unwrap();
    let left_out = ["standins", "testkit"];
    for one in crates.filter_map(Result::ok) {
        if !left_out.iter().any(|name| one.file_name() == *name) {
            walk(&one.path().join("src"), &mut found);
        }
    }
    walk(&root.join("app/src"), &mut found);
    found.sort();
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for one in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
        let path = one.path();
        let name = one.file_name();
        if path.is_dir() {
            // The gallery shows pieces with made-up words, to their makers.
            if name != "gallery" && name != "tests" {
                walk(&path, found);
            }
        } else if path.extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

#[test]
fn sentences_are_found_with_their_meanings_and_plurals() {
    let source = r#"
        t!("Paid {amount}", amount = money(t!("inner")));
        Text::new("Open").with("a", b(1, 2)).meaning("verb");
        kit::Text::counted(n(1, 2), "{n} day", "{n} days",);
    "#;
    let found: Vec<(String, Option<String>)> = keys(source)
        .into_iter()
        .map(|key| (key.key, key.plural))
        .collect();
    let plain = |key: &str| (key.to_owned(), None);
    assert_eq!(
        found,
        [
            plain("Paid {amount}"),
            plain("inner"),
            plain("verb|Open"),
            ("{n} day".to_owned(), Some("{n} days".to_owned())),
        ]
    );
}

#[test]
fn words_beside_the_catalogue_are_found() {
    let source = r#"html! { p class="a b" title=(x("no c")) { "Not translated" (y) } @match z { "a b" => {} } }"#;
    assert_eq!(bypassing(source), ["Not translated"]);
}
