//! How people are told things: letters, their texts, and the courier that carries them.
//!
//! A flow posts a [`NewLetter`] under a key of its cause, so that nobody is told the same thing twice. The
//! letter is written from the operator's text of its [`LetterKind`] when it is carried, in its addressee's
//! language, as text and HTML, and never contains a password.
//!
//! To add a kind, add it to [`LetterKind`] with its variables and its texts in `texts/`.

mod courier;
mod error;
pub mod events;
mod html;
mod jobs;
mod kind;
mod letter;
mod settings;
mod template;
mod text;

pub use courier::{Courier, MailTransport, Written};
pub use error::OutreachError;
pub use jobs::{DeliverLetter, DeliverWaiting, ForgetLetters, Outreach, send_waiting};
pub use kind::{LetterKind, Variable};
pub use letter::{
    LISTINGS, Letter, LetterFilter, LetterState, NewLetter, Posted, erase, export_of, find, list,
    post, send_again,
};
pub use settings::{MailEncryption, MailSettings, PASSWORD_PLACE};
pub use template::{Preview, TemplateError, check, preview};
pub use text::{LetterText, built_in, reset_text, save_text, text_for};

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &["letters", "letter_texts"];
