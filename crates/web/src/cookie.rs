//! Cookies: few, `__Host-` where the connection is safe, never readable by scripts.

use axum::http::{HeaderMap, HeaderValue, header};
use kit::Secret;

/// The cookies of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session's secret.
    Session,
    /// A lot drawn for this browser; forms are bound to it.
    Visit,
    /// What was just done, said once on the next page.
    Flash,
    /// The language that the visitor chose.
    Language,
    /// Between the password and the second step.
    SecondStep,
    /// Between a passkey's question and its answer.
    Ceremony,
    Platform,
}

impl Cookie {
    /// The prefix makes browsers refuse the cookie from other hosts, paths and plain connections.
    fn name(self, is_safe: bool) -> String {
        let name = match self {
            Self::Session => "session",
            Self::Visit => "visit",
            Self::Flash => "flash",
            Self::Language => "language",
            Self::SecondStep => "second-step",
            Self::Ceremony => "ceremony",
            Self::Platform => "platform",
        };
        if is_safe {
            format!("__Host-{name}")
        } else {
            format!("ph_{name}")
        }
    }

    /// The value in a request. `None` if the cookie is absent or empty.
    pub fn read(self, headers: &HeaderMap, is_safe: bool) -> Option<String> {
        let name = self.name(is_safe);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
            .filter(|value| !value.is_empty())
    }

    /// A `Set-Cookie` value; `max_age_s` absent: until the browser closes.
    pub fn write(self, value: &str, max_age_s: Option<i64>, is_safe: bool) -> HeaderValue {
        let age = max_age_s
            .map(|age| format!("; Max-Age={age}"))
            .unwrap_or_default();
        let secure = if is_safe { "; Secure" } else { "" };
        let line = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
            self.name(is_safe)
        );
        HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    pub fn clear(self, is_safe: bool) -> HeaderValue {
        self.write("", Some(0), is_safe)
    }
}

/// The cookie of a session that has just begun or got a new secret.
pub fn session(secret: &Secret, max_age_s: Option<i64>, is_safe: bool) -> HeaderValue {
    Cookie::Session.write(secret.reveal(), max_age_s, is_safe)
}
