//! Who a member is on a platform where people have accounts of their own. Found by the platform's id, never by a
//! name or an address, which change hands.

use db::{DbError, Read, Tx, values};
use kit::id::{IdentityId, MemberId};
use kit::{Secret, Timestamp, t};
use settings::{Vault, vault};

use crate::account_change;
use crate::error::MediaError;
use crate::events::IdentityLinked;
use crate::platform::PlatformAccount;
use crate::remote::{Guest, Level, RemoteRef, RemoteUser};
use crate::remote_user::name_key;
use crate::server;
use crate::share::{self, Share, ShareState};

db::row! {
    /// One member on one platform.
    #[derive(Debug, Clone)]
    pub struct Identity {
        pub id: IdentityId,
        pub member_id: MemberId,
        /// The kind of server whose platform it is, e.g. `plex`.
        pub platform: String,
        pub remote_id: RemoteRef,
        pub name: String,
        pub email: Option<String>,
        /// Whether the member lets us accept invitations for them.
        pub accepts: bool,
        pub linked_at: Timestamp,
        /// When the platform last told us their name.
        pub seen_at: Timestamp,
    }
}

impl Identity {
    /// Where the member's own key is sealed, if they let us accept for them.
    pub fn key_place(id: &IdentityId) -> String {
        format!("identities/{id}/key")
    }

    pub(crate) fn guest(&self) -> Guest {
        Guest {
            id: self.remote_id.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
        }
    }
}

/// What a member has shown to be theirs by signing in on the platform's own page.
#[derive(Debug, Clone)]
pub struct Proven {
    pub platform: String,
    pub account: PlatformAccount,
    /// The member's own key, if they let us accept invitations with it.
    pub key: Option<Secret>,
}

const OF_MEMBER: &str = "
    select id, member_id, platform, remote_id, name, email, accepts, linked_at, seen_at
      from platform_identities where member_id = $1 and platform = $2";

/// `None`: the member has no account on this platform, or has not shown us.
pub async fn find_of(
    mut read: impl Read,
    member: &MemberId,
    platform: &str,
) -> Result<Option<Identity>, DbError> {
    read.maybe(OF_MEMBER, values![member, platform]).await
}

const BY_REMOTE: &str = "
    select id, member_id, platform, remote_id, name, email, accepts, linked_at, seen_at
      from platform_identities where platform = $1 and remote_id = $2";

/// Whose an account of a platform is. `None`: nobody's here.
pub async fn find_by_remote(
    mut read: impl Read,
    platform: &str,
    remote: &RemoteRef,
) -> Result<Option<Identity>, DbError> {
    read.maybe(BY_REMOTE, values![platform, remote]).await
}

const PUT: &str = "
    insert into platform_identities (id, member_id, platform, remote_id, name, email, accepts, linked_at, seen_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
    on conflict (member_id, platform) do update
       set remote_id = excluded.remote_id, name = excluded.name, email = excluded.email,
           accepts = excluded.accepts, seen_at = excluded.seen_at
 returning id";

/// Notes who the member is on a platform, and lets in whoever waited for it. Safe to repeat.
pub async fn link(
    tx: &mut Tx<'_>,
    sealing: &Vault,
    member: &MemberId,
    proven: &Proven,
) -> Result<Identity, MediaError> {
    let account = &proven.account;
    let known = find_by_remote(&mut *tx, &proven.platform, &account.id).await?;
    if known.is_some_and(|known| known.member_id != *member) {
        return Err(MediaError::Refused(t!(
            "The account {name} belongs to another member already.",
            name = &account.name
        )));
    }
    let before = find_of(&mut *tx, member, &proven.platform).await?;
    account_change::check(tx, member, &proven.platform, account, before.as_ref()).await?;
    let (fresh, now): (IdentityId, _) = (tx.id(), tx.now());
    let row = values![
        fresh,
        member,
        proven.platform,
        account.id,
        account.name,
        account.email,
        proven.key.is_some(),
        now
    ];
    let (id,): (IdentityId,) = tx.one(PUT, row).await?;
    let place = Identity::key_place(&id);
    match &proven.key {
        Some(key) => vault::put(tx, sealing, &place, key).await?,
        None => vault::remove(tx, &place).await?,
    }
    let event = IdentityLinked {
        member: member.clone(),
        platform: proven.platform.clone(),
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    account_change::replace(tx, member, &proven.platform, account).await?;
    name_shares(tx, member, &proven.platform, account).await?;
    find_of(tx, member, &proven.platform)
        .await?
        .ok_or(MediaError::NotFound)
}

const NAME_SHARE: &str = "
    update shares set user_name = $2, user_name_key = $3, stage = 'named', edition = edition + 1
     where id = $1 and remote_id is null";

/// Where the member's account on the server's platform is known, that is who is let in.
pub(crate) async fn name_share(tx: &mut Tx<'_>, share: &Share) -> Result<(), DbError> {
    let Some(server) = server::find(&mut *tx, &share.server_id).await? else {
        return Ok(());
    };
    if let Some(known) = find_of(&mut *tx, &share.member_id, &server.kind).await? {
        let row = values![share.id, known.name, name_key(&known.name)];
        tx.run(NAME_SHARE, row).await?;
    }
    Ok(())
}

const NAME_SHARES: &str = "
    update shares
       set user_name = $3, user_name_key = $4, stage = 'named', reason = null, changed_at = $5,
           edition = edition + 1
     where member_id = $1 and remote_id is null and stage in ('unnamed', 'named', 'gone')
       and server_id in (select id from servers where kind = $2)";

/// Whoever waited to learn who the member is goes on.
async fn name_shares(
    tx: &mut Tx<'_>,
    member: &MemberId,
    platform: &str,
    account: &PlatformAccount,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![member, platform, account.name, name_key(&account.name), now];
    tx.run(NAME_SHARES, row).await?;
    for share in share::list_of_member(&mut *tx, member).await? {
        let is_due = share.level == Level::Full && share.state != ShareState::None;
        if is_due && share.remote_id.is_none() && !share.needs_credentials() {
            upkeep::want(tx, &share.target()).await?;
        }
    }
    Ok(())
}

const NOTE: &str = "
    insert into platform_identities (id, member_id, platform, remote_id, name, email, accepts, linked_at, seen_at)
    values ($1, $2, $3, $4, $5, $6, false, $7, $7)
    on conflict do nothing";

/// Notes who a member is on a platform because they were found there. What they showed themselves stays.
/// Safe to repeat.
pub async fn note(
    tx: &mut Tx<'_>,
    member: &MemberId,
    platform: &str,
    guest: &Guest,
) -> Result<(), DbError> {
    let (id, now): (IdentityId, _) = (tx.id(), tx.now());
    let row = values![id, member, platform, guest.id, guest.name, guest.email, now];
    tx.run(NOTE, row).await?;
    Ok(())
}

const RENAME: &str = "
    update platform_identities set name = $3, email = coalesce($4, email), seen_at = $5
     where platform = $1 and remote_id = $2";

/// The platform tells another name or address of somebody we know by id.
pub(crate) async fn rename(
    tx: &mut Tx<'_>,
    platform: &str,
    user: &RemoteUser,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![platform, user.id, user.name, user.email, now];
    tx.run(RENAME, row).await?;
    Ok(())
}

const STOP_ACCEPTING: &str = "update platform_identities set accepts = false where id = $1";

/// The member accepts by hand from now on; their key is forgotten. Safe to repeat.
pub async fn stop_accepting(tx: &mut Tx<'_>, id: &IdentityId) -> Result<(), DbError> {
    tx.run(STOP_ACCEPTING, values![id]).await?;
    vault::remove(tx, &Identity::key_place(id)).await
}

const MOVE: &str = "
    update platform_identities set member_id = $2
     where member_id = $1
       and platform not in (select platform from platform_identities where member_id = $2)";
const REMOVE: &str = "delete from platform_identities where member_id = $1";
const IDS: &str = "select id from platform_identities where member_id = $1";

/// Gives `from`'s identities to `to`, who keeps their own where both have one.
pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MOVE, values![from, to]).await?;
    erase(tx, from).await
}

/// Forgets who a member is.
pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    for (id,) in tx.all::<(IdentityId,)>(IDS, values![member]).await? {
        vault::remove(tx, &Identity::key_place(&id)).await?;
    }
    tx.run(REMOVE, values![member]).await?;
    Ok(())
}
