//! What an event, a letter or a want is about: one thing, by its id.

use serde::{Deserialize, Serialize};

use crate::stored::{Kind, Stored, Unreadable, Value};

/// The id of any one thing, its kind readable from the prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    pub fn of<T: crate::id::Id>(id: &T) -> Self {
        Self(id.as_str().to_owned())
    }

    /// For things without an id of ours, e.g. `backup`.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id, if the subject is of that kind.
    pub fn as_id<T: crate::id::Id>(&self) -> Option<T> {
        T::parse(&self.0)
    }
}

/// What can say what an event is about: an id, a subject, or perhaps neither.
pub trait About {
    fn subject(&self) -> Option<Subject>;
}

impl<T: crate::id::Id> About for T {
    fn subject(&self) -> Option<Subject> {
        Some(Subject::of(self))
    }
}

impl About for Subject {
    fn subject(&self) -> Option<Subject> {
        Some(self.clone())
    }
}

impl<T: About> About for Option<T> {
    fn subject(&self) -> Option<Subject> {
        self.as_ref().and_then(About::subject)
    }
}

impl Stored for Subject {
    const KIND: Kind = Kind::Text;

    fn store(&self) -> Value {
        Value::Text(self.0.clone())
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        String::read(value).map(Self)
    }
}
