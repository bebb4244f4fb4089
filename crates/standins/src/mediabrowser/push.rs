//! What the server says to clients by itself, over their sockets.

use serde_json::{Value, json};

use super::guid::Guid;

/// A message for some of the open sockets.
#[derive(Debug, Clone)]
pub struct Push {
    pub to: Audience,
    pub body: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    Everybody,
    /// The user, and every administrator and key.
    User(Guid),
    /// The one client of this session.
    Session(Guid),
}

impl Push {
    pub fn to_everybody(kind: &str, content: Value) -> Self {
        Self {
            to: Audience::Everybody,
            body: message(kind, content),
        }
    }

    pub fn about_user(user: &Guid, kind: &str, content: Value) -> Self {
        Self {
            to: Audience::User(user.clone()),
            body: message(kind, content),
        }
    }

    pub fn to_session(session: &Guid, kind: &str, content: Value) -> Self {
        Self {
            to: Audience::Session(session.clone()),
            body: message(kind, content),
        }
    }
}

/// The envelope of every message.
pub fn message(kind: &str, content: Value) -> Value {
    let mut body = json!({ "MessageType": kind, "MessageId": Guid::fresh() });
    if !content.is_null() {
        body["Data"] = content;
    }
    body
}
