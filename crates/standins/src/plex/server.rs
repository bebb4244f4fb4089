//! One Plex Media Server: its identity, its addresses, its sections, and what happens on it.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::AccountId;
use super::library::{Item, RatingKey, Section};
use super::moment::Moment;
use super::play::Played;
use super::session::Session;

/// Which listener answers for the server; stays when its machine id changes.
pub type Slot = usize;

/// How many orders and plays are remembered for tests to read.
const KEPT: usize = 10_000;

#[derive(Debug)]
pub struct Server {
    pub slot: Slot,
    pub machine: String,
    /// plex.tv's number of it.
    pub id: u64,
    pub name: String,
    pub owner: AccountId,
    pub version: String,
    /// Where it listens, without a closing slash.
    pub base_url: String,
    pub created: Moment,
    /// Whether plex.tv hears from it.
    pub presence: bool,
    pub connections: Connections,
    pub sections: Vec<Section>,
    pub items: Vec<Item>,
    pub sessions: Vec<Session>,
    pub last_session_key: u64,
    pub history: Vec<Played>,
    pub devices: Vec<LocalDevice>,
    pub prefs: BTreeMap<String, Value>,
    pub orders: VecDeque<Order>,
    pub sockets: u64,
}

/// Which addresses plex.tv hands out, and whether anybody answers there.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    pub local: Reach,
    pub remote: Reach,
    pub relay: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// There is no such address.
    None,
    /// The address is handed out, but nothing answers there.
    Down,
    Up,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            local: Reach::Up,
            remote: Reach::Up,
            relay: Reach::Up,
        }
    }
}

/// A player that the server has seen.
#[derive(Debug, Clone)]
pub struct LocalDevice {
    pub id: u64,
    pub identifier: String,
    pub name: String,
    pub platform: String,
    pub created: Moment,
}

/// Something that a client ordered: a scan, a stop, a subtitle.
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    pub at_s: i64,
    /// `scan`, `cancel_scan`, `refresh`, `terminate`, `subtitle`, `prefs`.
    pub what: &'static str,
    #[serde(flatten)]
    pub about: Value,
}

impl Server {
    pub fn section(&self, key: u64) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }

    pub fn item(&self, key: RatingKey) -> Option<&Item> {
        self.items.iter().find(|item| item.key == key)
    }

    pub fn children(&self, key: RatingKey) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(move |item| item.parent == Some(key))
    }

    pub fn remember(&mut self, now: Moment, what: &'static str, about: Value) {
        if self.orders.len() == KEPT {
            self.orders.pop_front();
        }
        self.orders.push_back(Order {
            at_s: now.seconds(),
            what,
            about,
        });
    }

    /// What plex.tv tells of where the server is, as `resources` has it.
    pub fn addresses(&self) -> Vec<Value> {
        let reaches = [
            (self.connections.local, true, false),
            (self.connections.remote, false, false),
            (self.connections.relay, false, true),
        ];
        let known = reaches
            .into_iter()
            .filter(|(reach, ..)| *reach != Reach::None);
        known
            .map(|(reach, local, relay)| {
                // Nobody listens on the port for discarding, so a dead address is refused at once.
                let port = if reach == Reach::Up { self.port() } else { 9 };
                json!({
                    "protocol": "http",
                    "address": "127.0.0.1",
                    "port": port,
                    "uri": format!("http://127.0.0.1:{port}"),
                    "local": local,
                    "relay": relay,
                    "IPv6": false,
                })
            })
            .collect()
    }

    pub fn port(&self) -> u16 {
        let port = self.base_url.rsplit(':').next();
        port.and_then(|port| port.parse().ok()).unwrap_or_default()
    }

    /// The number by which the server itself knows a person: 1 is its owner.
    pub fn local_id(&self, account: AccountId) -> u64 {
        if account == self.owner { 1 } else { account }
    }

    /// Finds or notes the player with this identifier.
    pub fn device(&mut self, identifier: &str, name: &str, platform: &str, now: Moment) -> u64 {
        let known = self
            .devices
            .iter()
            .find(|device| device.identifier == identifier);
        if let Some(device) = known {
            return device.id;
        }
        let id = self.devices.len() as u64 + 1;
        self.devices.push(LocalDevice {
            id,
            identifier: identifier.to_owned(),
            name: name.to_owned(),
            platform: platform.to_owned(),
            created: now,
        });
        id
    }
}
