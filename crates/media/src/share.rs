//! Shares: one member on one server. What should be is here; [`crate::hand`] makes the server agree.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ServerId, ShareId};
use kit::stored::stored_words;
use kit::{Json, Subject, Text, Timestamp};
use upkeep::NewTarget;

use crate::entitlements::Entitlements;
use crate::error::MediaError;
use crate::events::CredentialsNeeded;
use crate::identity;
use crate::inviting;
use crate::remote::{Level, RemoteRef};
use crate::server;
use crate::user;

stored_words! {
    /// How a share stands.
    pub enum ShareState {
        /// Only a name, a link or a reservation: nothing was sold yet, and nothing is done on the server.
        None = "none",
        BeingSetUp = "being_set_up",
        /// Invited; the member has not accepted.
        Invited = "invited",
        InPlace = "in_place",
        /// The membership is over; the user is still there, disabled.
        Left = "left",
        /// The user was deleted.
        Removed = "removed",
    }
}

stored_words! {
    /// How far the user on the server is. Only from `Made` on is there a remote id.
    pub enum UserStage {
        /// The member has not chosen a name and a password.
        Unnamed = "unnamed",
        /// Chosen; the password is sealed until the user is made.
        Named = "named",
        /// The server was asked to make the user, and the answer may have been lost.
        Asked = "asked",
        /// Made by us, not yet set up after the template.
        Made = "made",
        Ready = "ready",
        /// Was in, and went by themselves: invited again only when somebody asks.
        Gone = "gone",
    }
}

db::row! {
    /// One member on one server.
    #[derive(Debug, Clone)]
    pub struct Share {
        pub id: ShareId,
        pub member_id: MemberId,
        pub server_id: ServerId,
        /// How much of the plan the member has now.
        pub level: Level,
        pub state: ShareState,
        /// Whether it counts against the server's ceiling.
        pub takes_place: bool,
        pub entitlements: Json<Entitlements>,
        /// The server's id of the user. `None`: there is none yet, or none any more.
        pub remote_id: Option<RemoteRef>,
        pub user_name: Option<String>,
        pub stage: UserStage,
        /// The level that was last seen on the server.
        pub seen_level: Option<Level>,
        /// Why it is not in place.
        pub reason: Option<Text>,
        pub wanted_at: Timestamp,
        /// When the invitation that waits now was sent; [`Timestamp::NEVER`]: none was.
        pub invited_at: Timestamp,
        /// When the member was first let in; [`Timestamp::NEVER`]: not yet.
        pub joined_at: Timestamp,
        pub changed_at: Timestamp,
        pub edition: i64,
    }
}

/// The kind of [`upkeep`] target that shares are.
pub const TARGET_KIND: &str = "share";

impl Share {
    pub fn subject(&self) -> Subject {
        Subject::of(&self.id)
    }

    /// What [`upkeep`] keeps in order.
    pub fn target(&self) -> NewTarget {
        NewTarget {
            kind: TARGET_KIND,
            key: self.id.as_str().to_owned(),
            remote: self.server_id.as_str().to_owned(),
            subject: Subject::of(&self.member_id),
        }
    }

    /// Whether the member must still choose a name and a password.
    pub fn needs_credentials(&self) -> bool {
        self.remote_id.is_none() && self.stage == UserStage::Unnamed
    }

    /// Whether the server was never asked to make a user.
    pub(crate) fn is_unasked(&self) -> bool {
        self.remote_id.is_none() && matches!(self.stage, UserStage::Unnamed | UserStage::Named)
    }

    /// Whether everything the plan says was seen on the server.
    pub fn is_open(&self) -> bool {
        self.state == ShareState::InPlace && self.seen_level == Some(Level::Full)
    }

    /// Where the chosen password is sealed until the user is made.
    pub fn password_place(id: &ShareId) -> String {
        format!("shares/{id}/password")
    }
}

const FIND: &str = "
    select id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name, stage,
           seen_level, reason, wanted_at, invited_at, joined_at, changed_at, edition
      from shares where id = $1";

/// `None`: there is no such share.
pub async fn find(mut read: impl Read, id: &ShareId) -> Result<Option<Share>, DbError> {
    read.maybe(FIND, values![id]).await
}

pub(crate) async fn required_share(read: impl Read, id: &ShareId) -> Result<Share, MediaError> {
    find(read, id).await?.ok_or(MediaError::NotFound)
}

const OF_MEMBER: &str = "
    select id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name, stage,
           seen_level, reason, wanted_at, invited_at, joined_at, changed_at, edition
      from shares where member_id = $1 order by id";

/// All of a member's shares, past ones too, oldest first.
pub async fn list_of_member(mut read: impl Read, member: &MemberId) -> Result<Vec<Share>, DbError> {
    read.all(OF_MEMBER, values![member]).await
}

const OF_SERVER: &str = "
    select id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name, stage,
           seen_level, reason, wanted_at, invited_at, joined_at, changed_at, edition
      from shares where server_id = $1 and id > $2 order by id limit $3";

/// A server's shares in the order of their ids, those after the given one.
pub async fn list_of_server(
    mut read: impl Read,
    server: &ServerId,
    after: &str,
    limit: i64,
) -> Result<Vec<Share>, DbError> {
    read.all(OF_SERVER, values![server, after, limit]).await
}

const BY_REMOTE: &str = "
    select id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name, stage,
           seen_level, reason, wanted_at, invited_at, joined_at, changed_at, edition
      from shares where server_id = $1 and remote_id = $2";

/// Whose share a user of a server is. `None`: not ours.
pub async fn find_by_remote(
    mut read: impl Read,
    server: &ServerId,
    remote: &RemoteRef,
) -> Result<Option<Share>, DbError> {
    read.maybe(BY_REMOTE, values![server, remote]).await
}

const ON_SERVER: &str = "
    select id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name, stage,
           seen_level, reason, wanted_at, invited_at, joined_at, changed_at, edition
      from shares where member_id = $1 and server_id = $2";

/// A member's share on one server. `None`: they never had one there.
pub async fn find_on(
    mut read: impl Read,
    member: &MemberId,
    server: &ServerId,
) -> Result<Option<Share>, DbError> {
    read.maybe(ON_SERVER, values![member, server]).await
}

const INSERT: &str = "
    insert into shares
           (id, member_id, server_id, level, state, takes_place, entitlements, stage, wanted_at, joined_at,
            changed_at, edition)
    values ($1, $2, $3, 'ended', 'none', false, $4, 'unnamed', $5, 9223372036854775807, $5, 1)
    on conflict (member_id, server_id) do nothing";

/// The member's share on the server, made if there is none: it then has no effect yet.
pub(crate) async fn open(
    tx: &mut Tx<'_>,
    member: &MemberId,
    server: &ServerId,
) -> Result<Share, DbError> {
    let id: ShareId = tx.id();
    let now = tx.now();
    let nothing = Json(Entitlements::default());
    tx.run(INSERT, values![id, member, server, nothing, now])
        .await?;
    let share = find_on(&mut *tx, member, server)
        .await?
        .ok_or(DbError::Missing)?;
    if share.stage == UserStage::Unnamed {
        return prepare(tx, &share).await;
    }
    Ok(share)
}

/// A member whose account on the server's platform is known needs no name and no password; one who left comes
/// back because they are wanted anew.
async fn prepare(tx: &mut Tx<'_>, share: &Share) -> Result<Share, DbError> {
    if share.stage == UserStage::Gone {
        inviting::ask_again(tx, &share.id).await?;
    } else if share.stage == UserStage::Unnamed {
        identity::name_share(tx, share).await?;
    }
    find(tx, &share.id).await?.ok_or(DbError::Missing)
}

const SET_LEVEL: &str = "
    update shares
       set level = $2, entitlements = $3, takes_place = $4, state = $5, reason = null, wanted_at = $6,
           changed_at = $6, edition = edition + 1
     where id = $1 and edition = $7";

/// Decides what the member has on this server from now on, and has it kept in order.
pub(crate) async fn decide(
    tx: &mut Tx<'_>,
    share: &Share,
    entitlements: &Entitlements,
    level: Level,
) -> Result<Share, DbError> {
    let same = share.level == level && share.entitlements.0 == *entitlements;
    if same && share.state != ShareState::None {
        return Ok(share.clone());
    }
    let share = &if level == Level::Full && share.remote_id.is_none() {
        prepare(tx, share).await?
    } else {
        share.clone()
    };
    let state = match (level.takes_place(), share.state) {
        (true, _) => ShareState::BeingSetUp,
        // Nobody was ever made for it: there is nothing that could have been left.
        (false, ShareState::BeingSetUp) if share.is_unasked() => ShareState::None,
        (false, before) => before,
    };
    let now = tx.now();
    let row = values![
        share.id,
        level,
        Json(entitlements.clone()),
        level.takes_place(),
        state,
        now,
        share.edition
    ];
    if tx.run(SET_LEVEL, row).await? == 0 {
        return Err(DbError::TryAgain);
    }
    let change = i64::from(level.takes_place()) - i64::from(share.takes_place);
    server::count_member(tx, &share.server_id, change).await?;
    upkeep::want(tx, &share.target()).await?;
    if !level.takes_place() && share.is_unasked() {
        // A password that no user will be made with is not kept.
        user::forget(tx, &share.id).await?;
    }
    if level == Level::Full && share.level != Level::Full && share.needs_credentials() {
        ask_for_credentials(tx, share).await?;
    }
    find(tx, &share.id).await?.ok_or(DbError::Missing)
}

const LET_GO: &str = "
    update shares
       set level = 'ended', state = 'left', takes_place = false, reason = null, changed_at = $2,
           edition = edition + 1
     where id = $1 and takes_place";

/// Ends a share of a server that is gone: nothing is asked of it any more. Safe to repeat.
pub(crate) async fn let_go(tx: &mut Tx<'_>, share: &Share) -> Result<(), DbError> {
    let now = tx.now();
    if tx.run(LET_GO, values![share.id, now]).await? > 0 {
        server::count_member(tx, &share.server_id, -1).await?;
        upkeep::forget(tx, TARGET_KIND, share.id.as_str()).await?;
    }
    Ok(())
}

async fn ask_for_credentials(tx: &mut Tx<'_>, share: &Share) -> Result<(), DbError> {
    let server = server::find(&mut *tx, &share.server_id)
        .await?
        .ok_or(DbError::Missing)?;
    let event = CredentialsNeeded {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: server.id,
        server_name: server.name,
        was_deleted: false,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}
