//! Users: reading them, making one, and writing the whole policy.

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, done, t};
use media::RemoteRef;
use media::remote::{Access, Door, NewUser, RemoteUser, Standing};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::password;
use crate::http::Answer;
use crate::media::mediabrowser::call::{Caller, Doing, LIMIT, LONG_LIMIT};
use crate::media::mediabrowser::policy::Policy;
use crate::media::mediabrowser::status::words;
use crate::media::mediabrowser::wire::{User, plain_id};

/// What a write starts from: the policy, and whether the user has a password at all.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Original {
    pub policy: Map<String, Value>,
    pub has_password: bool,
}

pub(super) fn has_password(user: &User) -> bool {
    user.has_configured_password.unwrap_or(false)
}

pub(super) fn remote(user: User) -> RemoteUser {
    let has_password = has_password(&user);
    let policy = Policy(user.policy);
    RemoteUser {
        id: RemoteRef::new(plain_id(&user.id)),
        name: user.name.unwrap_or_default(),
        email: None,
        is_administrator: policy.is_administrator(),
        standing: Standing::In,
        access: policy.access(),
        last_signed_in_at: user.last_login_date,
        last_active_at: user.last_activity_date,
        original: json!(Original {
            policy: policy.0,
            has_password,
        })
        .to_string(),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    items: Vec<User>,
}

pub(super) async fn list(caller: &Caller) -> Outcome<Vec<RemoteUser>> {
    let users = done!(all(caller).await);
    Outcome::Done(users.into_iter().map(remote).collect())
}

async fn all(caller: &Caller) -> Outcome<Vec<User>> {
    let url = caller.url(&["Users", "Query"], &[]);
    let page: Page = done!(caller.get(url, LONG_LIMIT).await);
    Outcome::Done(page.items)
}

pub(super) async fn find(caller: &Caller, user: &RemoteRef) -> Outcome<Option<RemoteUser>> {
    Outcome::Done(done!(find_raw(caller, user).await).map(remote))
}

/// A 404 alone is not believed: a proxy that leads elsewhere says it of everybody. The list then decides.
pub(super) async fn find_raw(caller: &Caller, user: &RemoteRef) -> Outcome<Option<User>> {
    let answer = done!(read_one(caller, user).await);
    match answer.status {
        StatusCode::OK => caller.read::<User>(&answer).map(Some),
        StatusCode::NOT_FOUND => {
            let mut all = done!(all(caller).await).into_iter();
            Outcome::Done(all.find(|one| plain_id(&one.id) == user.as_str()))
        }
        _ => caller.refused(&answer, Doing::Reading),
    }
}

async fn read_one(caller: &Caller, user: &RemoteRef) -> Outcome<Answer> {
    let url = caller.url(&["Users", user.as_str()], &[]);
    caller.send(Method::GET, url, None, LIMIT).await
}

/// A new user of Emby opens with an empty password, so the password follows at once, and whoever could not be
/// given one is deleted again. Who was left without one by a lost answer is found by name and finished.
pub(super) async fn create(caller: &Caller, new: &NewUser) -> Outcome<RemoteUser> {
    let body = json!({ "Name": new.name });
    let answer = done!(caller.post(caller.url(&["Users", "New"], &[]), &body).await);
    let made = match answer.status {
        StatusCode::OK => done!(caller.read::<User>(&answer)),
        StatusCode::BAD_REQUEST => done!(find_unfinished(caller, new, &answer).await),
        _ => return caller.refused(&answer, Doing::Writing),
    };
    let id = RemoteRef::new(plain_id(&made.id));
    match password::give(caller, &id, &new.password).await {
        Outcome::Done(user) => Outcome::Done(remote(user)),
        Outcome::Refused(refusal) => {
            done!(delete(caller, &id).await);
            Outcome::Refused(refusal)
        }
        Outcome::Unknown(uncertainty) => Outcome::Unknown(uncertainty),
    }
}

/// A user of this name who has no password and was never there was begun by us and not finished.
async fn find_unfinished(caller: &Caller, new: &NewUser, answer: &Answer) -> Outcome<User> {
    let wanted = new.name.to_lowercase();
    let named = done!(all(caller).await).into_iter().find(|user| {
        let name = user.name.as_deref().unwrap_or_default();
        name.to_lowercase() == wanted
    });
    match named {
        Some(user) if is_unfinished(&user) => Outcome::Done(user),
        Some(_) => Outcome::Refused(Refusal::lasting(
            "name_taken",
            t!(
                "The name {name} is taken on {host}.",
                name = &new.name,
                host = caller.host()
            ),
        )),
        None => caller.refused(answer, Doing::Writing),
    }
}

fn is_unfinished(user: &User) -> bool {
    user.has_configured_password == Some(false)
        && user.last_login_date.is_none()
        && user.last_activity_date.is_none()
        && !Policy(user.policy.clone()).is_administrator()
}

/// Rights first, since a new user of Emby sees every library; then habits.
pub(super) async fn set_up(
    caller: &Caller,
    user: &RemoteUser,
    template: Option<&RemoteRef>,
    access: &Access,
) -> Outcome<()> {
    let own = done!(policy_of(user, access));
    let Some(template) = template else {
        return write(caller, user, &own.for_member().with(access)).await;
    };
    let Some(model) = done!(find_raw(caller, template).await) else {
        done!(write(caller, user, &own.for_member().with(access)).await);
        return Outcome::Refused(Refusal::lasting(
            "template_gone",
            t!(
                "The user after whom new ones are made is not on {host} any more. Choose another on the server's page, or none.",
                host = caller.host()
            ),
        ));
    };
    let policy = own.after(&Policy(model.policy)).with(access);
    done!(write(caller, user, &policy).await);
    let mut habits = model.configuration;
    // The template's own PIN is nobody else's.
    habits.remove("ProfilePin");
    let url = caller.url(&["Users", user.id.as_str(), "Configuration"], &[]);
    let answer = done!(caller.post(url, &habits).await);
    caller.written(&answer)
}

pub(super) async fn set_access(caller: &Caller, user: &RemoteUser, access: &Access) -> Outcome<()> {
    let policy = done!(policy_of(user, access));
    write(caller, user, &policy.with(access)).await
}

/// The policy that the user was read with. Refused before anything is sent: administrators, and opening the door
/// to a user without a password, as whom anybody could sign in.
fn policy_of(user: &RemoteUser, access: &Access) -> Outcome<Policy> {
    let original: Option<Original> = serde_json::from_str(&user.original).ok();
    match original {
        Some(original) if !user.is_administrator => {
            if access.door == Door::Open && !original.has_password {
                return Outcome::Refused(Refusal::lasting(
                    "no_password",
                    t!(
                        "{user} has no password on the server, so anybody could sign in with the name alone. Set a new password first.",
                        user = &user.name
                    ),
                ));
            }
            Outcome::Done(Policy(original.policy))
        }
        _ => Outcome::Refused(Refusal::lasting(
            "administrator",
            t!(
                "{user} is an administrator of the server, and administrators are never changed from here.",
                user = &user.name
            ),
        )),
    }
}

async fn write(caller: &Caller, user: &RemoteUser, policy: &Policy) -> Outcome<()> {
    write_policy(caller, &user.id, &user.name, policy).await
}

/// Replaces the whole policy. Safe to repeat.
pub(super) async fn write_policy(
    caller: &Caller,
    id: &RemoteRef,
    name: &str,
    policy: &Policy,
) -> Outcome<()> {
    let url = caller.url(&["Users", id.as_str(), "Policy"], &[]);
    let answer = done!(caller.post(url, &policy.0).await);
    match answer.status {
        StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => Outcome::Refused(Refusal::passing(
            "policy_refused",
            t!(
                "{host} did not take the rights of {user}. {words}",
                host = caller.host(),
                user = name,
                words = words(&answer)
            ),
        )),
        _ => caller.written(&answer),
    }
}

pub(super) async fn delete(caller: &Caller, user: &RemoteRef) -> Outcome<()> {
    let url = caller.url(&["Users", user.as_str()], &[]);
    let answer = done!(caller.delete(url).await);
    match answer.status {
        StatusCode::NOT_FOUND => match done!(find_raw(caller, user).await) {
            None => Outcome::Done(()),
            Some(_) => caller.refused(&answer, Doing::Writing),
        },
        _ => caller.written(&answer),
    }
}
