//! What people did with letters and their texts. That a letter left is no event: letters have a list of their own.

use chronicle::events;
use kit::stored::stored_words;
use kit::{Subject, t};

use crate::kind::LetterKind;

stored_words! {
    /// What happened to the text of a kind of letter.
    pub enum TextChange {
        Saved = "saved",
        Reset = "reset",
    }
}

events! {
    TextChanged = "outreach.text_changed", Info {
        kind: LetterKind,
        language: String,
        change: TextChange,
    }
    about(it) [Subject::named("house")]
    says match it.change {
        TextChange::Saved => t!(
            "The text of the letter “{letter}” was changed ({language}).",
            letter = it.kind.title(),
            language = &it.language
        ),
        TextChange::Reset => t!(
            "The letter “{letter}” has the text again that came with the house ({language}).",
            letter = it.kind.title(),
            language = &it.language
        ),
    };

    /// Somebody had a letter sent again.
    LetterRepeated = "outreach.letter_repeated", Info {
        kind: LetterKind,
        subject: Subject,
    }
    about(it) [it.subject]
    says t!("The letter “{letter}” was sent again.", letter = it.kind.title());
}
