//! What the server holds at the start, and what `/_control/seed` adds to it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::connect::Account;
use super::guid::Guid;
use super::library::{Item, Library};
use super::moment::{Moment, TICKS_PER_MINUTE};
use super::policy::UserPolicy;
use super::sign_in;
use super::state::{ApiKey, Device, State};
use super::user::User;

/// An order to `/_control/seed`. Everything is optional; what is there already is changed, not doubled.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    /// Starts from a server without users, libraries and keys.
    pub empty: bool,
    /// `4.8.11.0`, `4.9.1.2`, …
    pub version: Option<String>,
    pub name: Option<String>,
    pub id: Option<Guid>,
    pub premiere: Option<bool>,
    pub device_limit: Option<usize>,
    pub password_needs_reset: Option<bool>,
    pub libraries: Vec<LibrarySeed>,
    pub users: Vec<UserSeed>,
    pub crowd: Option<CrowdSeed>,
    pub api_keys: Vec<KeySeed>,
    /// Who has an account at emby.media.
    pub connect_accounts: Vec<Account>,
    /// `SyncJob`s as `/Sync/Jobs` shows them.
    pub downloads: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibrarySeed {
    pub name: String,
    #[serde(default)]
    pub collection_type: Option<String>,
    #[serde(default)]
    pub items: Vec<ItemSeed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemSeed {
    pub name: String,
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub part_of: Option<String>,
    #[serde(default)]
    pub year: Option<i32>,
    #[serde(default)]
    pub minutes: Option<i64>,
    #[serde(default)]
    pub height: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSeed {
    pub name: String,
    #[serde(default)]
    pub id: Option<Guid>,
    /// Absent: the user opens with an empty password.
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub administrator: bool,
    /// Fields of the policy that differ from the default.
    #[serde(default)]
    pub policy: Map<String, Value>,
    #[serde(default)]
    pub configuration: Map<String, Value>,
    /// Names of libraries: these and no others are open.
    #[serde(default)]
    pub libraries: Option<Vec<String>>,
    /// Tokens that are already out, each on a device of its own.
    #[serde(default)]
    pub tokens: Vec<String>,
}

/// Many users alike: `{"count": 10000, "prefix": "member"}` makes `member00000` and so on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrowdSeed {
    pub count: u32,
    pub prefix: String,
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub policy: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySeed {
    pub key: String,
    pub name: String,
}

/// Why a seed was not taken, in a sentence for whoever wrote the test.
pub type SeedRefused = String;

/// Adds the seed to the state.
pub fn sow(state: &mut State, seed: Seed, now: Moment) -> Result<(), SeedRefused> {
    if seed.empty {
        let facts = state.facts.clone();
        *state = State {
            facts,
            ..State::empty()
        };
    }
    sow_facts(state, &seed);
    for library in seed.libraries {
        sow_library(state, library, now);
    }
    for user in seed.users {
        sow_user(state, user, now)?;
    }
    if let Some(crowd) = seed.crowd {
        sow_crowd(state, &crowd, now)?;
    }
    for key in seed.api_keys {
        state.keys.retain(|known| known.token != key.key);
        state.keys.push(ApiKey {
            token: key.key,
            name: key.name,
            created: now,
            last_activity: now,
        });
    }
    state.connect.accounts.extend(seed.connect_accounts);
    state.downloads.extend(seed.downloads);
    state.sessions_version += 1;
    Ok(())
}

fn sow_facts(state: &mut State, seed: &Seed) {
    let facts = &mut state.facts;
    facts.version = seed.version.clone().unwrap_or(facts.version.clone());
    facts.name = seed.name.clone().unwrap_or(facts.name.clone());
    facts.id = seed.id.clone().unwrap_or(facts.id.clone());
    facts.premiere = seed.premiere.unwrap_or(facts.premiere);
    facts.device_limit = seed.device_limit.or(facts.device_limit);
    facts.password_needs_reset = seed
        .password_needs_reset
        .unwrap_or(facts.password_needs_reset);
}

fn sow_library(state: &mut State, seed: LibrarySeed, now: Moment) {
    let known = state.find_library(&seed.name).map(|one| one.number);
    let library = known.unwrap_or_else(|| {
        let number = state.number();
        let kind = seed.collection_type.as_deref();
        state.libraries.push(Library::new(number, &seed.name, kind));
        number
    });
    for item in seed.items {
        state
            .items
            .retain(|other| other.library != library || other.name != item.name);
        let number = state.number();
        state.items.push(Item {
            number,
            library,
            name: item.name,
            kind: item.kind.unwrap_or_else(|| "Movie".to_owned()),
            part_of: item.part_of,
            year: item.year,
            runtime_ticks: item.minutes.unwrap_or(90) * TICKS_PER_MINUTE,
            height: item.height.unwrap_or(1080),
            added: now,
        });
    }
}

fn sow_user(state: &mut State, seed: UserSeed, now: Moment) -> Result<(), SeedRefused> {
    let known = state.users.named(&seed.name).map(|user| user.id.clone());
    let id = known
        .or(seed.id)
        .unwrap_or_else(|| Guid::of(&["emby user", &seed.name.to_lowercase()]));
    if state.users.find(&id).is_none() {
        let user = User::new(id.clone(), &seed.name, now);
        let added = state.users.add(user);
        added.map_err(|why| format!("The user {}: {why:?}", seed.name))?;
    }
    let start = if seed.administrator {
        UserPolicy::administrator()
    } else {
        UserPolicy::default()
    };
    let mut policy = overlaid(&start, seed.policy)?;
    if let Some(names) = seed.libraries {
        let found = names.iter().filter_map(|name| state.find_library(name));
        policy.enabled_folders = found.map(|library| library.guid.to_string()).collect();
        policy.enable_all_folders = false;
    }
    let user = state.users.find_mut(&id).ok_or("The user is gone.")?;
    user.policy = policy;
    user.password = seed.password.or(user.password.take());
    user.configuration.extend(seed.configuration);
    for token in seed.tokens {
        let device = Device {
            id: Guid::of(&["emby device", &token]).to_string(),
            name: "Living room".to_owned(),
            client: "Emby for Android TV".to_owned(),
            version: "2.0.95g".to_owned(),
        };
        sign_in::remember(state, &token, &id, &device, now);
    }
    Ok(())
}

fn sow_crowd(state: &mut State, crowd: &CrowdSeed, now: Moment) -> Result<(), SeedRefused> {
    for nth in 0..crowd.count {
        let seed = UserSeed {
            name: format!("{}{nth:05}", crowd.prefix),
            id: None,
            password: crowd.password.clone(),
            administrator: false,
            policy: crowd.policy.clone(),
            configuration: Map::new(),
            libraries: None,
            tokens: Vec::new(),
        };
        sow_user(state, seed, now)?;
    }
    Ok(())
}

fn overlaid(start: &UserPolicy, changes: Map<String, Value>) -> Result<UserPolicy, SeedRefused> {
    if changes.is_empty() {
        return Ok(start.clone());
    }
    let mut fields = serde_json::to_value(start).map_err(|error| error.to_string())?;
    if let Value::Object(fields) = &mut fields {
        fields.extend(changes);
    }
    serde_json::from_value(fields).map_err(|error| format!("The policy: {error}"))
}
