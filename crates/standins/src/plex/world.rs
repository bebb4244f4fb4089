//! Everything that plex.tv and its servers know, behind one lock that no handler holds across an await.

use std::collections::{HashMap, HashSet};

use super::account::{Account, AccountId};
use super::calls::Calls;
use super::jwt::DeviceKey;
use super::limit::Limit;
use super::moment::Moment;
use super::pin::Pin;
use super::server::{Server, Slot};
use super::share::{Invitee, Share, ShareId, Sharing};

/// What an access token stands for.
#[derive(Debug, Clone)]
pub struct Token {
    pub account: AccountId,
    /// The program that it was given to.
    pub client: String,
    /// Only tokens of the newer kind (JWT) end by themselves.
    pub expires: Option<Moment>,
}

/// A program that signed in for somebody, as `devices.xml` lists it.
#[derive(Debug, Clone)]
pub struct Device {
    pub id: u64,
    pub account: AccountId,
    pub client: String,
    pub product: String,
    pub version: String,
    pub platform: String,
    pub hardware: String,
    pub name: String,
    pub token: String,
    pub created: Moment,
    pub last_seen: Moment,
}

#[derive(Debug, Default)]
pub struct World {
    pub accounts: Vec<Account>,
    pub tokens: HashMap<String, Token>,
    pub devices: Vec<Device>,
    pub pins: Vec<Pin>,
    pub keys: Vec<DeviceKey>,
    /// Nonces that were given out, until when each holds.
    pub nonces: HashMap<String, Moment>,
    pub servers: Vec<Server>,
    pub shares: Vec<Share>,
    pub sharings: Vec<Sharing>,
    /// Machine ids that servers had before.
    pub former_machines: HashSet<String>,
    /// How many people an owner may share with; `None`: as many as they like.
    pub share_limit: Option<usize>,
    pub limit: Limit,
    pub calls: Calls,
    last_number: u64,
}

impl World {
    /// A number that nothing had before. Numbers of different things never meet.
    pub fn number(&mut self) -> u64 {
        self.last_number += 1;
        70_000_000 + self.last_number
    }

    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub fn account_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// By user name, e-mail address, number or uuid.
    pub fn called(&self, words: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.is_called(words.trim()))
    }

    /// As tests name people: managed users of a home, who have no user name, by their title.
    pub fn meant(&self, words: &str) -> Option<&Account> {
        let titled = |account: &&Account| account.username.is_none() && account.title == words;
        self.called(words)
            .or_else(|| self.accounts.iter().find(titled))
    }

    pub fn server(&self, machine: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.machine == machine)
    }

    pub fn server_at(&self, slot: Slot) -> Option<&Server> {
        self.servers.iter().find(|server| server.slot == slot)
    }

    pub fn server_at_mut(&mut self, slot: Slot) -> Option<&mut Server> {
        self.servers.iter_mut().find(|server| server.slot == slot)
    }

    /// By machine id or name.
    pub fn server_called(&self, words: &str) -> Option<&Server> {
        self.servers
            .iter()
            .find(|server| server.machine == words || server.name.eq_ignore_ascii_case(words))
    }

    pub fn share(&self, id: ShareId) -> Option<&Share> {
        self.shares.iter().find(|share| share.id == id)
    }

    pub fn share_mut(&mut self, id: ShareId) -> Option<&mut Share> {
        self.shares.iter_mut().find(|share| share.id == id)
    }

    /// The share of a server with a person that is not over.
    pub fn living_share(&self, machine: &str, invitee: &Invitee) -> Option<&Share> {
        self.shares
            .iter()
            .find(|share| share.machine == machine && share.invitee == *invitee && !share.is_over())
    }

    pub fn sharing(&self, owner: AccountId, invitee: &Invitee) -> Option<&Sharing> {
        self.sharings
            .iter()
            .find(|sharing| sharing.owner == owner && sharing.invitee == *invitee)
    }

    pub fn sharing_mut(&mut self, owner: AccountId, invitee: &Invitee) -> Option<&mut Sharing> {
        self.sharings
            .iter_mut()
            .find(|sharing| sharing.owner == owner && sharing.invitee == *invitee)
    }

    /// The members of the home that this account belongs to; without a home, nobody.
    pub fn home_of(&self, account: AccountId) -> Vec<&Account> {
        let home = self.account(account).and_then(|account| account.home);
        let Some(home) = home else { return Vec::new() };
        self.accounts
            .iter()
            .filter(|other| other.home.is_some_and(|its| its.admin == home.admin))
            .collect()
    }

    /// Whether a person may use a server at all: as its owner, or by an accepted share.
    pub fn may_use(&self, account: AccountId, server: &Server) -> bool {
        account == server.owner
            || self
                .living_share(&server.machine, &Invitee::Account(account))
                .is_some_and(Share::is_accepted)
    }
}
