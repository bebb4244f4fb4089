//! `mail`: how letters leave the house. The password is sealed apart, at [`PASSWORD_PLACE`].

use kit::Timestamp;
use kit::stored::stored_words;
use serde::{Deserialize, Serialize};
use settings::Section;

/// Where the vault keeps the password of the mail server.
pub const PASSWORD_PLACE: &str = "settings/mail/password";

stored_words! {
    /// How the connection to the mail server is protected.
    pub enum MailEncryption {
        /// TLS from the first byte, usually on port 465.
        Tls = "tls",
        /// Plain at first, then upgraded; refused if the server does not offer it. Usually port 587.
        StartTls = "start_tls",
        /// For a mail server on this machine.
        None = "none",
    }
}

/// How letters leave the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailSettings {
    /// Empty: no mail server was chosen, and letters wait.
    pub host: String,
    pub port: u16,
    pub encryption: MailEncryption,
    /// Empty: the server asks for none.
    pub login: String,
    pub from_email: String,
    pub from_name: String,
    pub reply_to: String,
    /// When a server last accepted a letter from us; zero: never with these settings.
    pub accepted_at: Timestamp,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            encryption: MailEncryption::StartTls,
            login: String::new(),
            from_email: String::new(),
            from_name: String::new(),
            reply_to: String::new(),
            accepted_at: Timestamp::EPOCH,
        }
    }
}

impl Section for MailSettings {
    const NAME: &'static str = "mail";
}

impl MailSettings {
    pub fn is_set(&self) -> bool {
        !self.host.is_empty() && !self.from_email.is_empty()
    }
}
