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
use super::session;
use super::sessions;
use super::state::State as Known;
use super::{Jellyfin, aurora};

/// `GET /_control/state`
pub async fn show(State(jellyfin): State<Jellyfin>) -> Json<Value> {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
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
            "legacy_authorization": state.facts.takes_legacy_carriers(),
            "quick_connect": state.facts.quick_connect,
        },
        "users": users(&state),
        "user_count": state.users.len(),
        "libraries": state.libraries.iter().map(|library| json!({
            "id": library.id, "name": library.name, "collection_type": library.collection_type,
            "items": state.items.iter().filter(|item| item.library == library.id)
                .map(|item| json!({ "id": item.id, "name": item.name })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "api_keys": state.keys.iter().map(|key| json!({ "key": key.token, "name": key.name }))
            .collect::<Vec<_>>(),
        "sessions": all,
        "commands": state.commands,
        "messages": state.commands.messages(),
        "scans": state.orders.scans,
        "subtitles": state.orders.subtitles,
        "calls": state.calls.counts,
        "recent_calls": state.calls.recent,
    }))
}

fn users(state: &Known) -> Vec<Value> {
    let mut tokens: HashMap<&Guid, usize> = HashMap::new();
    for sign_in in state.sign_ins.values() {
        *tokens.entry(&sign_in.user).or_default() += 1;
    }
    state
        .users
        .all()
        .map(|user| {
            json!({
                "id": user.id,
                "name": user.name,
                "password": user.password,
                "policy": user.policy,
                "libraries": state.libraries_for(user).iter().map(|library| &library.name)
                    .collect::<Vec<_>>(),
                "tokens": tokens.get(&user.id).copied().unwrap_or(0),
            })
        })
        .collect()
}

/// `?after=COUNT` of an earlier answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Since {
    after: u64,
}

/// `GET /_control/calls`: how many calls there were, and those after the given count, as far as they are kept.
pub async fn calls(State(jellyfin): State<Jellyfin>, Query(since): Query<Since>) -> Json<Value> {
    Json(jellyfin.state().calls.since(since.after))
}

/// `POST /_control/reset`: a fresh Aurora, without faults.
pub async fn reset(State(jellyfin): State<Jellyfin>) -> StatusCode {
    jellyfin.stage.faults.clear();
    let fresh = aurora::state(jellyfin.now());
    *jellyfin.state() = fresh;
    StatusCode::NO_CONTENT
}

/// `POST /_control/seed`: see [`Seed`]. Answers with ids by name.
pub async fn sow(State(jellyfin): State<Jellyfin>, Json(seed): Json<Seed>) -> Response {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    if let Err(why) = seed::sow(&mut state, seed, now) {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(json!({ "error": why })),
        )
            .into_response();
    }
    let libraries: HashMap<&str, &Guid> = state
        .libraries
        .iter()
        .map(|library| (library.name.as_str(), &library.id))
        .collect();
    Json(json!({
        "server_id": state.facts.id,
        "version": state.facts.version,
        "libraries": libraries,
        "user_count": state.users.len(),
    }))
    .into_response()
}
