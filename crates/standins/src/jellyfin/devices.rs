//! Devices: every client that holds a sign-in, listed once for each user of it (jellyfin/jellyfin
//! `DeviceManager.GetDevicesForUser`, 10.10). Deleting one signs out everybody on it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, Sent, done, page_of, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::sign_in;
use super::state::{SignIn, State as Known};

const NOT_FOUND: Refusal = Refusal::Problem(StatusCode::NOT_FOUND);

/// `GET /Devices?userId=`
pub async fn list(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let user = asked
        .text("userId")
        .map(|text| Guid::parse(text).ok_or(Refusal::BAD_ARGUMENT));
    let user = user.transpose()?;
    let state = jellyfin.state();
    let mut sign_ins: Vec<&SignIn> = state.sign_ins.values().collect();
    sign_ins.sort_by_key(|one| std::cmp::Reverse(one.last_activity));
    let devices: Vec<Value> = sign_ins
        .into_iter()
        .filter(|one| user.as_ref().is_none_or(|user| one.user == *user))
        .map(|one| describe(&state, one))
        .collect();
    shown(page_of(&devices, &asked))
}

/// `GET /Devices/Info?id=`
pub async fn show(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let id = asked.required("id")?;
    let state = jellyfin.state();
    let device = latest(&state).get(id).map(|one| describe(&state, one));
    shown(device.ok_or(NOT_FOUND)?)
}

/// `GET /Devices/Options?id=`
pub async fn show_options(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let id = asked.required("id")?;
    let state = jellyfin.state();
    let name = state.device_names.get(id).ok_or(NOT_FOUND)?;
    shown(json!({ "Id": 1, "DeviceId": id, "CustomName": name }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Options {
    custom_name: Option<String>,
}

/// `POST /Devices/Options?id=`
pub async fn set_options(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    asked: Asked,
    Sent(options): Sent<Options>,
) -> Answer {
    let id = asked.required("id")?.to_owned();
    let mut state = jellyfin.state();
    match options.custom_name.filter(|name| !name.is_empty()) {
        Some(name) => state.device_names.insert(id, name),
        None => state.device_names.remove(&id),
    };
    state.sessions_version += 1;
    done()
}

/// `DELETE /Devices?id=`: one id and 404 up to 10.11; from 12 any number, and 400 if one is unknown.
pub async fn remove(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let mut ids: Vec<&str> = asked.all("id").collect();
    if ids.is_empty() {
        return Err(Refusal::required("id"));
    }
    let is_twelve = state.facts.version.is_twelve();
    if !is_twelve {
        ids.truncate(1);
    }
    let is_known = |id: &&str| state.sign_ins.values().any(|one| one.device.id == **id);
    if !ids.iter().all(is_known) {
        let status = if is_twelve {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::NOT_FOUND
        };
        return Err(Refusal::Problem(status));
    }
    sign_in::take_back(&mut state, now, |_, one| {
        ids.contains(&one.device.id.as_str())
    });
    done()
}

/// The latest sign-in of each device, by its id.
fn latest(state: &Known) -> BTreeMap<&str, &SignIn> {
    let mut devices: BTreeMap<&str, &SignIn> = BTreeMap::new();
    for one in state.sign_ins.values() {
        let newest = devices.entry(&one.device.id).or_insert(one);
        if one.last_activity > newest.last_activity {
            *newest = one;
        }
    }
    devices
}

/// `DeviceInfoDto` of the published contract. The token itself is not shown, as on the real server.
fn describe(state: &Known, one: &SignIn) -> Value {
    let mut device = json!({
        "Name": one.device.name,
        "Id": one.device.id,
        "LastUserName": state.users.find(&one.user).map(|user| &user.name),
        "AppName": one.device.client,
        "AppVersion": one.device.version,
        "LastUserId": one.user,
        "DateLastActivity": one.last_activity,
        "Capabilities": {
            "PlayableMediaTypes": [],
            "SupportedCommands": [],
            "SupportsMediaControl": false,
            "SupportsPersistentIdentifier": true,
        },
    });
    if let Some(name) = state.device_names.get(&one.device.id) {
        device["CustomName"] = json!(name);
    }
    device
}
