//! What the server holds at the start, and what `/_control/seed` adds to it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::configuration::UserConfiguration;
use super::guid::Guid;
use super::library::{Item, Library};
use super::moment::{Moment, TICKS_PER_MINUTE};
use super::policy::UserPolicy;
use super::sign_in;
use super::state::{ApiKey, Device, State};
use super::user::User;
use super::version::Version;

/// An order to `/_control/seed`. Everything is optional; what is there already is changed, not doubled.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    /// Starts from a server without users, libraries and keys.
    pub empty: bool,
    /// `10.8.13`, `10.11.5`, `12.0.0`, …
    pub version: Option<String>,
    pub name: Option<String>,
    pub id: Option<Guid>,
    /// The switch of 10.11 for the old ways to carry a token.
    pub legacy_authorization: Option<bool>,
    pub quick_connect: Option<bool>,
    pub libraries: Vec<LibrarySeed>,
    pub users: Vec<UserSeed>,
    pub crowd: Option<CrowdSeed>,
    pub api_keys: Vec<KeySeed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibrarySeed {
    pub name: String,
    #[serde(default)]
    pub id: Option<Guid>,
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
    pub overview: Option<String>,
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
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub administrator: bool,
    /// Fields of the policy that differ from the default.
    #[serde(default)]
    pub policy: Map<String, Value>,
    #[serde(default)]
    pub configuration: Option<UserConfiguration>,
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
        *state = State {
            facts: state.facts.clone(),
            ..State::empty()
        };
    }
    let facts = &mut state.facts;
    facts.version = seed
        .version
        .map_or_else(|| facts.version.clone(), |it| Version::new(&it));
    facts.name = seed.name.unwrap_or_else(|| facts.name.clone());
    facts.id = seed.id.unwrap_or_else(|| facts.id.clone());
    facts.legacy_authorization = seed
        .legacy_authorization
        .unwrap_or(facts.legacy_authorization);
    facts.quick_connect = seed.quick_connect.unwrap_or(facts.quick_connect);
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
    state.sessions_version += 1;
    Ok(())
}

fn sow_library(state: &mut State, seed: LibrarySeed, now: Moment) {
    let known = state
        .find_library(&seed.name)
        .map(|library| library.id.clone());
    let id = known.unwrap_or_else(|| {
        let mut library = Library::new(&seed.name, seed.collection_type.as_deref());
        library.id = seed.id.unwrap_or(library.id);
        state.libraries.push(library);
        state.libraries[state.libraries.len() - 1].id.clone()
    });
    for item in seed.items {
        let item_id = Guid::of(&["item", id.as_str(), &item.name]);
        state.items.retain(|other| other.id != item_id);
        state.items.push(Item {
            id: item_id,
            library: id.clone(),
            name: item.name,
            kind: item.kind.unwrap_or_else(|| "Movie".to_owned()),
            part_of: item.part_of,
            year: item.year,
            overview: item.overview,
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
        .unwrap_or_else(|| Guid::of(&["user", &seed.name.to_lowercase()]));
    if state.users.find(&id).is_none() {
        let user = User::new(id.clone(), &seed.name, None);
        state
            .users
            .add(user)
            .map_err(|why| format!("The user {}: {why:?}", seed.name))?;
    }
    let start = if seed.administrator {
        UserPolicy::administrator()
    } else {
        UserPolicy::default()
    };
    let mut policy = overlaid(&start, seed.policy)?;
    if let Some(names) = seed.libraries {
        let found = names.iter().filter_map(|name| state.find_library(name));
        policy.enabled_folders = found.map(|library| library.id.clone()).collect();
        policy.enable_all_folders = false;
    }
    let user = state.users.find_mut(&id).ok_or("The user is gone.")?;
    user.policy = policy;
    user.password = seed.password.or(user.password.take());
    user.configuration = seed
        .configuration
        .unwrap_or_else(|| user.configuration.clone());
    for token in seed.tokens {
        let device = Device {
            id: Guid::of(&["device", &token]).to_string(),
            name: "Living room".to_owned(),
            client: "Jellyfin Android TV".to_owned(),
            version: "0.19.4".to_owned(),
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
            configuration: None,
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
