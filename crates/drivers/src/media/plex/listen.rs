//! What a Plex server tells over its socket. Of shares plex.tv tells nothing: those are read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kit::Outcome;
use media::remote::News;
use serde::Deserialize;

use super::Plex;
use crate::socket::{self, Listening};

/// The server answers each ping of the protocol, and tells of streams every ten seconds while one plays.
const SILENCE: Duration = Duration::from_secs(90);

#[derive(Debug, Deserialize)]
struct Framed {
    #[serde(rename = "NotificationContainer")]
    container: Container,
}

#[derive(Debug, Deserialize)]
struct Container {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "ActivityNotification", default)]
    activities: Vec<ActivityNotification>,
    #[serde(rename = "PlaySessionStateNotification", default)]
    sessions: Vec<SessionNotification>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionNotification {
    #[serde(default)]
    session_key: String,
    #[serde(default)]
    rating_key: String,
    #[serde(default)]
    state: String,
    /// Another one: the viewer chose another quality.
    #[serde(default)]
    transcode_session: Option<String>,
}

/// What each session did when it was last told of. A stream is told of every ten seconds, and most of that is no
/// news.
#[derive(Debug, Default)]
struct Known(Mutex<HashMap<String, String>>);

impl Known {
    fn is_news(&self, told: &SessionNotification) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.state == "stopped" {
            known.remove(&told.session_key);
            return true;
        }
        let does = format!(
            "{}/{}/{:?}",
            told.rating_key, told.state, told.transcode_session
        );
        known.insert(told.session_key.clone(), does.clone()) != Some(does)
    }
}

#[derive(Debug, Deserialize)]
struct ActivityNotification {
    event: String,
    #[serde(rename = "Activity")]
    activity: Activity,
}

#[derive(Debug, Deserialize)]
struct Activity {
    #[serde(rename = "type")]
    kind: String,
}

impl Plex {
    pub(super) async fn hear(&self, told: &(dyn Fn(News) + Send + Sync)) -> Outcome<()> {
        let known = Known::default();
        let heard = |text: &str| {
            if let Some(news) = read(text, &known) {
                told(news);
            }
        };
        socket::listen(Listening {
            url: self.server.url(&[":", "websockets", "notifications"], &[]),
            headers: self.server.headers(),
            opening: None,
            pulse: None,
            silence: SILENCE,
            heard: &heard,
        })
        .await
    }
}

/// A scan that has ended may have brought or lost a library; single films are no news to us. Events name no user:
/// who plays what is read.
fn read(text: &str, known: &Known) -> Option<News> {
    let framed: Framed = serde_json::from_str(text).ok()?;
    let container = framed.container;
    if container.kind == "playing" {
        // All of them are noted, not only the first that is new.
        let news = container.sessions.iter().filter(|one| known.is_news(one));
        return (news.count() > 0).then_some(News::Streams);
    }
    let has_ended = |one: &ActivityNotification| {
        one.event == "ended" && one.activity.kind == "library.update.section"
    };
    (container.kind == "activity" && container.activities.iter().any(has_ended))
        .then_some(News::Libraries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_scan_is_news_and_so_is_a_stream_that_does_something_else() {
        let known = Known::default();
        let scan = |event: &str| {
            let activity = r#"{"type":"library.update.section"}"#;
            read(
                &format!(
                    r#"{{"NotificationContainer":{{"type":"activity","size":1,"ActivityNotification":[{{"event":"{event}","uuid":"u","Activity":{activity}}}]}}}}"#
                ),
                &known,
            )
        };
        assert_eq!(scan("ended"), Some(News::Libraries));
        assert_eq!(scan("started"), None);
        let stream = |state: &str| {
            let told = format!(r#"{{"sessionKey":"7","ratingKey":"12","state":"{state}"}}"#);
            let framed = format!(
                r#"{{"NotificationContainer":{{"type":"playing","size":1,"PlaySessionStateNotification":[{told}]}}}}"#
            );
            read(&framed, &known)
        };
        assert_eq!(stream("playing"), Some(News::Streams));
        assert_eq!(stream("playing"), None, "the same again");
        assert_eq!(stream("paused"), Some(News::Streams));
        assert_eq!(stream("stopped"), Some(News::Streams));
    }
}
