//! `/_control/play`: a simulated client starts, pauses, goes on with and stops a stream.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::guid::Guid;
use super::moment::{Moment, TICKS_PER_MS};
use super::session::{self, Method, Playing};
use super::state::{Device, State as Known};
use super::{Emby, items, sign_in};

/// What to play and where. `session_id` (of an earlier start) can stand for user and device.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    action: Action,
    #[serde(default)]
    session_id: Option<Guid>,
    #[serde(default)]
    user: String,
    #[serde(default)]
    device_id: Option<String>,
    #[serde(default)]
    device: Option<String>,
    #[serde(default)]
    client: Option<String>,
    /// Name or number of an item; absent: the first that the user may see.
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    method: Method,
    #[serde(default)]
    remote_end_point: Option<String>,
    #[serde(default)]
    position_s: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Start,
    Pause,
    Unpause,
    Stop,
}

/// Why a real client could not do this: the server would not let it.
struct Prevented(&'static str);

/// `POST /_control/play`: 409 with the reason where a real client would be refused.
pub async fn order(State(emby): State<Emby>, Json(order): Json<Order>) -> Response {
    let now = emby.now();
    let mut state = emby.state();
    let outcome = match order.action {
        Action::Start => start(&mut state, &order, now),
        _ => change(&mut state, &order, now),
    };
    match outcome {
        Ok(answer) => Json(answer).into_response(),
        Err(Prevented(why)) => {
            (StatusCode::CONFLICT, Json(json!({ "refused": why }))).into_response()
        }
    }
}

fn start(state: &mut Known, order: &Order, now: Moment) -> Result<Value, Prevented> {
    let user = state.users.named(&order.user);
    let user = user.ok_or(Prevented("there is no such user"))?;
    if user.policy.is_disabled {
        return Err(Prevented("the user is disabled"));
    }
    let device = device_of(order);
    if let Some(why) = items::refused(state, user, &device) {
        return Err(Prevented(why));
    }
    let wanted = |name: &str, number: u32| {
        order
            .item
            .as_deref()
            .is_none_or(|it| it == name || it == number.to_string())
    };
    let item = state
        .items_for(Some(user))
        .find(|item| wanted(&item.name, item.number));
    let item = item.ok_or(Prevented("the user sees no such item"))?.number;
    let user = user.id.clone();
    let token = signed_in(state, &user, &device, now)?;
    let id = session::touch(state, &user, &device, now);
    if let (Some(session), Some(address)) = (state.sessions.get_mut(&id), &order.remote_end_point) {
        session.remote_end_point.clone_from(address);
    }
    let playing = Playing {
        item,
        method: order.method,
        position_ticks: order.position_s * 1000 * TICKS_PER_MS,
        as_of: now,
        paused_since: None,
        is_simulated: true,
    };
    session::start_playing(state, &id, playing, now);
    Ok(json!({ "session_id": id, "token": token, "device_id": device.id }))
}

/// The token that the user has on this device, or a new one.
fn signed_in(
    state: &mut Known,
    user: &Guid,
    device: &Device,
    now: Moment,
) -> Result<String, Prevented> {
    let known = state
        .sign_ins
        .iter()
        .find(|(_, one)| one.user == *user && one.device == *device);
    if let Some((token, _)) = known {
        return Ok(token.clone());
    }
    sign_in::admit(state, user, device, now)
        .map_err(|_| Prevented("the user may not sign in on this device"))
}

fn change(state: &mut Known, order: &Order, now: Moment) -> Result<Value, Prevented> {
    let id = order
        .session_id
        .clone()
        .unwrap_or_else(|| session::id_of(&device_of(order)));
    let session = state.sessions.get_mut(&id);
    let session = session.ok_or(Prevented("there is no such session"))?;
    let playing = session.playing.as_mut();
    let playing = playing.ok_or(Prevented("nothing is playing there"))?;
    session.last_activity = now;
    let number = playing.item;
    let item = state.items.iter().find(|item| item.number == number);
    match order.action {
        Action::Pause => playing.pause(now),
        Action::Unpause => playing.go_on(now, item.map_or(0, |item| item.runtime_ticks)),
        Action::Start | Action::Stop => session::stop_playing(state, &id, now),
    }
    state.sessions_version += 1;
    Ok(json!({ "session_id": id }))
}

fn device_of(order: &Order) -> Device {
    let user = order.user.to_lowercase();
    let or = |said: &Option<String>, otherwise: &str| {
        said.clone().unwrap_or_else(|| otherwise.to_owned())
    };
    Device {
        id: or(&order.device_id, &format!("tv-of-{user}")),
        name: or(&order.device, "Living room TV"),
        client: or(&order.client, "Emby for Android TV"),
        version: "2.0.95g".to_owned(),
    }
}
