//! Making a user, so that no answer that gets lost ever makes a second one.
//!
//! That we ask is noted before we do. A lost answer is found by signing in with the chosen name and password:
//! whoever can is the user we made, or the member's own from before.

use kit::{Actor, Outcome, Refusal, Secret, done, t};

use crate::account_first;
use crate::events::CredentialsNeeded;
use crate::hand::{Desired, Found};
use crate::remote::{Access, MediaServer, NewUser, RemoteUser};
use crate::servers::{Servers, outcome};
use crate::share::UserStage;
use crate::user;

/// Looks for the user that may have been made although the answer was lost.
pub(crate) async fn find_lost(server: &dyn MediaServer, desired: &Desired) -> Outcome<Found> {
    let (Some(name), Some(password)) = (&desired.share.user_name, &desired.password) else {
        return Outcome::Done(Found::NoUser);
    };
    match server.prove(name, password).await {
        Outcome::Done(user) => Outcome::Done(Found::Unlinked(user)),
        Outcome::Refused(refusal) if refusal.code == "wrong_password" => {
            Outcome::Done(Found::NoUser)
        }
        Outcome::Refused(refusal) => Outcome::Refused(refusal),
        Outcome::Unknown(uncertainty) => Outcome::Unknown(uncertainty),
    }
}

/// Makes the user, links it, and sets it up.
pub(crate) async fn create(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
) -> Outcome<()> {
    let (Some(name), Some(password)) = (&desired.share.user_name, &desired.password) else {
        return choose_anew(servers, desired).await;
    };
    done!(mark_asked(servers, desired).await);
    let new = NewUser {
        name: name.clone(),
        password: password.clone(),
    };
    match server.create_user(&new).await {
        Outcome::Done(user) => {
            link_and_set_up(servers, server, desired, &user, UserStage::Made).await
        }
        Outcome::Refused(refusal) if refusal.code == "name_taken" => {
            take_over(servers, server, desired, name, password).await
        }
        Outcome::Refused(refusal) => Outcome::Refused(refusal),
        Outcome::Unknown(uncertainty) => Outcome::Unknown(uncertainty),
    }
}

/// The name is taken: by the member themselves, if they can sign in with it.
async fn take_over(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
    name: &str,
    password: &Secret,
) -> Outcome<()> {
    match server.prove(name, password).await {
        Outcome::Done(user) => {
            link_and_set_up(servers, server, desired, &user, UserStage::Ready).await
        }
        Outcome::Refused(refusal) if refusal.code == "wrong_password" => {
            name_is_taken(servers, desired, name).await
        }
        Outcome::Refused(refusal) => Outcome::Refused(refusal),
        Outcome::Unknown(uncertainty) => Outcome::Unknown(uncertainty),
    }
}

async fn name_is_taken(servers: &Servers, desired: &Desired, name: &str) -> Outcome<()> {
    done!(choose_again(servers, desired).await);
    Outcome::Refused(Refusal::lasting(
        "name_taken",
        t!(
            "The name {user} is taken on {server}. The member has to choose another, or prove with its password that it is theirs.",
            user = name,
            server = &desired.server_name
        ),
    ))
}

/// The password is not here any more, so no user can be made with it.
async fn choose_anew(servers: &Servers, desired: &Desired) -> Outcome<()> {
    done!(choose_again(servers, desired).await);
    Outcome::Refused(Refusal::passing(
        "no_password",
        t!("The chosen password could not be read. The member was asked to choose again."),
    ))
}

async fn choose_again(servers: &Servers, desired: &Desired) -> Outcome<()> {
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        user::forget(&mut tx, &desired.share.id).await?;
        let event = CredentialsNeeded {
            share: desired.share.id.clone(),
            member: desired.share.member_id.clone(),
            server: desired.share.server_id.clone(),
            server_name: desired.server_name.clone(),
            was_deleted: false,
        };
        chronicle::tell(&mut tx, &event).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

async fn mark_asked(servers: &Servers, desired: &Desired) -> Outcome<()> {
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        user::mark_asked(&mut tx, &desired.share.id).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}

/// Links the share with a user that is known to be the member's, then gives it its rights.
pub(crate) async fn link_and_set_up(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
    found: &RemoteUser,
    stage: UserStage,
) -> Outcome<()> {
    if found.is_administrator {
        return name_is_taken(servers, desired, &found.name).await;
    }
    done!(account_first::link(servers, server, desired, found, stage).await);
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        user::adopt(&mut tx, &desired.share.id, &found.id, &found.name, stage).await?;
        tx.save().await
    };
    match work.await {
        Ok(()) => {}
        // Another member's share has this user: to this member the name is taken.
        Err(db::DbError::Duplicate(_)) => {
            return name_is_taken(servers, desired, &found.name).await;
        }
        Err(error) => return outcome(Err(error.into())),
    }
    if stage == UserStage::Made {
        return set_up(server, desired, found).await;
    }
    server
        .set_access(found, desired.access.as_ref().unwrap_or(&Access::closed()))
        .await
}

pub(crate) async fn set_up(
    server: &dyn MediaServer,
    desired: &Desired,
    user: &RemoteUser,
) -> Outcome<()> {
    let closed = Access::closed();
    let access = desired.access.as_ref().unwrap_or(&closed);
    server.set_up(user, desired.template.as_ref(), access).await
}
