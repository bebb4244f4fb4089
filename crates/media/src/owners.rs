//! Asking platforms about owner accounts: does the key still open it, which servers has it, where do they answer.

use chronicle::{Tone, want};
use db::{DbError, values};
use kit::id::OwnerAccountId;
use kit::{Actor, Outcome, Secret, Text, t};
use settings::vault;

use crate::adding::{self, Examined};
use crate::error::MediaError;
use crate::events::ServerChanged;
use crate::maker::Connection;
use crate::owner::{self, OwnerAccount};
use crate::platform::{FoundServer, Platform};
use crate::reads::Why;
use crate::server;
use crate::servers::{Servers, result};

/// Addresses of one server that are tried before we give up.
const MOST_ADDRESSES: usize = 8;

impl Servers {
    /// The account service of a kind of server. `base`: its address; `None`: the usual one.
    pub fn platform(
        &self,
        kind: &str,
        base: Option<&str>,
    ) -> Result<std::sync::Arc<dyn Platform>, MediaError> {
        let maker = self.makers.find(kind).ok_or(MediaError::NotFound)?;
        maker.platform(base).ok_or(MediaError::NotFound)
    }

    async fn key_of(&self, owner: &OwnerAccount) -> Result<Secret, MediaError> {
        let place = OwnerAccount::token_place(&owner.id);
        vault::find(&self.db, &self.vault, &place)
            .await?
            .ok_or_else(|| {
                MediaError::Refused(t!(
                    "The key of the owner account {name} is not here. Sign in again.",
                    name = &owner.name
                ))
            })
    }
}

/// Asks whether the key opens the account, and changes nothing here.
pub async fn ask(
    servers: &Servers,
    owner: &OwnerAccount,
) -> Result<crate::platform::PlatformAccount, MediaError> {
    let key = servers.key_of(owner).await?;
    let platform = servers.platform(&owner.platform, Some(&owner.base))?;
    result(platform.who(&key).await)
}

/// What came of asking for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// The key opens it.
    Good { has_pass: bool },
    /// The platform says that the key is dead.
    SignedOut(Text),
    /// The platform itself could not be asked: that says nothing about the key.
    Unanswered(Text),
}

/// Asks whether the key still opens the account. Only the platform's own "no" counts: that it is down says nothing.
pub async fn check(
    servers: &Servers,
    actor: Actor,
    owner: &OwnerAccount,
) -> Result<Checked, MediaError> {
    let key = servers.key_of(owner).await?;
    let platform = servers.platform(&owner.platform, Some(&owner.base))?;
    let answer = platform.who(&key).await;
    let mut tx = servers.db.begin(actor).await?;
    let checked = match answer {
        Outcome::Done(account) => {
            owner::note_good(&mut tx, owner, &account).await?;
            want::done(&mut tx, &want_key(&owner.id)).await?;
            Checked::Good {
                has_pass: account.has_pass,
            }
        }
        Outcome::Refused(refusal) if refusal.code == "wrong_key" => {
            owner::note_signed_out(&mut tx, owner, &refusal.reason).await?;
            want::open(&mut tx, &wanted(owner, &refusal.reason)).await?;
            Checked::SignedOut(refusal.reason)
        }
        Outcome::Refused(refusal) => Checked::Unanswered(refusal.reason),
        Outcome::Unknown(uncertainty) => Checked::Unanswered(uncertainty.reason),
    };
    tx.save().await?;
    Ok(checked)
}

/// Closes the line on Overview once somebody has signed in again.
pub(crate) async fn note_back(tx: &mut db::Tx<'_>, id: &OwnerAccountId) -> Result<(), DbError> {
    want::done(tx, &want_key(id)).await?;
    Ok(())
}

fn want_key(id: &OwnerAccountId) -> String {
    format!("owner_signed_out/{id}")
}

fn wanted(owner: &OwnerAccount, reason: &Text) -> want::NewWant {
    want::NewWant {
        key: want_key(&owner.id),
        kind: "owner_signed_out",
        sentence: t!(
            "The owner account {name} has to sign in again",
            name = &owner.name
        ),
        detail: Some(t!(
            "{reason} Members who are in stay in; nobody can be let in or taken out until then.",
            reason = reason.clone()
        )),
        action_label: t!("Sign in again"),
        action_href: format!("/office/owners/{}", owner.id),
        tone: Tone::Bad,
        subject: owner.subject(),
    }
}

/// A server of an owner account, and whether it is here already.
#[derive(Debug)]
pub struct Offered {
    pub server: FoundServer,
    pub known: Option<server::Server>,
}

/// The servers that an owner account has. Calls the platform.
pub async fn servers_of(
    servers: &Servers,
    id: &OwnerAccountId,
) -> Result<Vec<Offered>, MediaError> {
    let owner = owner::find(&servers.db, id)
        .await?
        .ok_or(MediaError::NotFound)?;
    let key = servers.key_of(&owner).await?;
    let platform = servers.platform(&owner.platform, Some(&owner.base))?;
    let mut offered = Vec::new();
    for found in result(platform.servers(&key).await)? {
        let known = server::find_by_identity(&servers.db, &owner.platform, &found.identity).await?;
        offered.push(Offered {
            server: found,
            known,
        });
    }
    Ok(offered)
}

/// Looks at one server of an owner account, at the first of its addresses where it answers.
pub async fn examine(
    servers: &Servers,
    id: &OwnerAccountId,
    identity: &str,
) -> Result<Examined, MediaError> {
    let (owner, connection) = reach(servers, id, identity).await?;
    adding::examine_connection(servers, &owner.platform, Some(owner.id), connection).await
}

/// Asks the platform where a server of the account is, and tries its addresses. Calls both.
async fn reach(
    servers: &Servers,
    id: &OwnerAccountId,
    identity: &str,
) -> Result<(OwnerAccount, Connection), MediaError> {
    let owner = owner::find(&servers.db, id)
        .await?
        .ok_or(MediaError::NotFound)?;
    let offered = servers_of(servers, id).await?;
    let found = offered
        .into_iter()
        .map(|one| one.server)
        .find(|server| server.identity == identity)
        .ok_or_else(|| {
            MediaError::Refused(t!(
                "The account {name} does not own this server any more. Sign in with the account that owns it now.",
                name = &owner.name
            ))
        })?;
    let connection = find_address(servers, &owner, &found).await?;
    Ok((owner, connection))
}

const TAKE_OVER: &str = "
    update servers set owner_account_id = $2, address = $3, edition = edition + 1 where id = $1";

/// Connects a server that is here already through this account: its address is looked for again. Nothing that was
/// set, and nobody who is on it, changes. Calls the platform and the server.
pub async fn connect_through(
    servers: &Servers,
    actor: Actor,
    id: &OwnerAccountId,
    server: &server::Server,
) -> Result<(), MediaError> {
    let (owner, connection) = reach(servers, id, &server.identity).await?;
    let mut tx = servers.db.begin(actor).await?;
    let row = values![server.id, owner.id, connection.address];
    tx.run(TAKE_OVER, row).await?;
    let event = ServerChanged {
        server: server.id.clone(),
        name: server.name.clone(),
        enabled: None,
    };
    chronicle::tell(&mut tx, &event).await?;
    crate::jobs::sync_now(&mut tx, &server.id, Why::Person).await?;
    tx.save().await?;
    Ok(())
}

/// The first address at which the server itself answers. Calls the server.
pub(crate) async fn find_address(
    servers: &Servers,
    owner: &OwnerAccount,
    found: &FoundServer,
) -> Result<Connection, MediaError> {
    let key = servers.key_of(owner).await?;
    let mut said = None;
    for address in found.addresses.iter().take(MOST_ADDRESSES) {
        let connection = Connection {
            address: address.uri.clone(),
            api_key: key.clone(),
            identity: Some(found.identity.clone()),
            platform: Some(owner.base.clone()),
        };
        let Ok(remote) = servers.connect(&owner.platform, &connection) else {
            continue;
        };
        match remote.probe().await {
            Outcome::Done(probe) if probe.identity == found.identity => return Ok(connection),
            Outcome::Done(_) => {}
            Outcome::Refused(refusal) => said = Some(refusal.reason),
            Outcome::Unknown(uncertainty) => said = Some(uncertainty.reason),
        }
    }
    Err(MediaError::Refused(match said {
        Some(reason) => t!(
            "{server} answers at none of its addresses. {reason}",
            server = &found.name,
            reason = reason
        ),
        None => t!(
            "{server} has no address at which it can be reached. Switch remote access on there, or start it.",
            server = &found.name
        ),
    }))
}
