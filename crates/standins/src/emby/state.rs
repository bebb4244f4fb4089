//! Everything that the server knows, behind one lock that no handler holds across an await.

use std::collections::HashMap;

use serde_json::Value;

use super::activity::ActivityLog;
use super::calls::Calls;
use super::command::Commands;
use super::connect::ConnectService;
pub use super::described::Device;
use super::devices::Devices;
use super::guid::Guid;
use super::library::{Item, Library};
use super::moment::Moment;
use super::session::Session;
use super::tasks::Tasks;
use super::user::{User, Users};

/// What the server is.
#[derive(Debug, Clone)]
pub struct Facts {
    pub id: Guid,
    pub name: String,
    /// `4.8.11.0`, `4.9.1.2`, …
    pub version: String,
    /// Whether the licence is bought: it decides how many devices may play.
    pub premiere: bool,
    /// In place of the licence's own number.
    pub device_limit: Option<usize>,
    /// Whether a password that is there must be reset before another is taken.
    pub password_needs_reset: bool,
}

impl Facts {
    /// How many devices may play: 25, and 75 with Premiere.
    pub fn devices_allowed(&self) -> usize {
        self.device_limit
            .unwrap_or(if self.premiere { 75 } else { 25 })
    }

    /// 4.9 reads a message's words from the body, too.
    pub fn reads_message_bodies(&self) -> bool {
        !self.version.starts_with("4.8") && !self.version.starts_with("4.7")
    }
}

/// One user signed in on one device: what the access token stands for.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub user: Guid,
    pub device: Device,
    pub last_activity: Moment,
}

/// A key of the dashboard: acts as administrator and has no user.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub token: String,
    pub name: String,
    pub created: Moment,
    pub last_activity: Moment,
}

#[derive(Debug)]
pub struct State {
    pub facts: Facts,
    pub users: Users,
    pub libraries: Vec<Library>,
    pub items: Vec<Item>,
    /// The number of the next library or item: ids of both are short numbers.
    pub next_number: u32,
    /// By access token.
    pub sign_ins: HashMap<String, SignIn>,
    pub keys: Vec<ApiKey>,
    pub sessions: HashMap<Guid, Session>,
    pub devices: Devices,
    pub connect: ConnectService,
    pub tasks: Tasks,
    /// Downloads to devices, as `/Sync/Jobs` shows them.
    pub downloads: Vec<Value>,
    pub commands: Commands,
    pub activity: ActivityLog,
    pub calls: Calls,
    /// Rises with every change that a `Sessions` listener wants to hear of.
    pub sessions_version: u64,
}

impl State {
    /// A server without users, libraries or keys.
    pub fn empty() -> Self {
        Self {
            facts: Facts {
                id: Guid::of(&["server", "Zenith"]),
                name: "Zenith".to_owned(),
                version: "4.8.11.0".to_owned(),
                premiere: true,
                device_limit: None,
                password_needs_reset: true,
            },
            users: Users::default(),
            libraries: Vec::new(),
            items: Vec::new(),
            next_number: 3,
            sign_ins: HashMap::new(),
            keys: Vec::new(),
            sessions: HashMap::new(),
            devices: Devices::default(),
            connect: ConnectService::default(),
            tasks: Tasks::default(),
            downloads: Vec::new(),
            commands: Commands::default(),
            activity: ActivityLog::default(),
            calls: Calls::default(),
            sessions_version: 0,
        }
    }

    /// A number for something new.
    pub fn number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    pub fn find_library(&self, name: &str) -> Option<&Library> {
        self.libraries
            .iter()
            .find(|library| library.name.eq_ignore_ascii_case(name))
    }

    pub fn find_item(&self, number: u32) -> Option<&Item> {
        self.items.iter().find(|item| item.number == number)
    }

    /// The items that a user may see; without one (an API key), all.
    pub fn items_for<'a>(&'a self, user: Option<&'a User>) -> impl Iterator<Item = &'a Item> {
        let open = move |library: &Library| user.is_none_or(|user| user.policy.may_see(library));
        let libraries: Vec<u32> = self
            .libraries
            .iter()
            .filter(|one| open(one))
            .map(|one| one.number)
            .collect();
        self.items
            .iter()
            .filter(move |item| libraries.contains(&item.library))
    }

    pub fn libraries_for(&self, user: &User) -> Vec<&Library> {
        self.libraries
            .iter()
            .filter(|library| user.policy.may_see(library))
            .collect()
    }
}
