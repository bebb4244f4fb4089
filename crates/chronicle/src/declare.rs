//! The words in which capabilities declare their events.

/// Declares events: name, stable name, tone and fields; what each is about; what it says to people.
///
/// What it is about are ids, subjects or options of either, the most telling first; what is `None` is left out.
#[macro_export]
macro_rules! events {
    ($(
        $(#[$meta:meta])*
        $name:ident = $stored:literal, $tone:ident {
            $($(#[$field_meta:meta])* $field:ident : $type:ty),+ $(,)?
        }
        about($this:ident) [$($subject:expr),+ $(,)?]
        says $sentence:expr;
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type),+
        }

        impl $crate::Event for $name {
            const NAME: &'static str = $stored;
            const TONE: $crate::Tone = $crate::Tone::$tone;

            fn subjects(&self) -> Vec<::kit::Subject> {
                let $this = self;
                let all = [$(::kit::About::subject(&$subject)),+];
                all.into_iter().flatten().collect()
            }

            fn sentence(&self) -> ::kit::Text {
                let $this = self;
                $sentence
            }
        }
    )+};
}
