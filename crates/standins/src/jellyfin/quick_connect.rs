//! Quick Connect: a device shows six digits, somebody signed in approves them, the device is let in.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, Sent, shown};
use super::auth::{Caller, Unproven};
use super::guid::{Guid, six_digits};
use super::moment::Moment;
use super::sign_in;
use super::state::{Device, State as Known};

/// How long a code waits for approval, and then for the device to fetch its token.
const VALID_FOR_MS: i64 = 10 * 60_000;

const NOT_ACTIVE: Refusal =
    Refusal::Sentence(StatusCode::UNAUTHORIZED, "Quick connect is not active");
const UNKNOWN_SECRET: Refusal = Refusal::Sentence(StatusCode::NOT_FOUND, "Unknown secret");
const UNKNOWN_USER: Refusal = Refusal::Sentence(StatusCode::FORBIDDEN, "Unknown user id");

/// A device that asks to be let in.
#[derive(Debug, Clone)]
pub struct QuickConnect {
    pub secret: String,
    pub code: String,
    pub device: Device,
    pub asked_at: Moment,
    /// The token that waits for the device, once somebody has approved.
    pub token: Option<String>,
}

impl QuickConnect {
    /// `QuickConnectResult` of the published contract.
    fn shown(&self) -> Value {
        json!({
            "Authenticated": self.token.is_some(),
            "Secret": self.secret,
            "Code": self.code,
            "DeviceId": self.device.id,
            "DeviceName": self.device.name,
            "AppName": self.device.client,
            "AppVersion": self.device.version,
            "DateAdded": self.asked_at,
        })
    }
}

/// `GET /QuickConnect/Enabled`
pub async fn is_enabled(State(jellyfin): State<Jellyfin>) -> Answer {
    shown(jellyfin.state().facts.quick_connect)
}

/// `POST /QuickConnect/Initiate`
pub async fn initiate(State(jellyfin): State<Jellyfin>, Unproven(carried): Unproven) -> Answer {
    let now = jellyfin.now();
    let mut state = active(&jellyfin)?;
    let device = carried.device;
    if !device.is_described() {
        return Err(Refusal::BAD_ARGUMENT);
    }
    let taken = |code: &String| state.quick_connects.iter().any(|other| other.code == *code);
    let code = std::iter::repeat_with(six_digits)
        .take(1_000)
        .find(|code| !taken(code))
        .ok_or(Refusal::BAD_ARGUMENT)?;
    let secret = format!("{}{}", Guid::fresh(), Guid::fresh());
    let request = QuickConnect {
        secret,
        code,
        device,
        asked_at: now,
        token: None,
    };
    let answer = request.shown();
    state.quick_connects.push(request);
    shown(answer)
}

/// `GET /QuickConnect/Connect?secret=`: the device asks whether it was approved.
pub async fn state(State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let secret = asked.required("secret")?;
    let state = active(&jellyfin)?;
    let request = state
        .quick_connects
        .iter()
        .find(|request| request.secret == secret);
    shown(request.ok_or(UNKNOWN_SECRET)?.shown())
}

/// `POST /QuickConnect/Authorize?code=&userId=`: for oneself, or by an administrator for anybody.
pub async fn authorize(caller: Caller, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let code = asked.required("code")?;
    let user = caller
        .meant(&asked)
        .map_err(|_| UNKNOWN_USER)?
        .ok_or(UNKNOWN_USER)?;
    let now = jellyfin.now();
    let mut state = active(&jellyfin)?;
    if state.users.find(&user).is_none() {
        return Err(UNKNOWN_USER);
    }
    let at = state
        .quick_connects
        .iter()
        .position(|request| request.code == code);
    let at = at.ok_or(Refusal::UNKNOWN)?;
    if state.quick_connects[at].token.is_some() {
        return Err(Refusal::Inner(StatusCode::INTERNAL_SERVER_ERROR));
    }
    let device = state.quick_connects[at].device.clone();
    let token = sign_in::admit(&mut state, &user, &device, now)?;
    state.quick_connects[at].token = Some(token);
    shown(true)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    secret: String,
}

/// `POST /Users/AuthenticateWithQuickConnect`: the approved device fetches its token.
pub async fn sign_in(State(jellyfin): State<Jellyfin>, Sent(given): Sent<Secret>) -> Answer {
    let now = jellyfin.now();
    let state = active(&jellyfin)?;
    let request = state
        .quick_connects
        .iter()
        .find(|request| request.secret == given.secret);
    let token = request
        .and_then(|request| request.token.as_deref())
        .ok_or(Refusal::UNKNOWN)?;
    match sign_in::result(&state, token, now) {
        Value::Null => Err(Refusal::UNKNOWN),
        result => shown(result),
    }
}

/// The state without the requests whose time is over; refused while Quick Connect is off.
fn active(jellyfin: &Jellyfin) -> Result<std::sync::MutexGuard<'_, Known>, Refusal> {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    state
        .quick_connects
        .retain(|request| now.since(request.asked_at) <= VALID_FOR_MS);
    if state.facts.quick_connect {
        Ok(state)
    } else {
        Err(NOT_ACTIVE)
    }
}
