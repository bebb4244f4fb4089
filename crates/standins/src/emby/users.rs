//! The users: listing, making, renaming, allowing, removing.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, Sent, done, shown};
use super::auth::{Caller, Elevated, parse_user};
use super::guid::Guid;
use super::policy::UserPolicy;
use super::push::Push;
use super::sign_in;
use super::state::State as Known;
use super::user::{User, UserDto};

/// `QueryResult_UserDto`, written at once: ten thousand users make 20 MB.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    items: Vec<UserDto<'a>>,
    total_record_count: usize,
}

/// `GET /Users/Query?IsHidden=&IsDisabled=&StartIndex=&Limit=&NameStartsWithOrGreater=`
pub async fn query(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let state = emby.state();
    let found: Vec<&User> = wanted(&state, &asked).collect();
    let total_record_count = found.len();
    let start = asked.number("StartIndex").unwrap_or(0);
    let limit = asked.number("Limit").unwrap_or(usize::MAX);
    let page = found.into_iter().skip(start).take(limit);
    let items = page.map(|user| user.dto(&state.facts)).collect();
    written(&Page {
        items,
        total_record_count,
    })
}

/// `GET /Users`: not in the published contract any more; older clients still call it.
pub async fn list(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let state = emby.state();
    let users = wanted(&state, &asked).map(|user| user.dto(&state.facts));
    written(&users.collect::<Vec<_>>())
}

fn wanted<'a>(state: &'a Known, asked: &Asked) -> impl Iterator<Item = &'a User> {
    let (hidden, disabled) = (asked.flag("IsHidden"), asked.flag("IsDisabled"));
    let from = asked.text("NameStartsWithOrGreater").map(str::to_lowercase);
    state
        .users
        .all()
        .filter(move |user| hidden.is_none_or(|wanted| user.policy.is_hidden == wanted))
        .filter(move |user| disabled.is_none_or(|wanted| user.policy.is_disabled == wanted))
        .filter(move |user| {
            from.as_ref()
                .is_none_or(|from| user.name.to_lowercase() >= *from)
        })
}

fn written(users: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(users).map_err(|error| Refusal::bad(&error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// `GET /Users/Public`: whom the sign-in page shows.
pub async fn list_public(State(emby): State<Emby>) -> Answer {
    let state = emby.state();
    let visible = |user: &&User| !user.policy.is_hidden && !user.policy.is_disabled;
    let users = state.users.all().filter(visible);
    written(&users.map(|user| user.dto(&state.facts)).collect::<Vec<_>>())
}

/// `GET /Users/{user}`
pub async fn show(caller: Caller, State(emby): State<Emby>, Path(user): Path<String>) -> Answer {
    let id = caller.acting_for(&user)?;
    let state = emby.state();
    shown(find(&state, &id)?.dto(&state.facts))
}

pub fn find<'a>(state: &'a Known, id: &Guid) -> Result<&'a User, Refusal> {
    let user = state.users.find(id);
    user.ok_or_else(|| Refusal::not_found("User"))
}

pub fn find_mut<'a>(state: &'a mut Known, id: &Guid) -> Result<&'a mut User, Refusal> {
    let user = state.users.find_mut(id);
    user.ok_or_else(|| Refusal::not_found("User"))
}

/// A password is not among the fields: who sends one makes a user without.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewUser {
    name: String,
    copy_from_user_id: Option<String>,
    #[serde(default)]
    user_copy_options: Vec<CopyOption>,
}

#[derive(Deserialize, PartialEq, Eq)]
enum CopyOption {
    UserPolicy,
    UserConfiguration,
}

/// `POST /Users/New`: the user can be signed in with an empty password until one is set.
pub async fn create(_: Elevated, State(emby): State<Emby>, Sent(new): Sent<NewUser>) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    let mut user = User::new(Guid::fresh(), &new.name, now);
    if let Some(model) = &new.copy_from_user_id {
        let model = find(&state, &parse_user(model)?)?;
        if new.user_copy_options.contains(&CopyOption::UserPolicy) {
            user.policy = UserPolicy {
                is_administrator: false,
                ..model.policy.clone()
            };
        }
        if new
            .user_copy_options
            .contains(&CopyOption::UserConfiguration)
        {
            user.configuration.clone_from(&model.configuration);
        }
    }
    let id = user.id.clone();
    state.users.add(user)?;
    let text = format!("User {} has been created", new.name);
    state.activity.write(now, "user.created", Some(&id), text);
    shown(find(&state, &id)?.dto(&state.facts))
}

/// `DELETE /Users/{user}`, `POST /Users/{user}/Delete`
pub async fn remove(_: Elevated, State(emby): State<Emby>, Path(user): Path<String>) -> Answer {
    let id = parse_user(&user)?;
    let now = emby.now();
    {
        let mut state = emby.state();
        let text = format!("User {} has been deleted", find(&state, &id)?.name);
        if state
            .users
            .is_last(&id, |user| user.policy.is_administrator)
        {
            return Err(Refusal::bad(
                "There must be at least one user in the system with administrative access.",
            ));
        }
        sign_in::take_back(&mut state, now, |_, sign_in| sign_in.user == id);
        state.users.remove(&id);
        state.activity.write(now, "user.deleted", Some(&id), text);
    }
    emby.push(&Push::about_user(&id, "UserDeleted", json!(id)));
    done()
}

/// `POST /Users/{user}/Policy`: replaces the whole policy. Safe to repeat.
pub async fn set_policy(
    Elevated(caller): Elevated,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    Sent(policy): Sent<UserPolicy>,
) -> Answer {
    let id = parse_user(&user)?;
    let now = emby.now();
    {
        let mut state = emby.state();
        let was_disabled = find(&state, &id)?.policy.is_disabled;
        check_policy(&state, &id, &policy)?;
        if policy.is_disabled && !was_disabled {
            sign_in::take_back(&mut state, now, |token, sign_in| {
                sign_in.user == id && token != caller.token
            });
        }
        let user = find_mut(&mut state, &id)?;
        user.policy = policy;
        let text = format!("User policy has been updated for {}", user.name);
        let kind = "user.policyupdated";
        state.activity.write(now, kind, Some(&id), text);
    }
    tell_of_change(&emby, &id);
    done()
}

fn check_policy(state: &Known, id: &Guid, new: &UserPolicy) -> Result<(), Refusal> {
    let user = find(state, id)?;
    let sentence =
        if !new.is_administrator && state.users.is_last(id, |user| user.policy.is_administrator) {
            "There must be at least one user in the system with administrative access."
        } else if new.is_disabled && user.policy.is_administrator {
            "Administrators cannot be disabled."
        } else if new.is_disabled && state.users.is_last(id, |user| !user.policy.is_disabled) {
            "There must be at least one enabled user in the system."
        } else {
            return Ok(());
        };
    Err(Refusal::bad(sentence))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangedUser {
    name: String,
    configuration: Option<Map<String, Value>>,
}

/// `POST /Users/{user}`: another name, another configuration.
pub async fn update(
    caller: Caller,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    Sent(changed): Sent<ChangedUser>,
) -> Answer {
    let id = may_update(&emby.state(), &caller, &user)?;
    {
        let mut state = emby.state();
        state.users.rename(&id, &changed.name)?;
        let user = find_mut(&mut state, &id)?;
        user.configuration = changed.configuration.unwrap_or(user.configuration.clone());
    }
    tell_of_change(&emby, &id);
    done()
}

/// `POST /Users/{user}/Configuration`
pub async fn set_configuration(
    caller: Caller,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    Sent(configuration): Sent<Map<String, Value>>,
) -> Answer {
    let id = may_update(&emby.state(), &caller, &user)?;
    find_mut(&mut emby.state(), &id)?.configuration = configuration;
    tell_of_change(&emby, &id);
    done()
}

/// Users may change themselves while their preferences are open to them.
pub fn may_update(state: &Known, caller: &Caller, user: &str) -> Result<Guid, Refusal> {
    let id = caller.acting_for(user)?;
    let is_open = find(state, &id)?.policy.enable_user_preference_access;
    if caller.is_administrator || is_open {
        Ok(id)
    } else {
        Err(Refusal::not_allowed())
    }
}

fn tell_of_change(emby: &Emby, id: &Guid) {
    let state = emby.state();
    let Some(user) = state.users.find(id) else {
        return;
    };
    let push = Push::about_user(id, "UserUpdated", json!(user.dto(&state.facts)));
    drop(state);
    emby.push(&push);
}
