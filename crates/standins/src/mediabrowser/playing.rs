//! What is played, and how far: the position runs with the clock unless it is paused.

use serde::{Deserialize, Serialize};

use super::moment::{Moment, TICKS_PER_MS};

/// What a session plays; the two servers name items differently.
#[derive(Debug, Clone)]
pub struct Playing<Item> {
    pub item: Item,
    pub method: Method,
    pub position_ticks: i64,
    /// When the position was so; it moves on from there unless paused.
    pub as_of: Moment,
    pub paused_since: Option<Moment>,
    /// Played by `/_control/play`: goes on without reports, and obeys.
    pub is_simulated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Method {
    #[default]
    DirectPlay,
    DirectStream,
    Transcode,
}

impl<Item> Playing<Item> {
    pub fn position_at(&self, now: Moment, runtime_ticks: i64) -> i64 {
        let until = self.paused_since.unwrap_or(now);
        let moved = until.since(self.as_of).max(0) * TICKS_PER_MS;
        (self.position_ticks + moved).min(runtime_ticks)
    }

    /// Holds the position and starts counting from here.
    pub fn settle(&mut self, now: Moment, runtime_ticks: i64) {
        self.position_ticks = self.position_at(now, runtime_ticks);
        self.as_of = now;
    }

    pub fn pause(&mut self, now: Moment) {
        self.paused_since.get_or_insert(now);
    }

    pub fn go_on(&mut self, now: Moment, runtime_ticks: i64) {
        self.settle(now, runtime_ticks);
        self.paused_since = None;
    }
}
