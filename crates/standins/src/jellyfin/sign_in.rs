//! Signing in and out, and what takes sign-ins back.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Refusal, Sent, done, shown};
use super::auth::{Caller, Unproven};
use super::guid::Guid;
use super::moment::Moment;
use super::session;
use super::state::{Device, SignIn, State as Known};

/// A wrong name or password.
const WRONG: Refusal = Refusal::Inner(StatusCode::UNAUTHORIZED);
/// The right password, but the policy does not let them in.
const NOT_LET_IN: Refusal = Refusal::Inner(StatusCode::FORBIDDEN);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NameAndPassword {
    #[serde(default)]
    username: String,
    #[serde(default)]
    pw: String,
}

/// `POST /Users/AuthenticateByName`
pub async fn by_name(
    State(jellyfin): State<Jellyfin>,
    Unproven(carried): Unproven,
    Sent(given): Sent<NameAndPassword>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let user = prove(&mut state, &given.username, &given.pw, now)?;
    let token = admit(&mut state, &user, &carried.device, now)?;
    shown(result(&state, &token, now))
}

/// Checks name and password; wrong passwords are counted, and lock the user if so ordered.
fn prove(state: &mut Known, name: &str, password: &str, now: Moment) -> Result<Guid, Refusal> {
    let Some(id) = state.users.named(name).map(|user| user.id.clone()) else {
        tell_of_failure(state, name, None, now);
        return Err(WRONG);
    };
    let user = state.users.find_mut(&id).ok_or(WRONG)?;
    if user.has_password(password) {
        if user.policy.is_disabled {
            return Err(NOT_LET_IN);
        }
        user.policy.invalid_login_attempt_count = 0;
        return Ok(id);
    }
    user.policy.invalid_login_attempt_count += 1;
    let count = user.policy.invalid_login_attempt_count;
    let is_locked = user
        .policy
        .attempts_allowed()
        .is_some_and(|allowed| count >= allowed);
    user.policy.is_disabled |= is_locked;
    tell_of_failure(state, name, Some(&id), now);
    if is_locked {
        let text = format!("User {name} has been locked out");
        state.activity.write(now, "UserLockedOut", Some(&id), text);
    }
    Err(WRONG)
}

fn tell_of_failure(state: &mut Known, name: &str, user: Option<&Guid>, now: Moment) {
    let text = format!("Failed login attempt from {name}");
    state
        .activity
        .write(now, "AuthenticationFailed", user, text);
}

/// Gives a proven user a token on a device, if their policy lets them in there.
///
/// A second sign-in of the same user on the same device takes the first token back.
pub fn admit(
    state: &mut Known,
    id: &Guid,
    device: &Device,
    now: Moment,
) -> Result<String, Refusal> {
    if !device.is_described() {
        return Err(Refusal::BAD_ARGUMENT);
    }
    let user = state.users.find(id).ok_or(WRONG)?;
    if user.policy.is_disabled || !user.policy.may_sign_in_on(&device.id) {
        return Err(NOT_LET_IN);
    }
    // The server counts sessions, idle ones too, and only here: remembered tokens are never refused.
    let limit = usize::try_from(user.policy.max_active_sessions).unwrap_or(0);
    let open = state
        .sessions
        .values()
        .filter(|session| session.user == *id)
        .count();
    if limit > 0 && open >= limit {
        return Err(NOT_LET_IN);
    }
    let name = user.name.clone();
    state
        .sign_ins
        .retain(|_, other| other.user != *id || other.device.id != device.id);
    let token = Guid::fresh().to_string();
    remember(state, &token, id, device, now);
    session::touch(state, id, device, now);
    let text = format!("{name} successfully authenticated");
    state
        .activity
        .write(now, "AuthenticationSucceeded", Some(id), text);
    Ok(token)
}

/// Notes a token without asking anything.
pub fn remember(state: &mut Known, token: &str, user: &Guid, device: &Device, now: Moment) {
    let sign_in = SignIn {
        user: user.clone(),
        device: device.clone(),
        last_activity: now,
    };
    state.sign_ins.insert(token.to_owned(), sign_in);
    if let Some(user) = state.users.find_mut(user) {
        user.last_login = Some(now);
        user.last_activity = Some(now);
    }
}

/// `AuthenticationResult` of the published contract; null if the token is gone.
pub fn result(state: &Known, token: &str, now: Moment) -> Value {
    let Some(sign_in) = state.sign_ins.get(token) else {
        return Value::Null;
    };
    let user = state
        .users
        .find(&sign_in.user)
        .map(|user| user.dto(&state.facts));
    let session = state.sessions.get(&session::id_of(&sign_in.device));
    json!({
        "User": user,
        "SessionInfo": session.map(|session| session::shown(state, session, now)),
        "AccessToken": token,
        "ServerId": state.facts.id,
    })
}

/// `POST /Sessions/Logout`
pub async fn log_out(caller: Caller, State(jellyfin): State<Jellyfin>) -> Answer {
    let now = jellyfin.now();
    take_back(&mut jellyfin.state(), now, |token, _| token == caller.token);
    done()
}

/// Takes back the sign-ins of which this holds; their sessions end.
pub fn take_back(state: &mut Known, now: Moment, holds: impl Fn(&str, &SignIn) -> bool) {
    let mut ended = Vec::new();
    state.sign_ins.retain(|token, sign_in| {
        let goes = holds(token, sign_in);
        if goes {
            ended.push((sign_in.user.clone(), session::id_of(&sign_in.device)));
        }
        !goes
    });
    for (user, id) in ended {
        // Another user may have signed in on the device since.
        if state
            .sessions
            .get(&id)
            .is_some_and(|session| session.user == user)
        {
            session::end(state, &id, now);
        }
    }
}
