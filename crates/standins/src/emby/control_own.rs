//! `/_control` of this stand-in alone: read the whole state, reset it, add to it.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::guid::Guid;
use super::seed::{self, Seed};
use super::state::State as Known;
use super::{Emby, session, sessions, zenith};

/// `GET /_control/state`
pub async fn show(State(emby): State<Emby>) -> Json<Value> {
    let now = emby.now();
    let mut state = emby.state();
    session::close_silent(&mut state, now);
    let all: Vec<Value> = sessions::in_order(&state)
        .iter()
        .map(|one| session::shown(&state, one, now))
        .collect();
    Json(json!({
        "server": {
            "id": state.facts.id,
            "name": state.facts.name,
            "version": state.facts.version,
            "devices": state.devices.len(),
            "devices_allowed": state.facts.devices_allowed(),
        },
        "users": users(&state),
        "user_count": state.users.len(),
        "libraries": state.libraries.iter().map(|library| json!({
            "id": library.number.to_string(), "guid": library.guid, "name": library.name,
        })).collect::<Vec<_>>(),
        "api_keys": state.keys.iter().map(|key| json!({ "key": key.token, "name": key.name }))
            .collect::<Vec<_>>(),
        "sessions": all,
        "commands": state.commands,
        "messages": state.commands.messages(),
        "connect_mails": state.connect.mails,
        "scans": state.tasks.scans,
        "calls": state.calls.counts,
        "recent_calls": state.calls.recent,
    }))
}

fn users(state: &Known) -> Vec<Value> {
    let mut tokens: HashMap<&Guid, usize> = HashMap::new();
    for sign_in in state.sign_ins.values() {
        *tokens.entry(&sign_in.user).or_default() += 1;
    }
    let shown = state.users.all().map(|user| {
        let libraries = state.libraries_for(user);
        let names: Vec<&String> = libraries.iter().map(|library| &library.name).collect();
        json!({
            "id": user.id,
            "name": user.name,
            "password": user.password,
            "policy": user.policy,
            "configuration": user.configuration,
            "libraries": names,
            "tokens": tokens.get(&user.id).copied().unwrap_or(0),
            "connect": user.link.as_ref().map(|link| json!({
                "name": link.name, "is_pending": link.is_pending,
            })),
        })
    });
    shown.collect()
}

/// `?after=COUNT` of an earlier answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Since {
    after: u64,
}

/// `GET /_control/calls`
pub async fn calls(State(emby): State<Emby>, Query(since): Query<Since>) -> Json<Value> {
    Json(emby.state().calls.since(since.after))
}

/// `POST /_control/reset`: a fresh Zenith, without faults.
pub async fn reset(State(emby): State<Emby>) -> StatusCode {
    emby.stage.faults.clear();
    let fresh = zenith::state(emby.now());
    *emby.state() = fresh;
    StatusCode::NO_CONTENT
}

/// `POST /_control/seed`: see [`Seed`]. Answers with the libraries' `Guid`s by name.
pub async fn sow(State(emby): State<Emby>, Json(seed): Json<Seed>) -> Response {
    let now = emby.now();
    let mut state = emby.state();
    if let Err(why) = seed::sow(&mut state, seed, now) {
        let why = Json(json!({ "error": why }));
        return (StatusCode::UNPROCESSABLE_ENTITY, why).into_response();
    }
    let libraries: HashMap<&str, &Guid> = state
        .libraries
        .iter()
        .map(|library| (library.name.as_str(), &library.guid))
        .collect();
    Json(json!({
        "server_id": state.facts.id,
        "version": state.facts.version,
        "libraries": libraries,
        "user_count": state.users.len(),
    }))
    .into_response()
}
