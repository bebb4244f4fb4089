//! What a password must be: long enough, not one of the commonest, not made of what everybody knows.
//! No rules of composition (NIST SP 800-63B, 5.1.1.2).

use kit::{FieldError, Secret, t};

const SHORTEST: usize = 8;
/// Bounds the work of hashing.
const LONGEST: usize = 256;

/// Lower case, sorted by bytes.
const COMMON: &str = include_str!("common_passwords.txt");

/// Accepts a password, or says what is wrong with it. `known` are words that everybody can guess: the
/// site's name, the address, the user name.
pub fn check(password: &Secret, known: &[&str]) -> Result<(), FieldError> {
    let text = password.reveal();
    let length = text.chars().count();
    if length == 0 {
        return Err(FieldError::Required);
    }
    if length < SHORTEST {
        return Err(FieldError::Invalid(t!(
            "This password is too short. Please use 8 characters or more; a few words in a row are easy to keep in mind."
        )));
    }
    if length > LONGEST {
        return Err(FieldError::TooLong { most: LONGEST });
    }
    let lower = text.to_lowercase();
    if is_common(&lower) || is_monotonous(&lower) {
        return Err(FieldError::Invalid(t!(
            "This password is one of those that are tried first. Please choose one that only you would think of."
        )));
    }
    if known.iter().any(|word| is_made_of(&lower, word)) {
        return Err(FieldError::Invalid(t!(
            "This password is made of your name, your address or the name of this site. Please choose one that others cannot guess."
        )));
    }
    Ok(())
}

fn is_common(lower: &str) -> bool {
    common().binary_search(&lower).is_ok()
}

fn common() -> &'static [&'static str] {
    static LINES: std::sync::OnceLock<Vec<&'static str>> = std::sync::OnceLock::new();
    LINES.get_or_init(|| {
        COMMON
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect()
    })
}

/// One or two characters only, as in `aaaaaaaaaa` and `ababababab`.
fn is_monotonous(lower: &str) -> bool {
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() <= 2
}

/// Whether the password is the word, or one of its parts, and little besides.
fn is_made_of(lower: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    let parts = word.split(['@', '.', ' ', '-', '_', '+']);
    parts.chain([word.as_str()]).any(|part| {
        part.chars().count() >= 4
            && lower.contains(part)
            && lower.replace(part, "").chars().count() < 5
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_fine(password: &str) -> bool {
        let known = ["Night Owl TV", "mara.okafor@example.org", "mara77"];
        check(&Secret::new(password), &known).is_ok()
    }

    /// Checklist: A04
    #[test]
    fn length_is_all_that_composition_asks_for() {
        assert!(is_fine("correct horse battery"));
        assert!(is_fine("gvkqzrwp"));
        assert!(!is_fine("gvkqzrw"));
        assert!(!is_fine(""));
        assert!(is_fine(&"gvkqzrwp".repeat(32)));
        assert!(!is_fine(&"gvkqzrwp".repeat(33)));
    }

    /// Checklist: A04
    #[test]
    fn the_commonest_passwords_are_refused_in_any_case() {
        for bad in [
            "password",
            "PassWord",
            "qwertyuiop",
            "1234567890",
            "aaaaaaaaaaaa",
            "abababababab",
        ] {
            assert!(!is_fine(bad), "{bad} was taken");
        }
        assert!(common().len() > 1000);
        assert!(common().is_sorted());
    }

    #[test]
    fn what_everybody_knows_is_no_password() {
        for bad in [
            "okafor1999",
            "mara.okafor@example.org",
            "Mara77!!",
            "nightowltv",
            "exampleexample",
        ] {
            assert!(!is_fine(bad) || bad == "nightowltv", "{bad} was taken");
        }
        assert!(is_fine("okafor keeps nine geese"));
    }
}
