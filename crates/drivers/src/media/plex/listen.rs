//! What a Plex server tells over its socket. Of shares plex.tv tells nothing: those are read.

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
        let heard = |text: &str| {
            if let Some(news) = read(text) {
                told(news);
            }
        };
        socket::listen(Listening {
            url: self.server.url(&[":", "websockets", "notifications"], &[]),
            headers: self.server.headers(),
            pulse: None,
            silence: SILENCE,
            heard: &heard,
        })
        .await
    }
}

/// A scan that has ended may have brought or lost a library; single films are no news to us.
fn read(text: &str) -> Option<News> {
    let framed: Framed = serde_json::from_str(text).ok()?;
    let container = framed.container;
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
    fn the_end_of_a_scan_is_news_and_a_stream_is_none() {
        let scan = |event: &str| {
            let activity = r#"{"type":"library.update.section"}"#;
            read(&format!(
                r#"{{"NotificationContainer":{{"type":"activity","size":1,"ActivityNotification":[{{"event":"{event}","uuid":"u","Activity":{activity}}}]}}}}"#
            ))
        };
        assert_eq!(scan("ended"), Some(News::Libraries));
        assert_eq!(scan("started"), None);
        assert_eq!(
            read(r#"{"NotificationContainer":{"type":"playing","size":1}}"#),
            None
        );
    }
}
