//! The users: listing, making, renaming, allowing, removing.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, Sent, done, shown};
use super::auth::{Caller, Elevated};
use super::configuration::UserConfiguration;
use super::guid::Guid;
use super::people::NameRefused;
use super::policy::UserPolicy;
use super::push::Push;
use super::sign_in;
use super::state::State as Known;
use super::user::{User, UserDto};

const NOT_FOUND: Refusal = Refusal::Sentence(StatusCode::NOT_FOUND, "User not found");
const UPDATE_NOT_ALLOWED: Refusal =
    Refusal::Sentence(StatusCode::FORBIDDEN, "User update not allowed.");
const LAST_ADMINISTRATOR: Refusal = Refusal::Sentence(
    StatusCode::FORBIDDEN,
    "There must be at least one user in the system with administrative access.",
);
const ADMINISTRATOR_STAYS_ENABLED: Refusal =
    Refusal::Sentence(StatusCode::FORBIDDEN, "Administrators cannot be disabled.");
const LAST_ENABLED: Refusal = Refusal::Sentence(
    StatusCode::FORBIDDEN,
    "There must be at least one enabled user in the system.",
);

impl From<NameRefused> for Refusal {
    fn from(_: NameRefused) -> Self {
        Self::BAD_ARGUMENT
    }
}

/// `GET /Users?isHidden=&isDisabled=`
pub async fn list(_: Caller, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let (hidden, disabled) = (asked.flag("isHidden"), asked.flag("isDisabled"));
    let state = jellyfin.state();
    let wanted: Vec<UserDto<'_>> = state
        .users
        .all()
        .filter(|user| hidden.is_none_or(|wanted| user.policy.is_hidden == wanted))
        .filter(|user| disabled.is_none_or(|wanted| user.policy.is_disabled == wanted))
        .map(|user| user.dto(&state.facts))
        .collect();
    // Ten thousand users make 20 MB: written at once, without a detour over `Value`.
    let body = serde_json::to_vec(&wanted).map_err(|_| Refusal::BAD_ARGUMENT)?;
    drop(wanted);
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// `GET /Users/Public`: whom the sign-in page shows.
pub async fn list_public(State(jellyfin): State<Jellyfin>) -> Answer {
    let state = jellyfin.state();
    let visible = |user: &&User| !user.policy.is_hidden && !user.policy.is_disabled;
    let users: Vec<UserDto<'_>> = state
        .users
        .all()
        .filter(visible)
        .map(|user| user.dto(&state.facts))
        .collect();
    shown(users)
}

/// `GET /Users/Me`
pub async fn show_me(caller: Caller, State(jellyfin): State<Jellyfin>) -> Answer {
    let id = caller
        .user
        .ok_or(Refusal::Problem(StatusCode::BAD_REQUEST))?;
    let state = jellyfin.state();
    shown(state.users.find(&id).ok_or(NOT_FOUND)?.dto(&state.facts))
}

/// `GET /Users/{user}`
pub async fn show(_: Caller, State(jellyfin): State<Jellyfin>, Path(user): Path<String>) -> Answer {
    let id = parse(&user)?;
    let state = jellyfin.state();
    shown(state.users.find(&id).ok_or(NOT_FOUND)?.dto(&state.facts))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewUser {
    name: String,
    password: Option<String>,
}

/// `POST /Users/New`
pub async fn create(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    Sent(new): Sent<NewUser>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let user = User::new(Guid::fresh(), &new.name, new.password.as_deref());
    let id = user.id.clone();
    state.users.add(user)?;
    let text = format!("User {} has been created", new.name);
    state.activity.write(now, "UserCreated", Some(&id), text);
    shown(state.users.find(&id).ok_or(NOT_FOUND)?.dto(&state.facts))
}

/// `DELETE /Users/{user}`
pub async fn remove(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    Path(user): Path<String>,
) -> Answer {
    let id = parse(&user)?;
    let now = jellyfin.now();
    {
        let mut state = jellyfin.state();
        let user = state
            .users
            .find(&id)
            .ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?;
        let text = format!("User {} has been deleted", user.name);
        if state
            .users
            .is_last(&id, |user| user.policy.is_administrator)
        {
            return Err(Refusal::BAD_ARGUMENT);
        }
        sign_in::take_back(&mut state, now, |_, sign_in| sign_in.user == id);
        state.users.remove(&id);
        state.activity.write(now, "UserDeleted", Some(&id), text);
    }
    jellyfin.push(&Push::about_user(&id, "UserDeleted", json!(id)));
    done()
}

/// `POST /Users/{user}/Policy`: replaces the whole policy. Safe to repeat.
pub async fn set_policy(
    Elevated(caller): Elevated,
    State(jellyfin): State<Jellyfin>,
    Path(user): Path<String>,
    Sent(fields): Sent<Map<String, Value>>,
) -> Answer {
    let policy = read_policy(fields)?;
    let id = parse(&user)?;
    let now = jellyfin.now();
    {
        let mut state = jellyfin.state();
        check_policy(&state, &id, &policy)?;
        let was_disabled = state
            .users
            .find(&id)
            .is_some_and(|user| user.policy.is_disabled);
        if policy.is_disabled && !was_disabled {
            sign_in::take_back(&mut state, now, |token, sign_in| {
                sign_in.user == id && token != caller.token
            });
        }
        let user = state.users.find_mut(&id).ok_or(NOT_FOUND)?;
        user.policy = policy;
        let text = format!("User policy has been updated for {}", user.name);
        state
            .activity
            .write(now, "UserPolicyUpdated", Some(&id), text);
    }
    tell_of_change(&jellyfin, &id);
    done()
}

/// The two providers must be named; everything else that is left out is the default.
fn read_policy(fields: Map<String, Value>) -> Result<UserPolicy, Refusal> {
    for field in ["AuthenticationProviderId", "PasswordResetProviderId"] {
        let text = fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default();
        if text.is_empty() {
            return Err(Refusal::required(field));
        }
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| Refusal::Invalid {
        field: "$".to_owned(),
        message: error.to_string(),
    })
}

fn check_policy(state: &Known, id: &Guid, new: &UserPolicy) -> Result<(), Refusal> {
    let user = state.users.find(id).ok_or(NOT_FOUND)?;
    if !new.is_administrator && state.users.is_last(id, |user| user.policy.is_administrator) {
        return Err(LAST_ADMINISTRATOR);
    }
    if new.is_disabled && user.policy.is_administrator {
        return Err(ADMINISTRATOR_STAYS_ENABLED);
    }
    if new.is_disabled && state.users.is_last(id, |user| !user.policy.is_disabled) {
        return Err(LAST_ENABLED);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangedUser {
    name: String,
    configuration: Option<UserConfiguration>,
}

/// `POST /Users?userId=`: another name, another configuration.
pub async fn update(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    asked: Asked,
    Sent(changed): Sent<ChangedUser>,
) -> Answer {
    let id = match asked.text("userId") {
        Some(text) => parse(text)?,
        None => caller
            .user
            .clone()
            .ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?,
    };
    change(&jellyfin, &caller, &id, changed)
}

/// `POST /Users/{user}`: the older way of the same.
pub async fn update_by_path(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(user): Path<String>,
    Sent(changed): Sent<ChangedUser>,
) -> Answer {
    change(&jellyfin, &caller, &parse(&user)?, changed)
}

fn change(jellyfin: &Jellyfin, caller: &Caller, id: &Guid, changed: ChangedUser) -> Answer {
    {
        let mut state = jellyfin.state();
        may_update(&state, caller, id).ok_or(UPDATE_NOT_ALLOWED)?;
        state.users.rename(id, &changed.name)?;
        let user = state
            .users
            .find_mut(id)
            .ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?;
        if let Some(configuration) = changed.configuration {
            user.configuration = configuration;
        }
    }
    tell_of_change(jellyfin, id);
    done()
}

/// `POST /Users/Configuration?userId=`
pub async fn set_configuration(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    asked: Asked,
    Sent(configuration): Sent<UserConfiguration>,
) -> Answer {
    let id = match asked.text("userId") {
        Some(text) => parse(text)?,
        None => caller
            .user
            .clone()
            .ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?,
    };
    {
        let mut state = jellyfin.state();
        may_update(&state, &caller, &id).ok_or(Refusal::Sentence(
            StatusCode::FORBIDDEN,
            "User configuration update forbidden.",
        ))?;
        let user = state
            .users
            .find_mut(&id)
            .ok_or(Refusal::Problem(StatusCode::NOT_FOUND))?;
        user.configuration = configuration;
    }
    tell_of_change(&jellyfin, &id);
    done()
}

/// Users may change themselves while their preferences are open to them.
pub fn may_update(state: &Known, caller: &Caller, id: &Guid) -> Option<()> {
    let is_open = || {
        state
            .users
            .find(id)
            .is_some_and(|it| it.policy.enable_user_preference_access)
    };
    let may = caller.is_administrator || (caller.user.as_ref() == Some(id) && is_open());
    may.then_some(())
}

pub fn parse(user: &str) -> Result<Guid, Refusal> {
    Guid::parse(user).ok_or(Refusal::Problem(StatusCode::NOT_FOUND))
}

fn tell_of_change(jellyfin: &Jellyfin, id: &Guid) {
    if !jellyfin.has_listeners() {
        return;
    }
    let state = jellyfin.state();
    let Some(user) = state.users.find(id) else {
        return;
    };
    let push = Push::about_user(id, "UserUpdated", json!(user.dto(&state.facts)));
    drop(state);
    jellyfin.push(&push);
}
