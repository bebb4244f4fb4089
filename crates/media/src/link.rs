//! Linking users that were on a server before us to members: a preview that changes nothing, then one by one.
//!
//! What they pay until when is billing's; a flow does both in one transaction and then settles the placement.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, RemoteUserId, ServerId, ShareId};
use kit::{Text, t};

use crate::credentials;
use crate::error::MediaError;
use crate::identity;
use crate::remote::{Level, RemoteRef};
use crate::remote_user::{self, SeenUser};
use crate::server::{self, Server};
use crate::share::{self, Share, TARGET_KIND};

/// What the operator asks for: this user is that member.
#[derive(Debug, Clone)]
pub struct Wish {
    pub user: RemoteUserId,
    /// `None`: a member is made for them, named after the user.
    pub member: Option<MemberId>,
}

/// What will happen to one user: a row of the preview, applied as it is.
#[derive(Debug, Clone)]
pub enum Change {
    Link {
        user: RemoteUserId,
        remote: RemoteRef,
        name: String,
        /// Where the platform writes to them, if it tells.
        email: Option<String>,
        member: Option<MemberId>,
    },
    /// Nothing, and why.
    Leave {
        user: RemoteUserId,
        name: String,
        reason: Text,
    },
}

/// Says what each wish will do. Pure: the same facts give the same preview.
pub fn plan(wishes: &[Wish], users: &[SeenUser], shares: &[Share]) -> Vec<Change> {
    let mut taken: Vec<&MemberId> = shares
        .iter()
        .filter(|share| share.remote_id.is_some())
        .map(|share| &share.member_id)
        .collect();
    let mut changes = Vec::new();
    for wish in wishes {
        let Some(user) = users.iter().find(|user| user.id == wish.user) else {
            continue;
        };
        let reason = obstacle(user, wish, &taken);
        if reason.is_none() {
            taken.extend(&wish.member);
        }
        changes.push(change(user, wish, reason));
    }
    changes
}

fn change(user: &SeenUser, wish: &Wish, reason: Option<Text>) -> Change {
    let (id, name) = (user.id.clone(), user.name.clone());
    match reason {
        Some(reason) => Change::Leave {
            user: id,
            name,
            reason,
        },
        None => Change::Link {
            user: id,
            remote: user.remote_id.clone(),
            name,
            email: user.email.clone(),
            member: wish.member.clone(),
        },
    }
}

fn obstacle(user: &SeenUser, wish: &Wish, taken: &[&MemberId]) -> Option<Text> {
    if user.is_administrator {
        return Some(t!(
            "Administrators of the server are never changed from here."
        ));
    }
    if user.is_ours() {
        return Some(t!("This user is linked to a member already."));
    }
    if !user.gone_since.is_never() {
        return Some(t!("This user is not on the server any more."));
    }
    let has_other = wish
        .member
        .as_ref()
        .is_some_and(|member| taken.contains(&member));
    has_other.then(|| t!("This member has another user on this server already."))
}

/// Reads what [`plan`] needs and plans.
pub async fn preview(
    mut read: impl Read,
    server: &ServerId,
    wishes: &[Wish],
) -> Result<Vec<Change>, MediaError> {
    let mut users = Vec::new();
    let mut shares = Vec::new();
    for wish in wishes {
        let user = remote_user::find(&mut read, &wish.user).await?;
        users.extend(user.filter(|user| user.server_id == *server));
        if let Some(member) = &wish.member {
            shares.extend(share::find_on(&mut read, member, server).await?);
        }
    }
    Ok(plan(wishes, &users, &shares))
}

/// Whose account of the platform a user is, if we know it by its id. `None`: nobody's here, or the server makes its
/// own users, whose ids mean nothing elsewhere.
pub async fn owner_of(
    mut read: impl Read,
    server: &Server,
    user: &RemoteRef,
) -> Result<Option<MemberId>, DbError> {
    if server.owner_account_id.is_none() {
        return Ok(None);
    }
    let known = identity::find_by_remote(&mut read, &server.kind, user).await?;
    Ok(known.map(|known| known.member_id))
}

/// Links a user to a member. Nothing changes on the server until the placement is settled.
pub async fn apply(
    tx: &mut Tx<'_>,
    server: &ServerId,
    member: &MemberId,
    remote: &RemoteRef,
    name: &str,
) -> Result<Share, MediaError> {
    let server = server::required_server(&mut *tx, server).await?;
    let share = share::open(tx, member, &server.id).await?;
    credentials::link(tx, &share, &server.name, remote, name).await
}

const UNLINK: &str = "
    update shares
       set remote_id = null, stage = 'unnamed', seen_level = null, level = $2, state = 'none',
           takes_place = false, changed_at = $3, edition = edition + 1
     where id = $1";

/// Takes a link back: the user is not ours again, and stays on the server exactly as it is.
pub async fn undo(tx: &mut Tx<'_>, id: &ShareId) -> Result<(), MediaError> {
    let share = share::required_share(&mut *tx, id).await?;
    if share.takes_place {
        server::count_member(tx, &share.server_id, -1).await?;
    }
    let now = tx.now();
    tx.run(UNLINK, values![id, Level::Ended, now]).await?;
    upkeep::forget(tx, TARGET_KIND, id.as_str()).await?;
    Ok(())
}
