//! Adding a server: first a look that changes nothing, then one transaction. It arrives switched off.

use db::{DbError, Tx, values};
use kit::id::{OwnerAccountId, ServerId};
use kit::{Secret, t};
use settings::vault;

use crate::error::MediaError;
use crate::events::ServerAdded;
use crate::library;
use crate::maker::Connection;
use crate::reads::Why;
use crate::remote::{Probe, RemoteLibrary, RemoteUser};
use crate::remote_user;
use crate::server::{self, Server};
use crate::servers::{Servers, result};

/// How the operator opens the server to us.
#[derive(Debug, Clone)]
pub enum Opening {
    ApiKey(Secret),
    /// An administrator's name and password: used once to have a key made, never kept.
    SignIn {
        name: String,
        password: Secret,
    },
}

/// A server that was looked at and can be added.
#[derive(Debug)]
pub struct Examined {
    pub kind: String,
    /// The account of the platform that it belongs to. `None`: the connection's key is the server's own.
    pub owner: Option<OwnerAccountId>,
    /// Whether downloads hang on a licence that only the operator knows of.
    pub wants_licence: bool,
    pub connection: Connection,
    pub probe: Probe,
    pub libraries: Vec<RemoteLibrary>,
    pub users: Vec<RemoteUser>,
}

/// Tests a connection and reads what adding will import. The error's sentence says what is wrong.
pub async fn examine(
    servers: &Servers,
    kind: &str,
    address: &str,
    opening: Opening,
) -> Result<Examined, MediaError> {
    let connection = connection(servers, kind, address.trim(), opening).await?;
    examine_connection(servers, kind, None, connection).await
}

/// Reads what adding a server with this connection will import.
pub(crate) async fn examine_connection(
    servers: &Servers,
    kind: &str,
    owner: Option<OwnerAccountId>,
    connection: Connection,
) -> Result<Examined, MediaError> {
    let remote = servers.connect(kind, &connection)?;
    let mut probe = result(remote.probe().await)?;
    refuse_known(servers, kind, &probe).await?;
    let libraries = result(probe.take_libraries(remote.as_ref()).await)?;
    let users = result(remote.users().await)?;
    Ok(Examined {
        kind: kind.to_owned(),
        owner,
        wants_licence: servers.makers.licence(kind).is_some(),
        connection,
        probe,
        libraries,
        users,
    })
}

/// Tests an address and key without importing anything: the button on the form.
pub async fn test(
    servers: &Servers,
    kind: &str,
    address: &str,
    api_key: Secret,
) -> Result<Probe, MediaError> {
    let connection = Connection::new(address.trim(), api_key);
    let probe = result(servers.connect(kind, &connection)?.probe().await)?;
    refuse_known(servers, kind, &probe).await?;
    Ok(probe)
}

async fn connection(
    servers: &Servers,
    kind: &str,
    address: &str,
    opening: Opening,
) -> Result<Connection, MediaError> {
    match opening {
        Opening::ApiKey(api_key) => Ok(Connection::new(address, api_key)),
        Opening::SignIn { name, password } => {
            let maker = servers.makers.find(kind).ok_or(MediaError::NotFound)?;
            let api_key = result(maker.make_key(address, &name, &password).await)?;
            Ok(Connection::new(address, api_key))
        }
    }
}

async fn refuse_known(servers: &Servers, kind: &str, probe: &Probe) -> Result<(), MediaError> {
    match server::find_by_identity(&servers.db, kind, &probe.identity).await? {
        None => Ok(()),
        Some(known) => Err(already_added(&known)),
    }
}

fn already_added(known: &Server) -> MediaError {
    MediaError::Refused(t!(
        "This is the server {server}, which was added already. Change its address on its own page.",
        server = &known.name
    ))
}

const INSERT: &str = "
    insert into servers
           (id, name, kind, address, public_address, identity, version, location, enabled, takes_members,
            takes_trials, four_k_transcoding, ceiling, members, template_user, state, reason, added_at,
            checked_at, synced_at, down_since, owner_account_id, licensed, remote_name, edition)
    values ($1, $2, $3, $4, $4, $5, $6, null, false, true, true, true, null, 0, null, 'ok', null, $7, $7, $7,
            9223372036854775807, $8, $9, $2, 1)";

/// Adds an examined server, switched off, with its libraries (all Private) and the users that were seen.
pub async fn add(
    tx: &mut Tx<'_>,
    vault: &settings::Vault,
    examined: &Examined,
) -> Result<Server, MediaError> {
    let id: ServerId = tx.id();
    let (probe, now) = (&examined.probe, tx.now());
    let address = &examined.connection.address;
    let row = values![
        id,
        probe.name,
        examined.kind,
        address,
        probe.identity,
        probe.version,
        now,
        examined.owner,
        !examined.wants_licence
    ];
    match tx.run(INSERT, row).await {
        Err(DbError::Duplicate(_)) => {
            return Err(MediaError::Refused(t!(
                "This server was added by somebody else a moment ago. You find it in the list of servers."
            )));
        }
        other => other?,
    };
    if examined.owner.is_none() {
        let key = &examined.connection.api_key;
        vault::put(tx, vault, &Server::key_place(&id), key).await?;
    }
    library::mirror(tx, &id, &examined.libraries).await?;
    for user in &examined.users {
        remote_user::write(tx, &id, user).await?;
    }
    let (name, address) = (probe.name.clone(), address.clone());
    chronicle::tell(
        tx,
        &ServerAdded {
            server: id.clone(),
            name,
            address,
        },
    )
    .await?;
    server::required_server(tx, &id).await
}

const READDRESS: &str = "
    update servers set address = $2, edition = edition + 1 where id = $1";

/// Looks whether an address and key open the same installation as before. Calls the server.
pub async fn examine_again(
    servers: &Servers,
    id: &ServerId,
    address: &str,
    api_key: Secret,
) -> Result<Connection, MediaError> {
    let server = server::required_server(&servers.db, id).await?;
    let connection = Connection {
        identity: Some(server.identity.clone()),
        ..Connection::new(address.trim(), api_key)
    };
    let probe = result(servers.connect(&server.kind, &connection)?.probe().await)?;
    if probe.identity != server.identity {
        return Err(MediaError::Refused(t!(
            "At this address answers another server ({other}), not {server}. Add it as a server of its own.",
            other = probe.name,
            server = server.name
        )));
    }
    Ok(connection)
}

/// Keeps a new address and key that [`examine_again`] has found good.
pub async fn reconnect(
    tx: &mut Tx<'_>,
    vault: &settings::Vault,
    id: &ServerId,
    connection: &Connection,
) -> Result<(), MediaError> {
    tx.run(READDRESS, values![id, connection.address]).await?;
    vault::put(tx, vault, &Server::key_place(id), &connection.api_key).await?;
    crate::jobs::sync_now(tx, id, Why::Person).await?;
    Ok(())
}
