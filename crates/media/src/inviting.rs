//! Letting in people who have an account with the platform: invited, accepted, or gone by themselves.
//!
//! That we ask is noted before we do; after a lost answer the guest is looked for by id, never invited twice.

use db::{DbError, Tx, values};
use kit::id::ShareId;
use kit::{Actor, Outcome, Refusal, done, t};
use settings::vault;

use crate::custom::wanted_access;
use crate::error::MediaError;
use crate::events::{ShareInvited, ShareLeft};
use crate::hand::Desired;
use crate::identity::Identity;
use crate::library::{self, Library};
use crate::reads::Why;
use crate::remedy::REPLACED;
use crate::remote::{MediaServer, RemoteUser, Standing};
use crate::servers::{Servers, outcome};
use crate::share::{self, Share, UserStage};
use crate::user;

const ACTOR: &str = "media.share_hand";

/// Invites the member's account, and accepts for them if they let us.
pub(crate) async fn invite(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
) -> Outcome<()> {
    let Some(identity) = &desired.identity else {
        return Outcome::Done(());
    };
    let libraries = done!(read_libraries(servers, server, desired).await);
    let Some(access) = wanted_access(&desired.share, &libraries, &desired.custom) else {
        return Outcome::Done(());
    };
    done!(mark_asked(servers, desired).await);
    match server.invite(&identity.guest(), &access).await {
        Outcome::Done(user) => welcome(servers, server, desired, &user).await,
        Outcome::Refused(refusal) if refusal.code == REPLACED => {
            done!(look_at_server(servers, desired).await);
            Outcome::Refused(refusal)
        }
        Outcome::Refused(refusal) => Outcome::Refused(refusal),
        Outcome::Unknown(uncertainty) => Outcome::Unknown(uncertainty),
    }
}

/// Reads the libraries just before they are shared: an invitation with ids of yesterday is refused, or opens what
/// nobody chose.
async fn read_libraries(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
) -> Outcome<Vec<Library>> {
    let seen = done!(server.libraries().await);
    let id = &desired.share.server_id;
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        library::note_seen(&mut tx, id, &desired.server_name, &seen).await?;
        let libraries = library::list_of_server(&mut tx, id).await?;
        tx.save().await?;
        Ok(libraries)
    };
    outcome(work.await)
}

/// Somebody should know at once that another installation answers there.
async fn look_at_server(servers: &Servers, desired: &Desired) -> Outcome<()> {
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        crate::jobs::sync_now(&mut tx, &desired.share.server_id, Why::Lost).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

/// Links the share with the guest; one who has not accepted is waited for.
pub(crate) async fn welcome(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
    user: &RemoteUser,
) -> Outcome<()> {
    if user.standing == Standing::In {
        return adopt(servers, desired, user).await;
    }
    done!(note_invited(servers, desired, user).await);
    wait_for(servers, server, desired, user).await
}

/// Accepts for a member who lets us; for any other there is nothing to do but wait.
pub(crate) async fn wait_for(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
    user: &RemoteUser,
) -> Outcome<()> {
    if let Some(identity) = desired.identity.as_ref().filter(|one| one.accepts) {
        let key = vault::find(
            &servers.db,
            &servers.vault,
            &Identity::key_place(&identity.id),
        )
        .await;
        if let Ok(Some(key)) = key {
            match server.accept(user, &key).await {
                Outcome::Done(()) => return adopt(servers, desired, user).await,
                // The key is dead or the platform wants the person: they accept by hand.
                Outcome::Refused(refusal) if !refusal.may_pass => {
                    done!(stop_accepting(servers, identity).await);
                }
                Outcome::Refused(refusal) => return Outcome::Refused(refusal),
                Outcome::Unknown(uncertainty) => return Outcome::Unknown(uncertainty),
            }
        }
    }
    Outcome::Refused(Refusal::passing(
        "invited",
        t!(
            "{user} was invited to {server} and has not accepted yet.",
            user = &user.name,
            server = &desired.server_name
        ),
    ))
}

async fn mark_asked(servers: &Servers, desired: &Desired) -> Outcome<()> {
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        user::mark_asked(&mut tx, &desired.share.id).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

async fn adopt(servers: &Servers, desired: &Desired, found: &RemoteUser) -> Outcome<()> {
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        user::adopt(
            &mut tx,
            &desired.share.id,
            &found.id,
            &found.name,
            UserStage::Ready,
        )
        .await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

const INVITED: &str = "
    update shares set state = 'invited', invited_at = $2 where id = $1 and state <> 'invited'";

async fn note_invited(servers: &Servers, desired: &Desired, found: &RemoteUser) -> Outcome<()> {
    let share = &desired.share;
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        user::adopt(&mut tx, &share.id, &found.id, &found.name, UserStage::Ready).await?;
        let now = tx.now();
        if tx.run(INVITED, values![share.id, now]).await? > 0 {
            let event = ShareInvited {
                share: share.id.clone(),
                member: share.member_id.clone(),
                server: share.server_id.clone(),
                server_name: desired.server_name.clone(),
                user_name: found.name.clone(),
            };
            chronicle::tell(&mut tx, &event).await?;
        }
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

async fn stop_accepting(servers: &Servers, identity: &Identity) -> Outcome<()> {
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        crate::identity::stop_accepting(&mut tx, &identity.id).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

const GONE: &str = "
    update shares
       set remote_id = null, stage = 'gone', seen_level = null, changed_at = $2, edition = edition + 1
     where id = $1";

/// Who was in and is not any more went by themselves, or somebody removed them there: nobody is invited again
/// against their will.
pub(crate) async fn note_left(servers: &Servers, desired: &Desired) -> Outcome<()> {
    let share = &desired.share;
    let name = share.user_name.clone().unwrap_or_default();
    let work = async {
        let mut tx = servers.db.begin(Actor::schedule(ACTOR)).await?;
        let now = tx.now();
        tx.run(GONE, values![share.id, now]).await?;
        let event = ShareLeft {
            share: share.id.clone(),
            member: share.member_id.clone(),
            server: share.server_id.clone(),
            server_name: desired.server_name.clone(),
            user_name: name.clone(),
        };
        chronicle::tell(&mut tx, &event).await?;
        tx.save().await?;
        Ok(())
    };
    done!(outcome(work.await));
    Outcome::Refused(Refusal::passing(
        "left",
        has_left(&name, &desired.server_name),
    ))
}

/// What is said of somebody who went.
pub(crate) fn has_left(name: &str, server: &str) -> kit::Text {
    t!(
        "{user} left {server}, or was removed there. They are invited again as soon as they, or you, ask for it.",
        user = name,
        server = server
    )
}

const AGAIN: &str = "
    update shares set stage = 'named', reason = null, changed_at = $2, edition = edition + 1
     where id = $1 and stage = 'gone'";

/// Invites somebody who left, because they or the operator asked. `false`: there is nothing to do.
pub(crate) async fn ask_again(tx: &mut Tx<'_>, id: &ShareId) -> Result<bool, DbError> {
    let now = tx.now();
    Ok(tx.run(AGAIN, values![id, now]).await? > 0)
}

/// Invites a member who left once more. Safe to repeat.
pub async fn invite_again(tx: &mut Tx<'_>, id: &ShareId) -> Result<Share, MediaError> {
    let share = share::required_share(&mut *tx, id).await?;
    if !ask_again(tx, id).await? {
        return Err(MediaError::Refused(t!(
            "Nobody has left here, so there is nobody to invite again."
        )));
    }
    upkeep::want(tx, &share.target()).await?;
    share::required_share(tx, id).await
}
