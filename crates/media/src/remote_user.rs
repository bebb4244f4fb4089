//! Users seen on servers. Those that no share names are not ours: they are shown, never changed.

use std::collections::BTreeMap;

use db::{DbError, Listing, Read, Tx, values};
use kit::id::{MemberId, RemoteUserId, ServerId, ShareId};
use kit::{PageAsked, PageOf, Timestamp};

use crate::remote::{Door, RemoteRef, RemoteUser};

db::row! {
    /// A user of a server as last seen, and whose it is.
    #[derive(Debug, Clone)]
    pub struct SeenUser {
        pub id: RemoteUserId,
        pub server_id: ServerId,
        pub remote_id: RemoteRef,
        pub name: String,
        /// Where the platform writes to them, if it tells.
        pub email: Option<String>,
        pub is_administrator: bool,
        pub door: Door,
        /// [`Timestamp::EPOCH`]: never.
        pub last_signed_in_at: Timestamp,
        pub last_active_at: Timestamp,
        pub first_seen_at: Timestamp,
        /// [`Timestamp::NEVER`]: still there.
        pub gone_since: Timestamp,
        /// `None`: not ours.
        pub share_id: Option<ShareId>,
        pub member_id: Option<MemberId>,
    }
}

impl SeenUser {
    pub fn is_ours(&self) -> bool {
        self.share_id.is_some()
    }
}

const SEEN: Listing = Listing {
    base: "
        select u.id, u.server_id, u.remote_id, u.name, u.email, u.is_administrator, u.door, u.last_signed_in_at,
               u.last_active_at, u.first_seen_at, u.gone_since, s.id as share_id, s.member_id
          from remote_users u
          left join shares s on s.server_id = u.server_id and s.remote_id = u.remote_id
         where u.server_id = ? and u.gone_since = 9223372036854775807",
    clauses: &[
        ("ours", "and s.id is not null"),
        ("foreign", "and s.id is null"),
        ("after", "and (u.name_key, u.id) > (?, ?)"),
    ],
    orders: &[("name", "order by u.name_key, u.id limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&SEEN];

/// Whose users are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Everybody,
    Ours,
    NotOurs,
}

/// A server's users by name.
pub async fn list(
    read: impl Read,
    server: &ServerId,
    whose: Whose,
    asked: &PageAsked,
) -> Result<PageOf<SeenUser>, DbError> {
    let rows = SEEN
        .ask()
        .base(values![server])
        .filter("ours", (whose == Whose::Ours).then(|| values![]))
        .filter("foreign", (whose == Whose::NotOurs).then(|| values![]))
        .filter("after", asked.after_text())
        .rows(read, "name", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &SeenUser| {
        PageAsked::mark(name_key(&row.name), &row.id)
    }))
}

const BY_ID: &str = "
    select u.id, u.server_id, u.remote_id, u.name, u.email, u.is_administrator, u.door, u.last_signed_in_at,
           u.last_active_at, u.first_seen_at, u.gone_since, s.id as share_id, s.member_id
      from remote_users u
      left join shares s on s.server_id = u.server_id and s.remote_id = u.remote_id
     where u.id = $1";

/// `None`: nobody of this id was ever seen.
pub async fn find(mut read: impl Read, id: &RemoteUserId) -> Result<Option<SeenUser>, DbError> {
    read.maybe(BY_ID, values![id]).await
}

const BY_NAME: &str = "
    select u.id, u.server_id, u.remote_id, u.name, u.email, u.is_administrator, u.door, u.last_signed_in_at,
           u.last_active_at, u.first_seen_at, u.gone_since, s.id as share_id, s.member_id
      from remote_users u
      left join shares s on s.server_id = u.server_id and s.remote_id = u.remote_id
     where u.server_id = $1 and u.name_key = $2 and u.gone_since = 9223372036854775807";

/// Who was last seen with this sign-in name. `None`: nobody; the server itself may know better.
pub async fn find_by_name(
    mut read: impl Read,
    server: &ServerId,
    name: &str,
) -> Result<Option<SeenUser>, DbError> {
    read.maybe(BY_NAME, values![server, name_key(name)]).await
}

/// Names are the same whatever their capitals.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

db::row! {
    /// What the mirror holds of a user, to find out what changed.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Mirrored {
        remote_id: RemoteRef,
        name: String,
        email: Option<String>,
        is_administrator: bool,
        door: Door,
        last_signed_in_at: Timestamp,
        last_active_at: Timestamp,
    }
}

impl Mirrored {
    fn of(user: &RemoteUser) -> Self {
        Self {
            remote_id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            is_administrator: user.is_administrator,
            door: user.access.door,
            last_signed_in_at: user.last_signed_in_at.unwrap_or(Timestamp::EPOCH),
            last_active_at: user.last_active_at.unwrap_or(Timestamp::EPOCH),
        }
    }
}

const MIRRORED: &str = "
    select remote_id, name, email, is_administrator, door, last_signed_in_at, last_active_at
      from remote_users where server_id = $1 and gone_since = 9223372036854775807";

/// What is different from the mirror: users to write, and ids that are gone.
#[derive(Debug, Default)]
pub(crate) struct UserNews<'a> {
    pub changed: Vec<&'a RemoteUser>,
    /// Those of `changed` that were never seen before.
    pub added: Vec<&'a RemoteUser>,
    pub gone: Vec<RemoteRef>,
}

/// Compares a whole list with the mirror, so that only what changed is written.
pub(crate) async fn compare<'a>(
    mut read: impl Read,
    server: &ServerId,
    found: &'a [RemoteUser],
) -> Result<UserNews<'a>, DbError> {
    let known: Vec<Mirrored> = read.all(MIRRORED, values![server]).await?;
    let mut known: BTreeMap<RemoteRef, Mirrored> = known
        .into_iter()
        .map(|row| (row.remote_id.clone(), row))
        .collect();
    let mut news = UserNews::default();
    for user in found {
        match known.remove(&user.id) {
            Some(before) if before == Mirrored::of(user) => {}
            Some(_) => news.changed.push(user),
            None => {
                news.changed.push(user);
                news.added.push(user);
            }
        }
    }
    news.gone = known.into_keys().collect();
    Ok(news)
}

const WRITE: &str = "
    insert into remote_users
           (id, server_id, remote_id, name, name_key, email, is_administrator, door, last_signed_in_at,
            last_active_at, first_seen_at, gone_since)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 9223372036854775807)
    on conflict (server_id, remote_id) do update
       set name = excluded.name, name_key = excluded.name_key, email = excluded.email,
           is_administrator = excluded.is_administrator,
           door = excluded.door, last_signed_in_at = excluded.last_signed_in_at,
           last_active_at = excluded.last_active_at, gone_since = excluded.gone_since";

/// Writes one user as seen. Safe to repeat.
pub(crate) async fn write(
    tx: &mut Tx<'_>,
    server: &ServerId,
    user: &RemoteUser,
) -> Result<(), DbError> {
    let id: RemoteUserId = tx.id();
    let now = tx.now();
    let seen = Mirrored::of(user);
    let row = values![
        id,
        server,
        seen.remote_id,
        seen.name,
        name_key(&user.name),
        seen.email,
        seen.is_administrator,
        seen.door,
        seen.last_signed_in_at,
        seen.last_active_at,
        now
    ];
    tx.run(WRITE, row).await?;
    Ok(())
}

const GONE: &str = "
    update remote_users set gone_since = $3
     where server_id = $1 and remote_id = $2 and gone_since = 9223372036854775807";

pub(crate) async fn write_gone(
    tx: &mut Tx<'_>,
    server: &ServerId,
    remote: &RemoteRef,
) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(GONE, values![server, remote, now]).await?;
    Ok(())
}

const COUNT_FOREIGN: &str = "
    select count(*) as n
      from remote_users u
      left join shares s on s.server_id = u.server_id and s.remote_id = u.remote_id
     where u.server_id = $1 and u.gone_since = 9223372036854775807 and s.id is null";

/// How many users of a server are not ours.
pub async fn count_foreign(mut read: impl Read, server: &ServerId) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(COUNT_FOREIGN, values![server]).await?.0)
}
