//! What came of a call to the outside.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// What came of a call to the outside.
///
/// There is no way from `Unknown` into a retry: whoever gets it looks first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    Done(T),
    Refused(Refusal),
    Unknown(Uncertainty),
}

/// The outside said no, or was certainly not reached; nothing was done there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable word that code may tell apart, e.g. `wrong_key`, `unreachable`, `name_taken`.
    pub code: String,
    /// For people: what is wrong and what to do.
    pub reason: Text,
    /// Whether the same call may succeed later without anybody doing anything.
    pub may_pass: bool,
}

impl Refusal {
    /// It will not pass by itself.
    pub fn lasting(code: &str, reason: Text) -> Self {
        Self {
            code: code.to_owned(),
            reason,
            may_pass: false,
        }
    }

    /// It may pass by itself.
    pub fn passing(code: &str, reason: Text) -> Self {
        Self {
            code: code.to_owned(),
            reason,
            may_pass: true,
        }
    }
}

/// The call may or may not have been carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncertainty {
    /// For people: what happened to the call.
    pub reason: Text,
}

impl Uncertainty {
    pub fn new(reason: Text) -> Self {
        Self { reason }
    }
}

impl<T> Outcome<T> {
    /// Why it was not done, or is not known to be. `None`: it was done.
    pub fn reason(&self) -> Option<&Text> {
        match self {
            Self::Done(_) => None,
            Self::Refused(refusal) => Some(&refusal.reason),
            Self::Unknown(uncertainty) => Some(&uncertainty.reason),
        }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(value) => Outcome::Done(change(value)),
            Self::Refused(refusal) => Outcome::Refused(refusal),
            Self::Unknown(uncertainty) => Outcome::Unknown(uncertainty),
        }
    }

    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            _ => None,
        }
    }

    /// `Done` as `Ok`; the rest as a reason to show.
    pub fn or_reason(self) -> Result<T, Text> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Refused(refusal) => Err(refusal.reason),
            Self::Unknown(uncertainty) => Err(uncertainty.reason),
        }
    }
}

/// Leaves the function with the refusal or uncertainty of an [`Outcome`], or goes on with its value.
#[macro_export]
macro_rules! done {
    ($call:expr) => {
        match $call {
            $crate::Outcome::Done(value) => value,
            $crate::Outcome::Refused(refusal) => return $crate::Outcome::Refused(refusal),
            $crate::Outcome::Unknown(uncertainty) => return $crate::Outcome::Unknown(uncertainty),
        }
    };
}
