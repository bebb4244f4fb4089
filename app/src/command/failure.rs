//! Why a command did not succeed: one sentence on stderr, and an exit code.

use std::io::Write;

use kit::FormErrors;
use people::PeopleError;

/// The answer of a command.
pub type Outcome = Result<(), Failure>;

/// Why a command did not succeed. The sentence says what to do next where that is known.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// Writes the sentence to stderr.
    pub fn tell(&self) {
        // With stderr closed there is nobody left to tell; the exit code still says it.
        drop(writeln!(std::io::stderr(), "{}", sentence(&self.0)));
    }
}

/// Errors of the house begin small and end without a stop; a person reads a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.trim().chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().collect::<String>());
    let mut sentence = first.unwrap_or_default() + letters.as_str();
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

macro_rules! fails_by_its_words {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )+};
}

fails_by_its_words!(
    std::io::Error,
    app::acme::AcmeError,
    app::backup::BackupError,
    app::config::ConfigError,
    app::house::HouseError,
    app::key_file::KeyError,
    app::lock::LockError,
    db::DbError,
    db::MigrateError,
    db::OpenError,
    settings::VaultError,
);

impl From<FormErrors> for Failure {
    fn from(errors: FormErrors) -> Self {
        let sentences: Vec<String> = errors.iter().map(|(_, text)| text.in_english()).collect();
        Self(sentences.join(" "))
    }
}

impl From<PeopleError> for Failure {
    fn from(error: PeopleError) -> Self {
        Self(
            error
                .text()
                .map_or_else(|| error.to_string(), |text| text.in_english()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_one_whole_sentence() {
        assert_eq!(sentence("the file is gone"), "The file is gone.");
        assert_eq!(sentence("Is it there?"), "Is it there?");
    }
}
