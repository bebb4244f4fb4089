//! How things stand, said with a word, a shape and a colour.

use kit::{Reader, Text};
use maud::{Markup, html};

/// How a thing stands. `Live` is kept for what is on the air or playing at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Good,
    Warn,
    Bad,
    Live,
}

impl Tone {
    /// The value of `data-tone`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Live => "live",
        }
    }

    /// The icon that goes with a sentence of this tone.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Neutral | Self::Info => "info",
            Self::Good => "check",
            Self::Warn | Self::Bad => "warning",
            Self::Live => "stations",
        }
    }
}

/// A state in one or two words. The shape differs by tone, so colour is never alone.
pub fn badge(reader: &Reader, tone: Tone, word: &Text) -> Markup {
    html! { span.badge data-tone=(tone.word()) { (shape(tone)) (reader.say(word)) } }
}

fn shape(tone: Tone) -> Markup {
    html! {
        svg.shape viewBox="0 0 10 10" aria-hidden="true" {
            @match tone {
                Tone::Neutral => circle.hollow cx="5" cy="5" r="3.2" {},
                Tone::Info => rect x="1.6" y="1.6" width="6.8" height="6.8" rx="1.6" {},
                Tone::Good => path.stroke d="m1.6 5.3 2.3 2.3 4.5-5" {},
                Tone::Warn => path d="M5 1 9.3 8.8H.7z" {},
                Tone::Bad => path.stroke d="M2 2l6 6M8 2 2 8" {},
                Tone::Live => circle cx="5" cy="5" r="3.6" {},
            }
        }
    }
}
