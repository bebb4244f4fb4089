//! Who does something: every transaction that writes is opened with an [`Actor`].

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ApiKeyId};
use crate::stored::stored_words;

stored_words! {
    /// What kind of actor it is.
    pub enum ActorKind {
        /// A signed-in person.
        Account = "account",
        /// A program with an API key.
        ApiKey = "api_key",
        /// Somebody who is not signed in: registering, resetting a password.
        Visitor = "visitor",
        /// A job of the schedule.
        Schedule = "schedule",
        /// A flow that heard of an event.
        Flow = "flow",
        /// What a gateway reported.
        Gateway = "gateway",
        /// The operator at the command line.
        Console = "console",
    }
}

/// Who does something, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub kind: ActorKind,
    /// Id of the account or key, or the name of the job or flow.
    pub id: String,
    /// As shown to people.
    pub name: String,
    /// The account that somebody else acts for ("log in as").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<AccountId>,
}

impl Actor {
    fn of(kind: ActorKind, id: &str, name: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            name: name.to_owned(),
            on_behalf_of: None,
        }
    }

    pub fn account(id: &AccountId, name: &str) -> Self {
        Self::of(ActorKind::Account, id.as_str(), name)
    }

    pub fn api_key(id: &ApiKeyId, name: &str) -> Self {
        Self::of(ActorKind::ApiKey, id.as_str(), name)
    }

    pub fn visitor() -> Self {
        Self::of(ActorKind::Visitor, "", "Visitor")
    }

    pub fn schedule(job: &str) -> Self {
        Self::of(ActorKind::Schedule, job, "Schedule")
    }

    pub fn flow(name: &str) -> Self {
        Self::of(ActorKind::Flow, name, "Playhouse")
    }

    pub fn gateway(key: &str) -> Self {
        Self::of(ActorKind::Gateway, key, key)
    }

    pub fn console() -> Self {
        Self::of(ActorKind::Console, "", "Command line")
    }

    /// Whether a person did it, themselves or through a key: then it belongs in the audit log.
    pub fn is_human(&self) -> bool {
        matches!(
            self.kind,
            ActorKind::Account | ActorKind::ApiKey | ActorKind::Console | ActorKind::Visitor
        )
    }
}
