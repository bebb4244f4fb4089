//! Everything that the server knows, behind one lock that no handler holds across an await.

use std::collections::HashMap;

use super::activity::ActivityLog;
use super::calls::Calls;
use super::command::Commands;
pub use super::described::Device;
use super::guid::Guid;
use super::library::{Item, Library};
use super::moment::Moment;
use super::orders::Orders;
use super::policy::UserPolicy;
use super::quick_connect::QuickConnect;
use super::session::Session;
use super::user::{User, Users};
use super::version::Version;

/// What the server is.
#[derive(Debug, Clone)]
pub struct Facts {
    pub id: Guid,
    pub name: String,
    pub version: Version,
    /// The operator's switch of 10.11; see [`Facts::takes_legacy_carriers`].
    pub legacy_authorization: bool,
    pub quick_connect: bool,
}

impl Facts {
    /// Whether tokens may come in other ways than `Authorization: MediaBrowser` and `ApiKey`.
    ///
    /// Up to 10.10 always, in 10.11 while the switch is on, from 12 never.
    pub fn takes_legacy_carriers(&self) -> bool {
        match self.version.release() {
            release if release < (10, 11) => true,
            release if release < (12, 0) => self.legacy_authorization,
            _ => false,
        }
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
    /// By access token.
    pub sign_ins: HashMap<String, SignIn>,
    pub keys: Vec<ApiKey>,
    pub sessions: HashMap<Guid, Session>,
    pub quick_connects: Vec<QuickConnect>,
    /// Names that were given to devices, by device id.
    pub device_names: HashMap<String, String>,
    pub commands: Commands,
    pub orders: Orders,
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
                id: Guid::of(&["server", "Aurora"]),
                name: "Aurora".to_owned(),
                version: Version::default(),
                legacy_authorization: true,
                quick_connect: true,
            },
            users: Users::default(),
            libraries: Vec::new(),
            items: Vec::new(),
            sign_ins: HashMap::new(),
            keys: Vec::new(),
            sessions: HashMap::new(),
            quick_connects: Vec::new(),
            device_names: HashMap::new(),
            commands: Commands::default(),
            orders: Orders::default(),
            activity: ActivityLog::default(),
            calls: Calls::default(),
            sessions_version: 0,
        }
    }

    pub fn find_library(&self, name: &str) -> Option<&Library> {
        self.libraries
            .iter()
            .find(|library| library.name.eq_ignore_ascii_case(name))
    }

    pub fn find_item(&self, id: &Guid) -> Option<&Item> {
        self.items.iter().find(|item| item.id == *id)
    }

    /// The items that a policy lets its user see; without one (an API key), all.
    pub fn items_for<'a>(
        &'a self,
        policy: Option<&'a UserPolicy>,
    ) -> impl Iterator<Item = &'a Item> {
        let seen = move |item: &&Item| policy.is_none_or(|policy| policy.may_see(&item.library));
        self.items.iter().filter(seen)
    }

    pub fn libraries_for(&self, user: &User) -> Vec<&Library> {
        self.libraries
            .iter()
            .filter(|library| user.policy.may_see(&library.id))
            .collect()
    }
}
