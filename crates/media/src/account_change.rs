//! Members who must give another account of a platform: after theirs, or the owner's, can be used no longer.
//!
//! Staff ask; the member signs in with another account; then it is theirs everywhere, the former one is taken off
//! the servers, and the new one is invited.

use async_trait::async_trait;
use db::{DbError, Read, Tx, values};
use jobs::{Job, JobError, Lane};
use kit::id::{AccountChangeId, MemberId, ServerId};
use kit::{Outcome, Text, Timestamp, t};
use serde::{Deserialize, Serialize};
use settings::Section;

use crate::error::MediaError;
use crate::events::{AccountChangeAsked, AccountChangeDropped, AccountReplaced};
use crate::identity::{self, Identity};
use crate::platform::PlatformAccount;
use crate::remote::{Level, RemoteRef};
use crate::remote_user::name_key;
use crate::server;
use crate::servers::Servers;
use crate::share::{self, Share};

/// What members may do about their own access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccessSettings {
    /// Whether who left a server may have themselves invited again.
    pub invite_oneself: bool,
    /// Whether members can be made to give another account. Off: nobody is asked, and nobody is held up.
    pub account_changes: bool,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            invite_oneself: true,
            account_changes: true,
        }
    }
}

impl Section for AccessSettings {
    const NAME: &'static str = "access";
}

db::row! {
    /// A member who was asked, and has not done it yet.
    #[derive(Debug, Clone)]
    pub struct AccountChange {
        pub id: AccountChangeId,
        pub member_id: MemberId,
        /// The kind of server whose platform it is.
        pub platform: String,
        /// The account that cannot be used any longer. `None`: none was known.
        pub remote_id: Option<RemoteRef>,
        pub name: Option<String>,
        /// Why, in the words of staff.
        pub reason: String,
        pub asked_at: Timestamp,
    }
}

const ASK: &str = "
    insert into account_changes (id, member_id, platform, remote_id, name, reason, asked_at, done_at)
    values ($1, $2, $3, $4, $5, $6, $7, 9223372036854775807)
    on conflict (member_id, platform) where done_at = 9223372036854775807 do nothing";

/// Has a member give another account. `false`: they were asked before. Safe to repeat.
pub async fn ask(
    tx: &mut Tx<'_>,
    member: &MemberId,
    platform: &str,
    reason: &str,
) -> Result<bool, MediaError> {
    refuse_if_off(&mut *tx).await?;
    let known = identity::find_of(&mut *tx, member, platform).await?;
    let (remote, name) = known.map(|known| (known.remote_id, known.name)).unzip();
    let (id, now): (AccountChangeId, _) = (tx.id(), tx.now());
    let row = values![id, member, platform, remote, name, reason, now];
    if tx.run(ASK, row).await? == 0 {
        return Ok(false);
    }
    let event = AccountChangeAsked {
        member: member.clone(),
        platform: platform.to_owned(),
        reason: reason.to_owned(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(true)
}

async fn refuse_if_off(read: impl Read) -> Result<(), MediaError> {
    let (access, _) = settings::load::<AccessSettings>(read).await?;
    if access.account_changes {
        return Ok(());
    }
    Err(MediaError::Refused(t!(
        "Changes of account are switched off. Switch them on in the settings first."
    )))
}

const OPEN: &str = "
    select id, member_id, platform, remote_id, name, reason, asked_at
      from account_changes where member_id = $1 and done_at = 9223372036854775807
     order by asked_at, id";

/// What a member was asked and has not done. Empty: nothing, whatever the settings say.
pub async fn open_of(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Vec<AccountChange>, DbError> {
    read.all(OPEN, values![member]).await
}

/// What holds a member up now. `None`: nothing does, or the whole is switched off.
pub async fn due_of(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Option<AccountChange>, DbError> {
    let (access, _) = settings::load::<AccessSettings>(&mut read).await?;
    if !access.account_changes {
        return Ok(None);
    }
    Ok(open_of(read, member).await?.into_iter().next())
}

/// Refuses what a member may not do before they gave another account.
pub async fn refuse_due(read: impl Read, member: &MemberId) -> Result<(), MediaError> {
    match due_of(read, member).await? {
        Some(due) => Err(MediaError::Refused(due.words())),
        None => Ok(()),
    }
}

impl AccountChange {
    /// For the member.
    pub fn words(&self) -> Text {
        match &self.name {
            Some(name) => t!(
                "Your account {name} cannot be used here any longer. Sign in with another one first, in My account.",
                name = name
            ),
            None => t!("Please sign in with another account first, in My account."),
        }
    }
}

const CLOSE: &str = "
    update account_changes set done_at = $3
     where member_id = $1 and platform = $2 and done_at = 9223372036854775807";

async fn close(tx: &mut Tx<'_>, member: &MemberId, platform: &str) -> Result<bool, DbError> {
    let now = tx.now();
    Ok(tx.run(CLOSE, values![member, platform, now]).await? > 0)
}

/// Takes the asking back. `false`: there was none. Safe to repeat.
pub async fn drop_of(tx: &mut Tx<'_>, member: &MemberId, platform: &str) -> Result<bool, DbError> {
    if !close(tx, member, platform).await? {
        return Ok(false);
    }
    let event = AccountChangeDropped {
        member: member.clone(),
        platform: platform.to_owned(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(true)
}

/// Whether a member may come with this account: only who was asked comes with another than before.
pub(crate) async fn check(
    tx: &mut Tx<'_>,
    member: &MemberId,
    platform: &str,
    account: &PlatformAccount,
    before: Option<&Identity>,
) -> Result<(), MediaError> {
    let open = open_of(&mut *tx, member).await?;
    let asked = open.iter().find(|one| one.platform == platform);
    let same = before.is_some_and(|before| before.remote_id == account.id);
    match asked {
        Some(asked) if same || asked.remote_id.as_ref() == Some(&account.id) => {
            Err(MediaError::Refused(t!(
                "This is the account {name}, which cannot be used here any longer. Sign out of it on the platform's page, and sign in with another one.",
                name = &account.name
            )))
        }
        Some(_) => Ok(()),
        None if same || !is_in_use(&mut *tx, member, platform).await? => Ok(()),
        None => Err(MediaError::Refused(t!(
            "You watch with another account already. If it is to be {name} from now on, please ask the operator.",
            name = &account.name
        ))),
    }
}

async fn is_in_use(
    mut read: impl Read,
    member: &MemberId,
    platform: &str,
) -> Result<bool, DbError> {
    Ok(!with_user(&mut read, member, platform).await?.is_empty())
}

/// The member's shares on servers of a platform that have a user.
async fn with_user(
    mut read: impl Read,
    member: &MemberId,
    platform: &str,
) -> Result<Vec<Share>, DbError> {
    let mut found = Vec::new();
    for share in share::list_of_member(&mut read, member).await? {
        let server = server::find(&mut read, &share.server_id).await?;
        let is_theirs = server.is_some_and(|server| server.kind == platform);
        if is_theirs && share.remote_id.is_some() {
            found.push(share);
        }
    }
    Ok(found)
}

const REPLACE: &str = "
    update shares
       set remote_id = null, user_name = $2, user_name_key = $3, stage = 'named', seen_level = null,
           state = case when takes_place then 'being_set_up' else state end,
           reason = null, changed_at = $4, edition = edition + 1
     where id = $1";

/// Puts the new account in the place of the former one wherever the member watches: the former is taken off, the
/// new one invited. Says whether they had been asked.
pub(crate) async fn replace(
    tx: &mut Tx<'_>,
    member: &MemberId,
    platform: &str,
    account: &PlatformAccount,
) -> Result<bool, DbError> {
    for share in with_user(&mut *tx, member, platform).await? {
        let Some(former) = share.remote_id.clone().filter(|id| *id != account.id) else {
            continue;
        };
        let now = tx.now();
        let row = values![share.id, account.name, name_key(&account.name), now];
        tx.run(REPLACE, row).await?;
        let job = RemoveFormerGuest {
            server: share.server_id.clone(),
            user: former,
        };
        jobs::add(tx, &job).await?;
        if share.level == Level::Full {
            upkeep::want(tx, &share.target()).await?;
        }
    }
    if !close(tx, member, platform).await? {
        return Ok(false);
    }
    let event = AccountReplaced {
        member: member.clone(),
        platform: platform.to_owned(),
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(true)
}

/// Takes an account off a server on which its member watches with another one now. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveFormerGuest {
    server: ServerId,
    user: RemoteRef,
}

#[async_trait]
impl Job for RemoveFormerGuest {
    const NAME: &'static str = "media.remove_former_guest";
    const LANE: Lane = Lane::Access;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        // Somebody else's by now: it is theirs to keep.
        let holder = share::find_by_remote(&servers.db, &self.server, &self.user).await?;
        if holder.is_some() || server::find(&servers.db, &self.server).await?.is_none() {
            return Ok(());
        }
        let (_, remote) = match servers.open(&self.server).await {
            Ok(open) => open,
            Err(MediaError::Db(error)) => return Err(error.into()),
            Err(error) => return Err(JobError::Again(words_of(&error))),
        };
        let found = match remote.find_user(&self.user).await {
            Outcome::Done(found) => found,
            Outcome::Refused(refusal) => return Err(JobError::Again(refusal.reason)),
            Outcome::Unknown(uncertainty) => return Err(JobError::Again(uncertainty.reason)),
        };
        match found {
            Some(user) if !user.is_administrator => match remote.delete_user(&user.id).await {
                Outcome::Done(()) => Ok(()),
                Outcome::Refused(refusal) => Err(JobError::Again(refusal.reason)),
                Outcome::Unknown(uncertainty) => Err(JobError::Again(uncertainty.reason)),
            },
            _ => Ok(()),
        }
    }
}

fn words_of(error: &MediaError) -> Text {
    error
        .text()
        .unwrap_or_else(|| t!("The reason is in the log."))
}

const MOVE: &str = "
    update account_changes set member_id = $2
     where member_id = $1
       and (done_at < 9223372036854775807
            or platform not in (select platform from account_changes
                                 where member_id = $2 and done_at = 9223372036854775807))";
const REMOVE: &str = "delete from account_changes where member_id = $1";

/// Gives what was asked of `from` to `into`.
pub(crate) async fn merge(
    tx: &mut Tx<'_>,
    from: &MemberId,
    into: &MemberId,
) -> Result<(), DbError> {
    tx.run(MOVE, values![from, into]).await?;
    erase(tx, from).await
}

/// Forgets what a member was asked.
pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(REMOVE, values![member]).await?;
    Ok(())
}
