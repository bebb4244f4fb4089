//! Signing in and out, and what takes sign-ins back.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Refusal, Sent, done, shown};
use super::auth::{Caller, Unproven};
use super::guid::Guid;
use super::moment::Moment;
use super::session;
use super::state::{Device, SignIn, State as Known};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NameAndPassword {
    #[serde(default)]
    username: String,
    #[serde(default)]
    pw: String,
}

/// `POST /Users/AuthenticateByName`: all refusals are 401, told apart by their sentence alone.
pub async fn by_name(
    State(emby): State<Emby>,
    carried: Unproven,
    Sent(given): Sent<NameAndPassword>,
) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    let user = prove(&mut state, &given.username, &given.pw, now)?;
    let token = admit(&mut state, &user, &carried.device, now)?;
    shown(result(&state, &token, now))
}

fn prove(state: &mut Known, name: &str, password: &str, now: Moment) -> Result<Guid, Refusal> {
    let wrong = || Refusal::unauthorized("Invalid username or password entered.");
    let id = state.users.named(name).map(|user| user.id.clone());
    let user = id.as_ref().and_then(|id| state.users.find_mut(id));
    let is_right = user.is_some_and(|user| {
        let is_right = user.has_password(password);
        let count = user.policy.invalid_login_attempt_count;
        user.policy.invalid_login_attempt_count = if is_right { 0 } else { count + 1 };
        is_right
    });
    match id {
        Some(id) if is_right => Ok(id),
        id => {
            let text = format!("Failed login attempt from {name}");
            let kind = "user.authenticationfailed";
            state.activity.write(now, kind, id.as_ref(), text);
            Err(wrong())
        }
    }
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
    if device.id.is_empty() || device.client.is_empty() {
        return Err(Refusal::required("appName"));
    }
    let user = state.users.find(id).ok_or_else(Refusal::not_signed_in)?;
    if user.policy.is_disabled {
        return Err(Refusal::unauthorized(&format!(
            "The {} account is currently disabled. Please consult with your administrator.",
            user.name
        )));
    }
    if !user.policy.may_sign_in_on(&device.id) {
        return Err(Refusal::unauthorized(
            "User is not allowed access from this device.",
        ));
    }
    let text = format!("{} successfully authenticated", user.name);
    state
        .sign_ins
        .retain(|_, other| other.user != *id || other.device.id != device.id);
    let token = Guid::fresh().to_string();
    remember(state, &token, id, device, now);
    session::touch(state, id, device, now);
    state
        .activity
        .write(now, "user.authenticated", Some(id), text);
    Ok(token)
}

/// Notes a token without asking anything.
pub fn remember(state: &mut Known, token: &str, user: &Guid, device: &Device, now: Moment) {
    state.devices.note(device, user, now);
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
fn result(state: &Known, token: &str, now: Moment) -> Value {
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
pub async fn log_out(caller: Caller, State(emby): State<Emby>) -> Answer {
    let now = emby.now();
    take_back(&mut emby.state(), now, |token, _| token == caller.token);
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
