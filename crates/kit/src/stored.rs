//! How values go into tables and come back, without naming a database library.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::time::Timestamp;

/// The four column types of the portable subset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Float,
    Bool,
}

/// A value on its way into or out of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// Null, with the type that the column has.
    Null(Kind),
}

/// What a column held cannot be what the code expects: another version wrote it, or it is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unreadable value: {}", self.0)
    }
}

/// A type that one column holds.
pub trait Stored: Sized {
    const KIND: Kind;

    fn store(&self) -> Value;

    fn read(value: Value) -> Result<Self, Unreadable>;
}

fn other(wanted: &str, found: &Value) -> Unreadable {
    Unreadable(format!("{wanted} expected, found {found:?}"))
}

macro_rules! stored_as_is {
    ($type:ty, $kind:ident) => {
        impl Stored for $type {
            const KIND: Kind = Kind::$kind;

            fn store(&self) -> Value {
                Value::$kind(self.clone())
            }

            fn read(value: Value) -> Result<Self, Unreadable> {
                match value {
                    Value::$kind(inner) => Ok(inner),
                    found => Err(other(stringify!($kind), &found)),
                }
            }
        }
    };
}

stored_as_is!(String, Text);
stored_as_is!(i64, Int);
stored_as_is!(f64, Float);
stored_as_is!(bool, Bool);

macro_rules! stored_small_int {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            const KIND: Kind = Kind::Int;

            fn store(&self) -> Value {
                Value::Int(i64::from(*self))
            }

            fn read(value: Value) -> Result<Self, Unreadable> {
                let inner = i64::read(value)?;
                Self::try_from(inner).map_err(|_| Unreadable(format!("{inner} is out of range")))
            }
        }
    )*};
}

stored_small_int!(i8, i32, u8, u16, u32);

impl Stored for Timestamp {
    const KIND: Kind = Kind::Int;

    fn store(&self) -> Value {
        Value::Int(self.ms())
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        i64::read(value).map(Self::from_ms)
    }
}

impl<T: Stored> Stored for Option<T> {
    const KIND: Kind = T::KIND;

    fn store(&self) -> Value {
        self.as_ref().map_or(Value::Null(T::KIND), T::store)
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::Null(_) => Ok(None),
            held => T::read(held).map(Some),
        }
    }
}

/// A value kept as JSON text, read in Rust.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Stored for Json<T> {
    const KIND: Kind = Kind::Text;

    fn store(&self) -> Value {
        let text = serde_json::to_string(&self.0)
            .expect("our own types have string keys and print as JSON");
        Value::Text(text)
    }

    fn read(value: Value) -> Result<Self, Unreadable> {
        let text = String::read(value)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(|error| Unreadable(error.to_string()))
    }
}

/// A value that can be bound to a statement: anything [`Stored`], or text by reference.
pub trait Bind {
    fn bind_value(&self) -> Value;
}

impl<T: Stored> Bind for T {
    fn bind_value(&self) -> Value {
        self.store()
    }
}

impl Bind for str {
    fn bind_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

/// Declares an enum of plain words, stored, parsed and printed by the same stable string.
///
/// ```ignore
/// stored_words! { pub enum Colour { Red = "red", Blue = "blue" } }
/// ```
#[macro_export]
macro_rules! stored_words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word of tables, addresses and the REST interface.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// `None` if no variant has this word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::stored::Stored for $name {
            const KIND: $crate::stored::Kind = $crate::stored::Kind::Text;

            fn store(&self) -> $crate::stored::Value {
                $crate::stored::Value::Text(self.word().to_owned())
            }

            fn read(value: $crate::stored::Value) -> Result<Self, $crate::stored::Unreadable> {
                let word = <String as $crate::stored::Stored>::read(value)?;
                Self::parse(&word).ok_or($crate::stored::Unreadable(word))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl $crate::stored::serde::Serialize for $name {
            fn serialize<S: $crate::stored::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl<'de> $crate::stored::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::stored::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <::std::borrow::Cow<'de, str> as $crate::stored::serde::Deserialize>::deserialize(from)?;
                Self::parse(&word).ok_or_else(|| {
                    <D::Error as $crate::stored::serde::de::Error>::custom(format!("unknown word {word:?}"))
                })
            }
        }
    };
}

pub use serde;
pub use stored_words;
