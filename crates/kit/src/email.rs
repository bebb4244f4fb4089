//! E-mail addresses.

use serde::{Deserialize, Serialize};

use crate::field::FieldError;
use crate::stored::{Kind, Stored, Unreadable, Value};
use crate::t;

/// An address as its owner writes it. Compared by [`Email::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Accepts what mail servers accept in practice: one `@`, a domain with a dot or `localhost`, no spaces,
    /// no quoting; 254 characters at most (RFC 5321, 4.5.3.1.3).
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        if text.len() > 254 {
            return Err(FieldError::TooLong { most: 254 });
        }
        let well_formed = text
            .split_once('@')
            .is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::Invalid(t!(
                "This is not an e-mail address. It should look like name@example.org."
            )))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lower-cased form by which two addresses are the same.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

fn is_local_part(local: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    (domain.contains('.') || domain == "localhost") && domain.split('.').all(label)
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Stored for Email {
    const KIND: Kind = Kind::Text;

    fn store(&self) -> Value {
        Value::Text(self.0.clone())
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        String::read(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_no_server_takes_are_refused() {
        for bad in [
            "",
            "a",
            "a@",
            "@b.c",
            "a b@c.de",
            "a@b",
            "a@b..de",
            "a\n@b.de",
            "a@b.de\r\nBcc: x@y.de",
            "a@@b.de",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?} was taken");
        }
        for good in [
            "a@b.de",
            "Mara.O'Kafor+tv@example.org",
            "me@localhost",
            "jörg@bücher.example",
        ] {
            assert!(Email::parse(good).is_ok(), "{good:?} was refused");
        }
    }
}
