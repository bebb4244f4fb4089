//! Users: reading them, making one, and writing the whole policy.

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, done, t};
use media::RemoteRef;
use media::remote::{Access, NewUser, RemoteUser, Standing};
use serde_json::json;

use super::call::{Caller, Doing, LIMIT, LONG_LIMIT};
use super::policy::Policy;
use super::status::words;
use super::wire::{User, plain_id};

impl User {
    pub(super) fn into_remote(self) -> RemoteUser {
        let policy = Policy(self.policy);
        RemoteUser {
            id: RemoteRef::new(plain_id(&self.id)),
            name: self.name.unwrap_or_default(),
            email: None,
            is_administrator: policy.is_administrator(),
            standing: Standing::In,
            access: policy.access(),
            last_signed_in_at: self.last_login_date,
            last_active_at: self.last_activity_date,
            original: policy.print(),
        }
    }
}

pub(super) async fn list(caller: &Caller) -> Outcome<Vec<RemoteUser>> {
    let users: Vec<User> = done!(caller.get(caller.url(&["Users"], &[]), LONG_LIMIT).await);
    Outcome::Done(users.into_iter().map(User::into_remote).collect())
}

/// A 404 alone is not believed: a proxy that leads elsewhere says it of everybody. The list then decides.
pub(super) async fn find(caller: &Caller, user: &RemoteRef) -> Outcome<Option<RemoteUser>> {
    let answer = done!(read_one(caller, user).await);
    match answer.status {
        StatusCode::OK => caller
            .read::<User>(&answer)
            .map(|user| Some(user.into_remote())),
        StatusCode::NOT_FOUND => {
            let all = done!(list(caller).await);
            Outcome::Done(all.into_iter().find(|one| one.id == *user))
        }
        _ => caller.refused(&answer, Doing::Reading),
    }
}

async fn read_one(caller: &Caller, user: &RemoteRef) -> Outcome<crate::http::Answer> {
    let url = caller.url(&["Users", user.as_str()], &[]);
    caller.send(Method::GET, url, None, LIMIT).await
}

pub(super) async fn create(caller: &Caller, new: &NewUser) -> Outcome<RemoteUser> {
    let body = json!({ "Name": new.name, "Password": new.password.reveal() });
    let answer = done!(caller.post(caller.url(&["Users", "New"], &[]), &body).await);
    match answer.status {
        StatusCode::OK => caller.read::<User>(&answer).map(User::into_remote),
        // A problem document names the field that is wrong; a taken name is a bare 400.
        StatusCode::BAD_REQUEST
            if answer
                .json::<serde_json::Value>()
                .is_none_or(|it| !it.is_object()) =>
        {
            Outcome::Refused(Refusal::lasting(
                "name_taken",
                t!(
                    "The name {name} is taken on {host}.",
                    name = &new.name,
                    host = caller.host()
                ),
            ))
        }
        _ => caller.refused(&answer, Doing::Writing),
    }
}

/// Rights first, since a new user of Jellyfin sees every library; then habits.
pub(super) async fn set_up(
    caller: &Caller,
    user: &RemoteUser,
    template: Option<&RemoteRef>,
    access: &Access,
) -> Outcome<()> {
    let own = done!(policy_of(user));
    let Some(template) = template else {
        return write(caller, user, &own.for_member().with(access)).await;
    };
    let model = match read_template(caller, template).await {
        Outcome::Done(model) => model,
        missing => {
            done!(write(caller, user, &own.for_member().with(access)).await);
            return missing.map(drop);
        }
    };
    let policy = own.after(&Policy(model.policy)).with(access);
    done!(write(caller, user, &policy).await);
    let url = caller.url(&["Users", "Configuration"], &[("userId", user.id.as_str())]);
    let answer = done!(caller.post(url, &model.configuration).await);
    caller.written(&answer)
}

async fn read_template(caller: &Caller, template: &RemoteRef) -> Outcome<User> {
    let answer = done!(read_one(caller, template).await);
    match answer.status {
        StatusCode::OK => caller.read(&answer),
        StatusCode::NOT_FOUND => Outcome::Refused(Refusal::lasting(
            "template_gone",
            t!(
                "The user after whom new ones are made is not on {host} any more. Choose another on the server's page, or none.",
                host = caller.host()
            ),
        )),
        _ => caller.refused(&answer, Doing::Reading),
    }
}

pub(super) async fn set_access(caller: &Caller, user: &RemoteUser, access: &Access) -> Outcome<()> {
    let policy = done!(policy_of(user));
    write(caller, user, &policy.with(access)).await
}

/// The policy that the user was read with. Administrators are refused before anything is sent.
fn policy_of(user: &RemoteUser) -> Outcome<Policy> {
    match Policy::parse(&user.original) {
        Some(policy) if !policy.is_administrator() => Outcome::Done(policy),
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
    let url = caller.url(&["Users", user.id.as_str(), "Policy"], &[]);
    let answer = done!(caller.post(url, &policy.0).await);
    match answer.status {
        StatusCode::FORBIDDEN => Outcome::Refused(Refusal::passing(
            "policy_refused",
            t!(
                "{host} did not take the rights of {user}. {words}",
                host = caller.host(),
                user = &user.name,
                words = words(&answer)
            ),
        )),
        _ => caller.written(&answer),
    }
}

pub(super) async fn delete(caller: &Caller, user: &RemoteRef) -> Outcome<()> {
    let answer = done!(
        caller
            .delete(caller.url(&["Users", user.as_str()], &[]))
            .await
    );
    match answer.status {
        StatusCode::NOT_FOUND => match done!(find(caller, user).await) {
            None => Outcome::Done(()),
            Some(_) => caller.refused(&answer, Doing::Writing),
        },
        _ => caller.written(&answer),
    }
}
