//! Passwords, so that no user is ever open to everybody.
//!
//! A user without one takes a password at once. Whoever has one may have to be reset first, and is without in
//! between: they are disabled for that moment. Every answer is checked by reading the user, since servers have
//! said yes and done nothing.

use http::StatusCode;
use kit::{Outcome, Refusal, Secret, done, t};
use media::RemoteRef;
use serde_json::{Map, Value, json};

use super::users::{find_raw, has_password, write_policy};
use crate::http::Answer;
use crate::media::mediabrowser::call::{Caller, Doing};
use crate::media::mediabrowser::policy::Policy;
use crate::media::mediabrowser::wire::User;

/// Gives a user who has no password this one, and reads them back. Safe to repeat.
pub(super) async fn give(caller: &Caller, user: &RemoteRef, password: &Secret) -> Outcome<User> {
    let answer = done!(put(caller, user, password).await);
    done!(caller.written(&answer));
    confirmed(caller, user).await
}

/// Another password in place of what there is.
///
/// If it breaks off in between, the user stays disabled, and is opened again once they have a password: writing
/// rights refuses to open anybody without.
pub(super) async fn replace(caller: &Caller, user: &RemoteRef, password: &Secret) -> Outcome<()> {
    let answer = done!(put(caller, user, password).await);
    if answer.status == StatusCode::BAD_REQUEST {
        return replace_by_reset(caller, user, password, &answer).await;
    }
    done!(caller.written(&answer));
    confirmed(caller, user).await.map(drop)
}

async fn replace_by_reset(
    caller: &Caller,
    id: &RemoteRef,
    password: &Secret,
    refused: &Answer,
) -> Outcome<()> {
    let Some(user) = done!(find_raw(caller, id).await) else {
        return caller.refused(refused, Doing::Writing);
    };
    let name = user.name.clone().unwrap_or_default();
    let before = Policy(user.policy);
    if before.is_administrator() {
        return Outcome::Refused(Refusal::lasting(
            "administrator",
            t!(
                "{user} is an administrator of the server, and administrators are never changed from here.",
                user = name
            ),
        ));
    }
    done!(write_policy(caller, id, &name, &closed(&before.0)).await);
    let url = password_url(caller, id);
    let reset = json!({ "Id": id.as_str(), "ResetPassword": true });
    let answer = done!(caller.post(url, &reset).await);
    done!(caller.written(&answer));
    done!(give(caller, id, password).await);
    write_policy(caller, id, &name, &before).await
}

fn closed(policy: &Map<String, Value>) -> Policy {
    let mut closed = policy.clone();
    closed.insert("IsDisabled".to_owned(), json!(true));
    Policy(closed)
}

async fn put(caller: &Caller, user: &RemoteRef, password: &Secret) -> Outcome<Answer> {
    let body = json!({
        "Id": user.as_str(),
        "NewPw": password.reveal(),
        "ResetPassword": false,
    });
    caller.post(password_url(caller, user), &body).await
}

fn password_url(caller: &Caller, user: &RemoteRef) -> url::Url {
    caller.url(&["Users", user.as_str(), "Password"], &[])
}

async fn confirmed(caller: &Caller, user: &RemoteRef) -> Outcome<User> {
    match done!(find_raw(caller, user).await) {
        Some(user) if has_password(&user) => Outcome::Done(user),
        _ => Outcome::Refused(Refusal::passing(
            "password_not_taken",
            t!(
                "{host} said that it took the password, but the user has none. It is tried again; Emby's log may tell more.",
                host = caller.host()
            ),
        )),
    }
}
