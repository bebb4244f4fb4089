//! Owner accounts: the accounts of a platform whose servers are managed. Signed in on the platform's own page.

use db::{DbError, Read, Tx, values};
use kit::id::OwnerAccountId;
use kit::stored::stored_words;
use kit::{Secret, Subject, Text, Timestamp, t};
use settings::{Vault, vault};

use crate::error::MediaError;
use crate::events::{OwnerRemoved, OwnerSignedIn, OwnerSignedOut};
use crate::platform::PlatformAccount;
use crate::reads::Why;
use crate::remote::RemoteRef;
use crate::server;

stored_words! {
    /// Whether the platform still takes the account's key.
    pub enum OwnerState {
        Ok = "ok",
        /// The key is dead: somebody has to sign in again.
        SignedOut = "signed_out",
    }
}

db::row! {
    /// One owner account.
    #[derive(Debug, Clone)]
    pub struct OwnerAccount {
        pub id: OwnerAccountId,
        pub platform: String,
        pub remote_id: RemoteRef,
        pub name: String,
        pub email: Option<String>,
        /// Without it no stream can be stopped and no member restricted.
        pub has_pass: bool,
        /// Where the platform answers.
        pub base: String,
        pub state: OwnerState,
        /// Why the state is not [`OwnerState::Ok`].
        pub reason: Option<Text>,
        pub added_at: Timestamp,
        pub checked_at: Timestamp,
    }
}

impl OwnerAccount {
    pub fn subject(&self) -> Subject {
        Subject::of(&self.id)
    }

    /// Where the account's key is sealed.
    pub fn token_place(id: &OwnerAccountId) -> String {
        format!("owner_accounts/{id}/token")
    }
}

const FIND: &str = "
    select id, platform, remote_id, name, email, has_pass, base, state, reason, added_at, checked_at
      from owner_accounts where id = $1";

/// `None`: there is no such account.
pub async fn find(
    mut read: impl Read,
    id: &OwnerAccountId,
) -> Result<Option<OwnerAccount>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LIST: &str = "
    select id, platform, remote_id, name, email, has_pass, base, state, reason, added_at, checked_at
      from owner_accounts order by platform, name, id";

/// All owner accounts; there are a handful.
pub async fn list(mut read: impl Read) -> Result<Vec<OwnerAccount>, DbError> {
    read.all(LIST, values![]).await
}

const PUT: &str = "
    insert into owner_accounts
           (id, platform, remote_id, name, email, has_pass, base, state, reason, added_at, checked_at,
            most_people)
    values ($1, $2, $3, $4, $5, $6, $7, 'ok', null, $8, $8, $9)
    on conflict (platform, remote_id) do update
       set name = excluded.name, email = excluded.email, has_pass = excluded.has_pass, base = excluded.base,
           state = 'ok', reason = null, checked_at = excluded.checked_at, most_people = excluded.most_people
 returning id";

const STATE: &str = "select state from owner_accounts where platform = $1 and remote_id = $2";

/// Keeps an account that was just signed in; again, if it was here before. Safe to repeat.
pub async fn sign_in(
    tx: &mut Tx<'_>,
    sealing: &Vault,
    platform: &str,
    base: &str,
    account: &PlatformAccount,
    token: &Secret,
) -> Result<OwnerAccount, MediaError> {
    let (fresh, now): (OwnerAccountId, _) = (tx.id(), tx.now());
    let before: Option<(OwnerState,)> = tx.maybe(STATE, values![platform, account.id]).await?;
    let row = values![
        fresh,
        platform,
        account.id,
        account.name,
        account.email,
        account.has_pass,
        base,
        now,
        account.most_people
    ];
    let (id,): (OwnerAccountId,) = tx.one(PUT, row).await?;
    vault::put(tx, sealing, &OwnerAccount::token_place(&id), token).await?;
    let event = OwnerSignedIn {
        owner: id.clone(),
        platform: platform.to_owned(),
        name: account.name.clone(),
        was_out: before == Some((OwnerState::SignedOut,)),
    };
    chronicle::tell(tx, &event).await?;
    crate::owners::note_back(tx, &id).await?;
    for server in server::list_of_owner(&mut *tx, &id).await? {
        crate::jobs::sync_now(tx, &server.id, Why::Person).await?;
    }
    find(tx, &id).await?.ok_or(MediaError::NotFound)
}

const CHECKED: &str = "
    update owner_accounts
       set name = $2, email = $3, has_pass = $4, state = 'ok', reason = null, checked_at = $5, most_people = $6
     where id = $1";

/// The hourly look found the key good.
pub(crate) async fn note_good(
    tx: &mut Tx<'_>,
    owner: &OwnerAccount,
    account: &PlatformAccount,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![
        owner.id,
        account.name,
        account.email,
        account.has_pass,
        now,
        account.most_people
    ];
    tx.run(CHECKED, row).await?;
    if owner.state == OwnerState::SignedOut {
        let event = OwnerSignedIn {
            owner: owner.id.clone(),
            platform: owner.platform.clone(),
            name: account.name.clone(),
            was_out: true,
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}

const SIGNED_OUT: &str = "
    update owner_accounts set state = 'signed_out', reason = $2, checked_at = $3
     where id = $1 and state = 'ok'";

/// The platform says that the key is dead. Told once.
pub(crate) async fn note_signed_out(
    tx: &mut Tx<'_>,
    owner: &OwnerAccount,
    reason: &Text,
) -> Result<(), DbError> {
    let now = tx.now();
    if tx.run(SIGNED_OUT, values![owner.id, reason, now]).await? > 0 {
        let event = OwnerSignedOut {
            owner: owner.id.clone(),
            platform: owner.platform.clone(),
            name: owner.name.clone(),
            reason: reason.clone(),
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}

// The id stays on the server's row: it says that members come there by invitation.
const UNOWN: &str = "
    update servers
       set enabled = false, state = 'refused', reason = $2, trouble = 'no_owner',
           edition = edition + 1
     where id = $1";
const REMOVE: &str = "delete from owner_accounts where id = $1";

/// Takes an account out of the house, with its key. Its servers, their members and all that is known of them stay;
/// the servers are switched off, and go on as soon as somebody who owns them signs in.
pub async fn remove(tx: &mut Tx<'_>, id: &OwnerAccountId) -> Result<(), MediaError> {
    let owner = find(&mut *tx, id).await?.ok_or(MediaError::NotFound)?;
    let servers = server::list_of_owner(&mut *tx, id).await?;
    for server in &servers {
        let reason = without_owner(&server.name);
        tx.run(UNOWN, values![server.id, reason]).await?;
    }
    tx.run(REMOVE, values![id]).await?;
    vault::remove(tx, &OwnerAccount::token_place(id)).await?;
    crate::owners::note_back(tx, id).await?;
    let event = OwnerRemoved {
        owner: id.clone(),
        platform: owner.platform,
        name: owner.name,
        servers: servers.into_iter().map(|server| server.name).collect(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// Why nothing can be changed on a server whose owner's account is not here.
pub(crate) fn without_owner(server: &str) -> Text {
    t!(
        "The account that owns {server} was removed here, so nobody can be let in or taken out there. Sign in with it again, or with whoever owns the server now.",
        server = server
    )
}
