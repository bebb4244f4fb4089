//! The socket of Jellyfin and Emby: users and libraries that changed, and what plays.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kit::Outcome;
use media::remote::News;
use serde::Deserialize;
use url::Url;

use super::call::{Caller, DEVICE};
use crate::socket::{self, Listening};

/// Both answer each of our signs of life, so that a line which is only open is told from one that works.
const SILENCE: Duration = Duration::from_secs(90);

/// What a server always answers to.
pub(in crate::media) mod pulse {
    /// Jellyfin says the same back.
    pub const KEEP_ALIVE: &str = r#"{"MessageType":"KeepAlive"}"#;
    /// Sent at once, and then when something changes, every few seconds at most. Emby keeps silent about signs of
    /// life, but begins the list anew as often as it is asked; Jellyfin would send it as often as that, too.
    pub const SESSIONS: &str = r#"{"MessageType":"SessionsStart","Data":"0,3000"}"#;
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    message_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    #[serde(default)]
    data: Vec<Session>,
}

/// As little of a session as says what it does.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Session {
    #[serde(default)]
    id: String,
    #[serde(default)]
    now_playing_item: Option<Item>,
    #[serde(default)]
    play_state: PlayState,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    #[serde(default)]
    id: String,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PlayState {
    is_paused: bool,
    play_method: Option<String>,
}

/// What played when the list was last sent; it is sent again at every step of every stream.
#[derive(Debug, Default)]
struct Known(Mutex<Vec<Session>>);

impl Known {
    fn is_news(&self, text: &str) -> bool {
        let Ok(mut listed) = serde_json::from_str::<Listed>(text) else {
            return false;
        };
        listed
            .data
            .retain(|session| session.now_playing_item.is_some());
        listed.data.sort_by(|one, other| one.id.cmp(&other.id));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_other = *known != listed.data;
        *known = listed.data;
        is_other
    }
}

/// Listens at an address with the key in its header.
pub(in crate::media) async fn listen(
    caller: &Caller,
    mut url: Url,
    pulse: &'static str,
    told: &(dyn Fn(News) + Send + Sync),
) -> Outcome<()> {
    url.query_pairs_mut().append_pair("deviceId", DEVICE);
    let known = Known::default();
    let heard = |text: &str| {
        if let Some(news) = read(text, &known) {
            told(news);
        }
    };
    socket::listen(Listening {
        url,
        headers: caller.headers(),
        opening: Some(pulse::SESSIONS),
        pulse: Some(pulse),
        silence: SILENCE,
        heard: &heard,
    })
    .await
}

/// `None`: nothing that a reading would show.
fn read(text: &str, known: &Known) -> Option<News> {
    let envelope: Envelope = serde_json::from_str(text).ok()?;
    match envelope.message_type.as_str() {
        "UserUpdated" | "UserDeleted" | "UserPolicyUpdated" => Some(News::Users),
        "LibraryChanged" => Some(News::Libraries),
        "Sessions" => known.is_news(text).then_some(News::Streams),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_reading_would_show_is_news() {
        let known = Known::default();
        let read_type = |kind: &str| {
            read(
                &format!(r#"{{"MessageType":"{kind}","Data":null}}"#),
                &known,
            )
        };
        assert_eq!(read_type("UserDeleted"), Some(News::Users));
        assert_eq!(read_type("LibraryChanged"), Some(News::Libraries));
        assert_eq!(read("not JSON", &known), None);
    }

    #[test]
    fn a_list_of_sessions_is_news_if_something_else_plays() {
        let known = Known::default();
        let list = |item: &str, position: u32| {
            let state = format!(r#"{{"IsPaused":false,"PositionTicks":{position}}}"#);
            let session =
                format!(r#"{{"Id":"s","NowPlayingItem":{{"Id":"{item}"}},"PlayState":{state}}}"#);
            read(
                &format!(r#"{{"MessageType":"Sessions","Data":[{session}]}}"#),
                &known,
            )
        };
        assert_eq!(list("a", 1), Some(News::Streams));
        assert_eq!(list("a", 2), None, "only further on");
        assert_eq!(list("b", 0), Some(News::Streams));
    }
}
