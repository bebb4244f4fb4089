//! What a media server tells by itself, over sockets and event streams.
//!
//! Shapes as Tautulli (`plexpy/web_socket.py`, `activity_handler.py`) and python-plexapi (`alert.py`) read them.

use serde_json::{Value, json};

use super::server::Slot;

/// One message of one server.
#[derive(Debug, Clone)]
pub struct Push {
    pub slot: Slot,
    /// `playing`, `timeline`, `activity`, `reachability`, …
    pub kind: &'static str,
    pub body: Value,
}

impl Push {
    fn new(slot: Slot, kind: &'static str, list: &str, items: Value) -> Self {
        let mut body = json!({ "type": kind, "size": items.as_array().map_or(0, Vec::len) });
        body[list] = items;
        Self { slot, kind, body }
    }

    /// A stream began, moved, paused, or ended. It does not say whose it is.
    pub fn playing(slot: Slot, session_key: u64, item: u64, state: &str, offset_ms: i64) -> Self {
        let items = json!([{
            "sessionKey": session_key.to_string(),
            "guid": "",
            "ratingKey": item.to_string(),
            "url": "",
            "key": format!("/library/metadata/{item}"),
            "viewOffset": offset_ms,
            "playQueueItemID": session_key,
            "state": state,
        }]);
        Self::new(slot, "playing", "PlaySessionStateNotification", items)
    }

    /// A section is being scanned, or was.
    pub fn scan(slot: Slot, section: u64, title: &str, has_ended: bool) -> Self {
        let event = if has_ended { "ended" } else { "started" };
        let items = json!([{
            "event": event,
            "uuid": format!("scan-{section}"),
            "Activity": {
                "uuid": format!("scan-{section}"),
                "type": "library.update.section",
                "cancellable": true,
                "userID": 1,
                "title": format!("Scanning {title}"),
                "subtitle": "",
                "progress": if has_ended { 100 } else { 0 },
                "Context": { "librarySectionID": section.to_string() },
            },
        }]);
        Self::new(slot, "activity", "ActivityNotification", items)
    }

    /// A thing of a section was changed.
    pub fn timeline(slot: Slot, section: u64, item: u64, title: &str) -> Self {
        let items = json!([{
            "identifier": "com.plexapp.plugins.library",
            "sectionID": section.to_string(),
            "itemID": item.to_string(),
            "type": 1,
            "title": title,
            "state": 5,
        }]);
        Self::new(slot, "timeline", "TimelineEntry", items)
    }

    /// As the socket frames it.
    pub fn framed(&self) -> String {
        json!({ "NotificationContainer": self.body }).to_string()
    }
}
