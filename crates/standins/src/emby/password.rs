//! Passwords. A user who has one keeps it until it is reset; only then is another taken.
//!
//! That a password must be reset first is what clients do and report; a server that takes another at once is
//! had by the seed `password_needs_reset: false`. The fault `password_ignored` answers as if all were well and
//! leaves the user as they were: reported of servers that are sent fields they do not know.

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

use super::Emby;
use super::answer::{Answer, Refusal, Sent, done, shown};
use super::auth::Caller;
use super::sign_in;
use super::users::{find, find_mut, may_update};

/// `UpdateUserPassword` of the published contract, and the older `CurrentPw`.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub struct NewPassword {
    current_pw: String,
    new_pw: String,
    reset_password: bool,
}

/// `POST /Users/{user}/Password`
pub async fn set(
    caller: Caller,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    Sent(new): Sent<NewPassword>,
) -> Answer {
    let now = emby.now();
    let is_ignored = emby.has_fault("password_ignored");
    let mut state = emby.state();
    let id = may_update(&state, &caller, &user)?;
    if is_ignored {
        return done();
    }
    let needs_reset = state.facts.password_needs_reset || !caller.is_administrator;
    let user = find(&state, &id)?;
    if !new.reset_password && needs_reset && !user.has_password(&new.current_pw) {
        return Err(Refusal::bad("Invalid user or password entered."));
    }
    if !new.reset_password && new.new_pw.is_empty() {
        return Err(Refusal::required("NewPw"));
    }
    let user = find_mut(&mut state, &id)?;
    user.password = Some(new.new_pw).filter(|_| !new.reset_password);
    let text = format!("Password has been changed for user {}", user.name);
    let kind = "user.passwordchanged";
    state.activity.write(now, kind, Some(&id), text);
    // A reset leaves the user's devices signed in; a change signs the others out.
    if !new.reset_password {
        sign_in::take_back(&mut state, now, |token, sign_in| {
            sign_in.user == id && token != caller.token
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
pub async fn forgotten(State(emby): State<Emby>, Sent(told): Sent<Forgotten>) -> Answer {
    let state = emby.state();
    let is_known = state.users.named(&told.entered_username).is_some();
    shown(json!({ "Action": if is_known { "PinCode" } else { "ContactAdmin" } }))
}
