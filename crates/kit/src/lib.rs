//! Plain values that every crate speaks: ids, money, time, texts, secrets, pages of results, and the
//! traits through which time, chance and the outside world come in. No I/O happens here.
//!
//! To add an id, add a line to [`id`]; to add a value that tables store, implement [`stored::Stored`].

pub mod actor;
pub mod calendar;
pub mod catalogue;
pub mod email;
pub mod field;
pub mod id;
pub mod lookout;
pub mod money;
pub mod outcome;
pub mod page;
pub mod reader;
pub mod secret;
pub mod stored;
pub mod subject;
pub mod text;
pub mod time;
pub mod world;

pub use actor::Actor;
pub use calendar::{Length, Unit, Zone};
pub use catalogue::Catalogue;
pub use email::Email;
pub use field::{FieldError, FormErrors};
pub use lookout::{Looking, Lookout};
pub use money::{Currency, Money};
pub use outcome::{Outcome, Refusal, Uncertainty};
pub use page::{PageAsked, PageOf};
pub use reader::Reader;
pub use secret::Secret;
pub use stored::{Json, Stored, Value};
pub use subject::{About, Subject};
pub use text::{Arg, Text};
pub use time::{Span, Timestamp};
pub use world::{Chance, Clock, Dead, Steps, World};
