//! What `/_control/seed` adds: accounts, servers with their sections, shares. What is there is changed.

use serde::Deserialize;

use super::account::{Accepts, AccountId};
use super::limit::Rule;
use super::server::Connections;

/// An order to `/_control/seed`. Everything is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    /// Starts without people and shares; the two servers stay, without an owner until a seed names one.
    pub empty: bool,
    pub accounts: Vec<AccountSeed>,
    pub servers: Vec<ServerSeed>,
    pub shares: Vec<ShareSeed>,
    pub crowd: Option<CrowdSeed>,
    /// plex.tv's patience; see [`Rule`].
    pub rate_limit: Option<Rule>,
    /// How many people one owner may share with.
    pub share_limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSeed {
    /// The user name; a managed user of a home has only this title.
    pub name: String,
    #[serde(default)]
    pub id: Option<AccountId>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub two_factor_code: Option<String>,
    #[serde(default)]
    pub plex_pass: Option<bool>,
    #[serde(default)]
    pub confirmed: Option<bool>,
    #[serde(default)]
    pub accepts: Option<Accepts>,
    /// Whose home they belong to; their own makes them its admin.
    #[serde(default)]
    pub home_of: Option<String>,
    /// A managed user.
    #[serde(default)]
    pub restricted: bool,
    #[serde(default)]
    pub home_pin: Option<String>,
    /// Tokens that are already out.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// The same, but such as end by themselves: at this moment.
    #[serde(default)]
    pub expiring_tokens: Vec<(String, i64)>,
    #[serde(default)]
    pub friends_of: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSeed {
    pub name: String,
    #[serde(default)]
    pub owner: Option<String>,
    /// Another than before means: this server was set up anew. plex.tv forgets the shares of the old one.
    #[serde(default)]
    pub machine: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub presence: Option<bool>,
    #[serde(default)]
    pub connections: Option<Connections>,
    #[serde(default)]
    pub sections: Vec<SectionSeed>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionSeed {
    pub title: String,
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub locations: Vec<String>,
    #[serde(default)]
    pub items: Vec<ItemSeed>,
    /// Takes the section away instead.
    #[serde(default)]
    pub removed: bool,
}

/// A thing; `inside` names what it belongs to, from the outside in: `["Harrow Lane", "Season 1"]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemSeed {
    pub title: String,
    #[serde(default)]
    pub inside: Vec<String>,
    #[serde(default)]
    pub year: Option<i32>,
    #[serde(default)]
    pub summary: Option<String>,
    #[serde(default)]
    pub minutes: Option<i64>,
    #[serde(default)]
    pub height: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareSeed {
    pub server: String,
    pub with: String,
    /// Titles; absent: all.
    #[serde(default)]
    pub sections: Vec<String>,
    #[serde(default)]
    pub accepted: bool,
    #[serde(default)]
    pub settings: serde_json::Value,
}

/// Many people alike who share one server: `{"count": 1000, "prefix": "member", "server": "Polaris"}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrowdSeed {
    pub count: u32,
    pub prefix: String,
    #[serde(default)]
    pub server: Option<String>,
    #[serde(default)]
    pub sections: Vec<String>,
    #[serde(default)]
    pub accepts: Accepts,
}

/// Why a seed was not taken, in a sentence for whoever wrote the test.
pub type SeedRefused = String;
