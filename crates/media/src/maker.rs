//! The kinds of server that can be added: what a form asks for, and how a connection is opened.

use std::sync::Arc;

use async_trait::async_trait;
use kit::{Outcome, Secret, Text};

use crate::help::Help;
use crate::platform::Platform;
use crate::remote::MediaServer;

/// Opens connections to one kind of server.
#[async_trait]
pub trait Maker: Send + Sync {
    fn card(&self) -> &'static Card;

    /// Reads the address and prepares; calls nobody. `Err`: the address cannot be one.
    fn open(&self, connection: &Connection) -> Result<Arc<dyn MediaServer>, Text>;

    /// The service where people and servers of this kind have accounts. `base`: its address; `None`: the usual one.
    fn platform(&self, _base: Option<&str>) -> Option<Arc<dyn Platform>> {
        None
    }

    /// Signs in once as an administrator and has a key made for us; name and password are then forgotten.
    async fn make_key(&self, address: &str, name: &str, password: &Secret) -> Outcome<Secret>;
}

/// What forms show of a kind of server.
#[derive(Debug)]
pub struct Card {
    /// The stable word in tables, e.g. `jellyfin`.
    pub key: &'static str,
    pub title: &'static str,
    pub icon: &'static str,
    /// How a member comes to be a user there.
    pub entry: Entry,
    /// What adding one asks for, in this order.
    pub fields: &'static [CardField],
    /// What of it is only for who pays the platform, server by server. `None`: nothing, or accounts tell it themselves.
    pub licence: Option<Licence>,
    /// What running a paid service on it means under the platform's own terms: shown before it is added.
    pub terms: Text,
    /// The platform's own page where all its servers are watched in a browser. `None`: each has an address of its own.
    pub watch_at: Option<&'static str>,
    /// What servers of this kind do beyond letting people in.
    pub helps: &'static [Help],
}

/// A licence of the platform that a server may have, as only its operator knows.
#[derive(Debug)]
pub struct Licence {
    pub label: Text,
    pub help: Text,
    /// Devices that a server takes in all, without the licence and with it.
    pub devices: (i64, i64),
}

/// How a member comes to be a user of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// We make a user, with a name and a password that the member chose.
    Password,
    /// The member has an account with the platform already: it is invited, and accepts.
    Invitation,
}

/// One field of the form that adds a server.
#[derive(Debug)]
pub struct CardField {
    pub name: &'static str,
    pub label: Text,
    pub help: Text,
    pub kind: CardFieldKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFieldKind {
    Url,
    Secret,
}

/// Where a server is and what opens it.
#[derive(Debug, Clone)]
pub struct Connection {
    pub address: String,
    pub api_key: Secret,
    /// The server's own id, once it is known: some platforms are asked about a server elsewhere than at its address.
    pub identity: Option<String>,
    /// Where the platform's own service answers; `None`: its usual address, or there is none.
    pub platform: Option<String>,
}

impl Connection {
    /// To a server that was not looked at yet.
    pub fn new(address: impl Into<String>, api_key: Secret) -> Self {
        Self {
            address: address.into(),
            api_key,
            identity: None,
            platform: None,
        }
    }
}

/// All kinds of server, in the order that forms show them. Cheap to clone.
#[derive(Clone)]
pub struct Makers(Arc<[Arc<dyn Maker>]>);

impl Makers {
    pub fn new(makers: Vec<Arc<dyn Maker>>) -> Self {
        Self(makers.into())
    }

    /// `None`: no driver of this kind is in this build.
    pub fn find(&self, kind: &str) -> Option<&Arc<dyn Maker>> {
        self.0.iter().find(|maker| maker.card().key == kind)
    }

    /// How members come in on a kind of server. A kind that this build does not know is left as it is.
    pub fn entry(&self, kind: &str) -> Entry {
        self.find(kind)
            .map_or(Entry::Password, |maker| maker.card().entry)
    }

    /// The licence that servers of a kind may have.
    pub fn licence(&self, kind: &str) -> Option<&'static Licence> {
        self.find(kind)
            .and_then(|maker| maker.card().licence.as_ref())
    }

    /// Whether a kind of server offers this.
    pub fn offers(&self, kind: &str, help: Help) -> bool {
        self.find(kind)
            .is_some_and(|maker| maker.card().helps.contains(&help))
    }

    /// The platform's own page where a kind of server is watched, if it has one.
    pub fn watch_at(&self, kind: &str) -> Option<&'static str> {
        self.find(kind).and_then(|maker| maker.card().watch_at)
    }

    pub fn cards(&self) -> impl Iterator<Item = &'static Card> {
        self.0.iter().map(|maker| maker.card())
    }
}

impl std::fmt::Debug for Makers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.cards().map(|card| card.key))
            .finish()
    }
}
