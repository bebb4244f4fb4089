//! Reaching the servers: opens a connection with what is stored and sealed.

use std::sync::Arc;

use db::Db;
use kit::id::ServerId;
use kit::{Outcome, Refusal, Uncertainty, t};
use settings::{Vault, vault};

use crate::error::MediaError;
use crate::maker::{Connection, Entry, Makers};
use crate::owner::{self, OwnerAccount};
use crate::remedy;
use crate::remote::MediaServer;
use crate::server::{self, Server};

/// What jobs, hands and pages need to talk to servers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Servers {
    pub db: Db,
    pub vault: Arc<Vault>,
    pub makers: Makers,
}

impl Servers {
    /// The server and a connection to it. Calls nobody yet.
    pub async fn open(&self, id: &ServerId) -> Result<(Server, Arc<dyn MediaServer>), MediaError> {
        let server = server::required_server(&self.db, id).await?;
        let owner = match &server.owner_account_id {
            Some(owner) => owner::find(&self.db, owner).await?,
            None => None,
        };
        if owner.is_none() && self.makers.entry(&server.kind) == Entry::Invitation {
            return Err(MediaError::Remote(Refusal::passing(
                remedy::NO_OWNER,
                owner::without_owner(&server.name),
            )));
        }
        let place = owner.as_ref().map_or_else(
            || Server::key_place(id),
            |owner| OwnerAccount::token_place(&owner.id),
        );
        let Some(api_key) = vault::find(&self.db, &self.vault, &place).await? else {
            return Err(MediaError::Refused(t!(
                "The key of {server} is not here. Enter it again on the server's page.",
                server = &server.name
            )));
        };
        let connection = Connection {
            address: server.address.clone(),
            api_key,
            identity: Some(server.identity.clone()),
            platform: owner.map(|owner| owner.base),
        };
        let remote = self.connect(&server.kind, &connection)?;
        Ok((server, remote))
    }

    /// A connection to a server that need not be added yet.
    pub fn connect(
        &self,
        kind: &str,
        connection: &Connection,
    ) -> Result<Arc<dyn MediaServer>, MediaError> {
        let maker = self.makers.find(kind).ok_or_else(|| {
            MediaError::Refused(t!(
                "This version cannot talk to servers of the kind {kind}. Update Playhouse.",
                kind = kind
            ))
        })?;
        maker.open(connection).map_err(MediaError::Refused)
    }

    /// Like [`Self::open`], for those who answer with an [`Outcome`].
    pub(crate) async fn reach(&self, id: &ServerId) -> Outcome<(Server, Arc<dyn MediaServer>)> {
        outcome(self.open(id).await)
    }
}

/// Our own trouble as an outcome: nothing was sent, but what stands is not known either.
pub(crate) fn outcome<T>(result: Result<T, MediaError>) -> Outcome<T> {
    match result {
        Ok(value) => Outcome::Done(value),
        Err(MediaError::Remote(refusal)) => Outcome::Refused(refusal),
        Err(MediaError::Unknown(uncertainty)) => Outcome::Unknown(uncertainty),
        Err(error) => match error.text() {
            Some(text) => Outcome::Refused(Refusal::lasting("refused", text)),
            None => Outcome::Unknown(Uncertainty::new(t!(
                "Something of our own broke: {words}",
                words = error.to_string()
            ))),
        },
    }
}

/// An outcome as a result, its reasons kept apart.
pub(crate) fn result<T>(outcome: Outcome<T>) -> Result<T, MediaError> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Refused(refusal) => Err(MediaError::Remote(refusal)),
        Outcome::Unknown(uncertainty) => Err(MediaError::Unknown(uncertainty)),
    }
}
