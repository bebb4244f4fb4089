//! What we ask of a service where people and servers have accounts of their own: signing in, and finding servers.

use async_trait::async_trait;
use kit::{Outcome, Secret};

use crate::remote::RemoteRef;

/// An account service, e.g. plex.tv. Nobody's password ever passes through here: people sign in on its own page.
#[async_trait]
pub trait Platform: Send + Sync {
    /// Opens a sign-in on the service's own page, which afterwards leads the browser to `back`.
    async fn begin_sign_in(&self, back: &str) -> Outcome<SignInPage>;

    /// `None`: the person has not said yes yet. Refused as `expired` once the service forgot the sign-in.
    async fn finish_sign_in(&self, page: &SignInRef) -> Outcome<Option<Secret>>;

    /// Whose key it is. Refused as `wrong_key` only if the service says that the key is dead.
    async fn who(&self, key: &Secret) -> Outcome<PlatformAccount>;

    /// The servers that this account owns.
    async fn servers(&self, key: &Secret) -> Outcome<Vec<FoundServer>>;
}

/// A sign-in that waits for its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInPage {
    pub at: SignInRef,
    /// Where the browser is sent.
    pub address: String,
}

/// The service's own mark of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRef(pub String);

/// An account as its service describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformAccount {
    pub id: RemoteRef,
    pub name: String,
    pub email: Option<String>,
    /// Whether the service has seen that the address is theirs.
    pub confirmed: bool,
    /// Whether it pays the platform for what not everybody has; stopping streams hangs on it.
    pub has_pass: bool,
    /// The most people that it may let into its servers, friends and home users included. `None`: no such limit.
    pub most_people: Option<i64>,
}

/// A server as its owner's account knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundServer {
    /// Stays the same while it is the same installation.
    pub identity: String,
    pub name: String,
    /// Where it may answer, the best first: near, then far, relays last.
    pub addresses: Vec<FoundAddress>,
}

impl FoundServer {
    /// Whether every way to it leads over the platform's own machines, which are slow.
    pub fn is_relayed(&self) -> bool {
        !self.addresses.is_empty() && self.addresses.iter().all(|address| address.is_relay)
    }
}

/// One way to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAddress {
    pub uri: String,
    /// Over the platform's own machines.
    pub is_relay: bool,
}
