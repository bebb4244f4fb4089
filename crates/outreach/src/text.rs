//! Texts of letters: built in by language, and the operator's own instead of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use db::{DbError, Read, Tx, values};

use crate::error::OutreachError;
use crate::events::{TextChange, TextChanged};
use crate::kind::LetterKind;
use crate::template;

db::row! {
    /// The text of one kind of letter in one language.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct LetterText {
        pub title: String,
        pub body: String,
        /// Letters of this kind are sent at all.
        pub is_enabled: bool,
    }
}

type BuiltIn = HashMap<&'static str, HashMap<LetterKind, LetterText>>;

static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| {
    [
        ("en", include_str!("../texts/en.txt")),
        ("de", include_str!("../texts/de.txt")),
    ]
    .into_iter()
    .map(|(language, file)| (language, sections(file)))
    .collect()
});

/// `== kind`, then the title on a line, then the body up to the next section.
fn sections(file: &str) -> HashMap<LetterKind, LetterText> {
    let parts = file
        .split("\n== ")
        .map(|part| part.trim_start_matches("== "));
    parts
        .filter_map(|part| {
            let (kind, rest) = part.split_once('\n')?;
            let (title, body) = rest.split_once('\n')?;
            let text = LetterText {
                title: title.trim().to_owned(),
                body: body.trim().to_owned(),
                is_enabled: true,
            };
            Some((LetterKind::parse(kind.trim())?, text))
        })
        .collect()
}

/// The text that comes with the house, in the language or else in English.
pub fn built_in(kind: LetterKind, language: &str) -> LetterText {
    let language = language.split('-').next().unwrap_or("en");
    BUILT_IN
        .get(language)
        .or_else(|| BUILT_IN.get("en"))
        .and_then(|texts| texts.get(&kind))
        .cloned()
        .expect("every kind has its English and German text; a test holds it")
}

const FIND: &str = "
    select title, body, is_enabled from letter_texts where kind = $1 and language = $2";

/// The text in force: the operator's own if there is one.
pub async fn text_for(
    mut read: impl Read,
    kind: LetterKind,
    language: &str,
) -> Result<LetterText, DbError> {
    let own = read.maybe(FIND, values![kind, language]).await?;
    Ok(own.unwrap_or_else(|| built_in(kind, language)))
}

const SAVE: &str = "
    insert into letter_texts (kind, language, title, body, is_enabled, changed_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (kind, language) do update
       set title = excluded.title, body = excluded.body, is_enabled = excluded.is_enabled,
           changed_at = excluded.changed_at";

/// Puts the operator's own text in force, if it can be used.
pub async fn save_text(
    tx: &mut Tx<'_>,
    kind: LetterKind,
    language: &str,
    text: &LetterText,
) -> Result<(), OutreachError> {
    template::check(kind, &text.title, &text.body)?;
    let now = tx.now();
    tx.run(
        SAVE,
        values![kind, language, text.title, text.body, text.is_enabled, now],
    )
    .await?;
    Ok(tell(tx, kind, language, TextChange::Saved).await?)
}

const RESET: &str = "delete from letter_texts where kind = $1 and language = $2";

/// Goes back to the text that comes with the house.
pub async fn reset_text(tx: &mut Tx<'_>, kind: LetterKind, language: &str) -> Result<(), DbError> {
    if tx.run(RESET, values![kind, language]).await? == 0 {
        return Ok(());
    }
    tell(tx, kind, language, TextChange::Reset).await
}

async fn tell(
    tx: &mut Tx<'_>,
    kind: LetterKind,
    language: &str,
    change: TextChange,
) -> Result<(), DbError> {
    let event = TextChanged {
        kind,
        language: language.to_owned(),
        change,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_usable_text_in_every_language() {
        for language in ["en", "de"] {
            for kind in LetterKind::ALL {
                let text = BUILT_IN[language].get(kind);
                let text = text.unwrap_or_else(|| panic!("{kind} has no text in {language}"));
                template::check(*kind, &text.title, &text.body)
                    .unwrap_or_else(|error| panic!("{kind} in {language}: {error}"));
            }
        }
    }

    #[test]
    fn no_text_speaks_of_a_password_itself() {
        for kind in LetterKind::ALL {
            assert!(
                kind.variables()
                    .all(|variable| !variable.name.contains("password")),
                "{kind}"
            );
        }
    }
}
