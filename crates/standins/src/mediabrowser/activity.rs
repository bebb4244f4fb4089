//! The activity log: sign-ins, also failed ones, changes to users, and what was played.

use std::collections::VecDeque;

use serde::Serialize;

use super::guid::Guid;
use super::moment::Moment;

/// The oldest entries fall out beyond this many.
const ENTRIES_KEPT: usize = 10_000;

/// `ActivityLogEntry` of Jellyfin's contract; Emby's says the severity in other words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    pub id: u64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_overview: Option<String>,
    #[serde(rename = "Type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<Guid>,
    pub date: Moment,
    pub user_id: Guid,
    pub severity: &'static str,
}

#[derive(Debug, Default)]
pub struct ActivityLog {
    entries: VecDeque<Entry>,
    written: u64,
}

impl ActivityLog {
    /// Writes an entry; `user` is whom it is about.
    pub fn write(&mut self, at: Moment, kind: &'static str, user: Option<&Guid>, name: String) {
        self.written += 1;
        if self.entries.len() == ENTRIES_KEPT {
            self.entries.pop_front();
        }
        let word = kind.to_ascii_lowercase();
        let is_failure = word.contains("fail") || word.contains("lockedout");
        self.entries.push_back(Entry {
            id: self.written,
            name,
            short_overview: word
                .contains("authenticat")
                .then(|| "IP address: 127.0.0.1".to_owned()),
            kind,
            item_id: None,
            date: at,
            user_id: user.cloned().unwrap_or_else(Guid::empty),
            severity: if is_failure { "Error" } else { "Information" },
        });
    }

    /// How many entries were ever written: a listener compares it.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The newest entry first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }
}
