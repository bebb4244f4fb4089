//! Passwords: set by an administrator, or changed by their owner who knows the old one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, Sent, done, shown};
use super::auth::Caller;
use super::guid::Guid;
use super::sign_in;
use super::users;

const NOT_ALLOWED: Refusal = Refusal::Sentence(
    StatusCode::FORBIDDEN,
    "User is not allowed to update the password.",
);
const WRONG_PASSWORD: Refusal =
    Refusal::Sentence(StatusCode::FORBIDDEN, "Invalid user or password entered.");
const NOT_FOUND: Refusal = Refusal::Sentence(StatusCode::NOT_FOUND, "User not found");

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub struct NewPassword {
    current_pw: String,
    new_pw: String,
    reset_password: bool,
}

/// `POST /Users/Password?userId=`
pub async fn set(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    asked: Asked,
    Sent(new): Sent<NewPassword>,
) -> Answer {
    let id = match asked.text("userId") {
        Some(text) => users::parse(text)?,
        None => caller.user.clone().ok_or(NOT_FOUND)?,
    };
    replace(&jellyfin, &caller, &id, &new)
}

/// `POST /Users/{user}/Password`: the older way of the same.
pub async fn set_by_path(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(user): Path<String>,
    Sent(new): Sent<NewPassword>,
) -> Answer {
    replace(&jellyfin, &caller, &users::parse(&user)?, &new)
}

fn replace(jellyfin: &Jellyfin, caller: &Caller, id: &Guid, new: &NewPassword) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let user = state.users.find(id).ok_or(NOT_FOUND)?;
    users::may_update(&state, caller, id).ok_or(NOT_ALLOWED)?;
    let must_know_the_old = !caller.is_administrator || caller.user.as_ref() == Some(id);
    if !new.reset_password && must_know_the_old && !user.has_password(&new.current_pw) {
        return Err(WRONG_PASSWORD);
    }
    let given = Some(&new.new_pw).filter(|given| !new.reset_password && !given.is_empty());
    if given.is_none() && user.policy.is_administrator {
        return Err(Refusal::BAD_ARGUMENT);
    }
    let user = state.users.find_mut(id).ok_or(NOT_FOUND)?;
    user.password = given.cloned();
    let text = format!("Password has been changed for user {}", user.name);
    state
        .activity
        .write(now, "UserPasswordChanged", Some(id), text);
    // A reset leaves the user's devices signed in; a change signs the others out.
    if !new.reset_password {
        sign_in::take_back(&mut state, now, |token, sign_in| {
            sign_in.user == *id && token != caller.token
        });
    }
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Forgotten {
    entered_username: String,
}

/// `POST /Users/ForgotPassword`: the real server writes a PIN to its own disk; here there is none.
pub async fn forgotten(State(jellyfin): State<Jellyfin>, Sent(told): Sent<Forgotten>) -> Answer {
    let is_known = jellyfin
        .state()
        .users
        .named(&told.entered_username)
        .is_some();
    shown(json!({ "Action": if is_known { "PinCode" } else { "ContactAdmin" } }))
}
