//! The socket of Jellyfin and Emby: users and libraries that changed.

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
    /// Emby keeps silent about signs of life; a list of sessions that begins anew is sent at once.
    pub const SESSIONS: &str = r#"{"MessageType":"SessionsStart","Data":"0,60000"}"#;
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    message_type: String,
}

/// Listens at an address with the key in its header.
pub(in crate::media) async fn listen(
    caller: &Caller,
    mut url: Url,
    pulse: &'static str,
    told: &(dyn Fn(News) + Send + Sync),
) -> Outcome<()> {
    url.query_pairs_mut().append_pair("deviceId", DEVICE);
    let heard = |text: &str| {
        if let Some(news) = read(text) {
            told(news);
        }
    };
    socket::listen(Listening {
        url,
        headers: caller.headers(),
        pulse: Some(pulse),
        silence: SILENCE,
        heard: &heard,
    })
    .await
}

/// `None`: nothing that a reading would show.
fn read(text: &str) -> Option<News> {
    let envelope: Envelope = serde_json::from_str(text).ok()?;
    match envelope.message_type.as_str() {
        "UserUpdated" | "UserDeleted" | "UserPolicyUpdated" => Some(News::Users),
        "LibraryChanged" => Some(News::Libraries),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_reading_would_show_is_news() {
        let read_type = |kind: &str| read(&format!(r#"{{"MessageType":"{kind}","Data":null}}"#));
        assert_eq!(read_type("UserDeleted"), Some(News::Users));
        assert_eq!(read_type("LibraryChanged"), Some(News::Libraries));
        assert_eq!(read_type("Sessions"), None);
        assert_eq!(read("not JSON"), None);
    }
}
