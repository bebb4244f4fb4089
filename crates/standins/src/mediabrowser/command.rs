//! Messages and playback commands that were sent to clients, remembered for tests to read.

use std::collections::VecDeque;

use serde::Serialize;

use super::guid::Guid;
use super::moment::Moment;

/// How many are remembered.
const KEPT: usize = 10_000;

/// A message or playback command that somebody sent to a client.
#[derive(Debug, Clone, Serialize)]
pub struct Command {
    pub at: Moment,
    pub session_id: Guid,
    pub user_name: Option<String>,
    /// `Message`, `Stop`, `Pause`, …
    #[serde(rename = "command")]
    pub name: String,
    pub header: Option<String>,
    pub text: Option<String>,
    pub timeout_ms: Option<i64>,
}

/// The latest commands, the oldest first.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Commands(VecDeque<Command>);

impl Commands {
    pub fn remember(&mut self, command: Command) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(command);
    }

    pub fn messages(&self) -> Vec<&Command> {
        let is_message = |command: &&Command| command.name == "Message";
        self.0.iter().filter(is_message).collect()
    }
}
