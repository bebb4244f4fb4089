//! Devices: all that were ever signed in on. They stay after a sign-out and count for the licence until they
//! are deleted, which signs out everybody on them.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, Sent, done, page_of, shown};
use super::auth::Elevated;
use super::described::Device;
use super::guid::Guid;
use super::moment::Moment;
use super::sign_in;
use super::state::State as Known;

/// A device as the server keeps it.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// What routes take as `Id`: a short number of the server's own.
    pub internal_id: u32,
    pub device: Device,
    pub last_user: Guid,
    pub last_activity: Moment,
    pub custom_name: Option<String>,
}

#[derive(Debug, Default)]
pub struct Devices {
    known: Vec<KnownDevice>,
    counted: u32,
}

impl Devices {
    /// Notes that a user was there with this device.
    pub fn note(&mut self, device: &Device, user: &Guid, now: Moment) {
        if let Some(known) = self.known.iter_mut().find(|one| one.device.id == device.id) {
            known.device = device.clone();
            known.last_user = user.clone();
            known.last_activity = now;
            return;
        }
        self.counted += 1;
        self.known.push(KnownDevice {
            internal_id: self.counted,
            device: device.clone(),
            last_user: user.clone(),
            last_activity: now,
            custom_name: None,
        });
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// By the id that the client gave itself.
    pub fn reported(&self, id: &str) -> Option<&KnownDevice> {
        self.known.iter().find(|one| one.device.id == id)
    }

    /// Whether the licence covers this device: those that came first are covered.
    pub fn is_covered(&self, id: &str, allowed: usize) -> bool {
        let at = self.known.iter().position(|one| one.device.id == id);
        at.is_none_or(|at| at < allowed)
    }

    fn numbered(&mut self, id: &str) -> Result<&mut KnownDevice, Refusal> {
        let number = id.parse::<u32>().ok();
        let found = self
            .known
            .iter_mut()
            .find(|one| Some(one.internal_id) == number);
        found.ok_or_else(|| Refusal::not_found("Device"))
    }
}

/// `GET /Devices?SortOrder=`
pub async fn list(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let state = emby.state();
    let mut known: Vec<&KnownDevice> = state.devices.known.iter().collect();
    known.sort_by_key(|one| one.last_activity);
    if asked.text("SortOrder") != Some("Ascending") {
        known.reverse();
    }
    let all: Vec<Value> = known.into_iter().map(|one| describe(&state, one)).collect();
    shown(page_of(&all, &asked))
}

/// `GET /Devices/Info?Id=`
pub async fn show(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let id = asked.required("Id")?;
    let mut state = emby.state();
    let found = state.devices.numbered(id)?.clone();
    shown(describe(&state, &found))
}

/// `GET /Devices/Options?Id=`
pub async fn show_options(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let id = asked.required("Id")?;
    let mut state = emby.state();
    shown(json!({ "CustomName": state.devices.numbered(id)?.custom_name }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Options {
    custom_name: Option<String>,
}

/// `POST /Devices/Options?Id=`
pub async fn set_options(
    _: Elevated,
    State(emby): State<Emby>,
    asked: Asked,
    Sent(options): Sent<Options>,
) -> Answer {
    let id = asked.required("Id")?;
    let mut state = emby.state();
    state.devices.numbered(id)?.custom_name = options.custom_name.filter(|name| !name.is_empty());
    state.sessions_version += 1;
    done()
}

/// `DELETE /Devices?Id=`, `POST /Devices/Delete?Id=`: the number, not what the client calls itself.
pub async fn remove(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let id = asked.required("Id")?;
    let now = emby.now();
    let mut state = emby.state();
    let reported = state.devices.numbered(id)?.device.id.clone();
    state.devices.known.retain(|one| one.device.id != reported);
    sign_in::take_back(&mut state, now, |_, one| one.device.id == reported);
    done()
}

/// `Devices.DeviceInfo` of the published contract.
fn describe(state: &Known, one: &KnownDevice) -> Value {
    json!({
        "Name": one.custom_name.as_ref().unwrap_or(&one.device.name),
        "Id": one.internal_id.to_string(),
        "InternalId": one.internal_id,
        "ReportedDeviceId": one.device.id,
        "LastUserName": state.users.find(&one.last_user).map(|user| &user.name),
        "AppName": one.device.client,
        "AppVersion": one.device.version,
        "LastUserId": one.last_user,
        "DateLastActivity": one.last_activity,
        "IpAddress": "127.0.0.1",
    })
}
