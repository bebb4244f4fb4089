//! Servers that let nobody in without an account of their platform, such as Emby Connect. The member gives it first; it
//! is tried on the user that is made for them, before that user may see anything.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ServerId, ShareId};
use kit::{Actor, Outcome, Refusal, Text, Timestamp, done, t};

use crate::connect;
use crate::error::MediaError;
use crate::hand::Desired;
use crate::help::AccountLink;
use crate::remote::{Level, MediaServer, RemoteUser};
use crate::servers::{Servers, outcome};
use crate::share::{self, Share, UserStage};
use crate::waking;

db::row! {
    /// What a member gave for one share.
    #[derive(Debug, Clone)]
    pub struct Given {
        pub share_id: ShareId,
        /// `None`: what they gave was refused.
        pub name: Option<String>,
        /// Why it was refused.
        pub reason: Option<Text>,
        pub given_at: Timestamp,
    }
}

const RULE: &str = "select count(*) as n from account_rules where server_id = $1";

/// Whether nobody new is let in there without an account of the platform.
pub async fn is_required(mut read: impl Read, server: &ServerId) -> Result<bool, DbError> {
    Ok(read.one::<(i64,)>(RULE, values![server]).await?.0 > 0)
}

const REQUIRE: &str = "
    insert into account_rules (server_id, since) values ($1, $2) on conflict do nothing";
const REQUIRE_NO_MORE: &str = "delete from account_rules where server_id = $1";

/// Requires an account, or no longer; who is in stays in, and who waited for it goes on. Safe to repeat.
pub async fn require(tx: &mut Tx<'_>, server: &ServerId, required: bool) -> Result<(), DbError> {
    if required {
        let now = tx.now();
        tx.run(REQUIRE, values![server, now]).await?;
    } else if tx.run(REQUIRE_NO_MORE, values![server]).await? > 0 {
        waking::wake_server(tx, server).await?;
    }
    Ok(())
}

const FIND: &str = "
    select share_id, name, reason, given_at from given_accounts where share_id = $1";

/// `None`: nothing was given yet.
pub async fn find(mut read: impl Read, share: &ShareId) -> Result<Option<Given>, DbError> {
    read.maybe(FIND, values![share]).await
}

/// That a share waits for its member to give an account.
#[derive(Debug, Clone)]
pub struct AccountAsked {
    /// Why what they gave before will not do. `None`: they gave nothing yet.
    pub refused: Option<Text>,
}

impl AccountAsked {
    pub(crate) fn text(self) -> Text {
        self.refused.unwrap_or_else(|| {
            t!("The member has to give their Emby Connect account first. They were asked by letter.")
        })
    }
}

/// Whether the share waits for its member to give an account. `None`: it does not.
pub async fn asked_for(
    mut read: impl Read,
    share: &Share,
) -> Result<Option<AccountAsked>, DbError> {
    let is_due = share.level == Level::Full && share.remote_id.is_none();
    if !is_due || share.needs_credentials() || !is_required(&mut read, &share.server_id).await? {
        return Ok(None);
    }
    Ok(match find(read, &share.id).await? {
        Some(given) if given.name.is_some() => None,
        given => Some(AccountAsked {
            refused: given.and_then(|given| given.reason),
        }),
    })
}

const GIVE: &str = "
    insert into given_accounts (share_id, member_id, server_id, name, reason, given_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (share_id) do update
       set name = excluded.name, reason = excluded.reason, given_at = excluded.given_at";

/// Keeps the account that a member gave; it is tried as soon as their user is made.
pub async fn give(tx: &mut Tx<'_>, id: &ShareId, typed: &str) -> Result<(), MediaError> {
    let name = connect::parse_name(typed)?;
    let share = share::required_share(&mut *tx, id).await?;
    keep(tx, &share, Some(name), None).await?;
    if share.level == Level::Full && !share.needs_credentials() {
        upkeep::want(tx, &share.target()).await?;
    }
    Ok(())
}

async fn keep(
    tx: &mut Tx<'_>,
    share: &Share,
    name: Option<String>,
    reason: Option<Text>,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![
        share.id,
        share.member_id,
        share.server_id,
        name,
        reason,
        now
    ];
    tx.run(GIVE, row).await?;
    Ok(())
}

/// The account to be tried for this share. `None`: none is required, or none was given.
pub(crate) async fn to_try(mut read: impl Read, share: &Share) -> Result<Option<String>, DbError> {
    if share.remote_id.is_some() || !is_required(&mut read, &share.server_id).await? {
        return Ok(None);
    }
    Ok(find(read, &share.id).await?.and_then(|given| given.name))
}

/// Links the user with the account that its member gave. If there is no such account, a user that we made goes again
/// and the member is asked for another. Safe to repeat: a link that stands is not asked for twice.
pub(crate) async fn link(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
    user: &RemoteUser,
    stage: UserStage,
) -> Outcome<()> {
    let Some(name) = &desired.account else {
        return Outcome::Done(());
    };
    let found = match done!(server.find_link(&user.id).await) {
        Some(before) => Ok(before),
        None => connect::ask(server, &user.id, name).await,
    };
    let refusal = match found {
        Ok(link) if !link.is_invitation => return note(servers, desired, &link).await,
        Ok(_) => no_account(name),
        Err(MediaError::Remote(refusal)) if is_about_account(&refusal) => refusal,
        Err(error) => return outcome(Err(error)),
    };
    if stage == UserStage::Made {
        done!(server.delete_user(&user.id).await);
    } else {
        done!(server.unlink_account(&user.id).await);
    }
    done!(refuse(servers, desired, &refusal.reason).await);
    // What they give next is tried then; nobody of the house has to see to it.
    Outcome::Refused(Refusal::passing(&refusal.code, refusal.reason))
}

/// Whether it lies in what was given, and not in the server.
fn is_about_account(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "unknown_account" | "account_taken")
}

fn no_account(name: &str) -> Refusal {
    Refusal::passing(
        "unknown_account",
        t!(
            "Emby Connect has no account of the address «{name}» yet. Emby has written to it how to make one; give it again when that is done.",
            name = name
        ),
    )
}

async fn note(servers: &Servers, desired: &Desired, link: &AccountLink) -> Outcome<()> {
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        connect::keep(&mut tx, &desired.share, link).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

async fn refuse(servers: &Servers, desired: &Desired, reason: &Text) -> Outcome<()> {
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        keep(&mut tx, &desired.share, None, Some(reason.clone())).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

const REMOVE_RULE: &str = "delete from account_rules where server_id = $1";
const REMOVE_OF_SERVER: &str = "delete from given_accounts where server_id = $1";
const MOVE: &str = "update given_accounts set member_id = $2 where member_id = $1";
const REMOVE_OF_MEMBER: &str = "delete from given_accounts where member_id = $1";

pub(crate) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(REMOVE_RULE, values![server]).await?;
    tx.run(REMOVE_OF_SERVER, values![server]).await?;
    Ok(())
}

pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MOVE, values![from, to]).await?;
    Ok(())
}

pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(REMOVE_OF_MEMBER, values![member]).await?;
    Ok(())
}
