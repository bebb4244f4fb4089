//! The courier: what carries a written letter out of the house.

use async_trait::async_trait;
use kit::{Email, Outcome, Secret};

use crate::settings::MailSettings;

/// A letter as it leaves.
#[derive(Debug, Clone)]
pub struct Written {
    /// The same at every try, so that a letter which arrives twice is recognised as one.
    pub message_id: String,
    pub from_email: String,
    pub from_name: String,
    pub reply_to: String,
    pub to_email: Email,
    pub to_name: String,
    pub title: String,
    pub text: String,
    pub html: String,
    pub language: String,
}

/// Where the courier hands letters in.
#[derive(Debug, Clone)]
pub struct MailTransport {
    pub settings: MailSettings,
    pub password: Option<Secret>,
}

/// Carries letters. Implemented by a driver.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Hands the letter in. `Refused`: the server said no, or was not reached; `Unknown`: it may have taken it.
    async fn carry(&self, transport: &MailTransport, letter: &Written) -> Outcome<()>;
}
