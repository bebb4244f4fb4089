//! The devices that are signed in on a server of either kind, and signing one out.

use http::StatusCode;
use kit::{Outcome, Timestamp, done};
use media::RemoteRef;
use media::help::RemoteDevice;
use serde::Deserialize;

use super::call::{Caller, LIMIT};
use super::wire::{moment, plain_id};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Devices {
    #[serde(default)]
    items: Vec<Device>,
}

/// `DeviceInfoDto`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Device {
    id: String,
    #[serde(default)]
    name: Option<String>,
    /// Jellyfin's; Emby puts it into the name.
    #[serde(default)]
    custom_name: Option<String>,
    #[serde(default)]
    app_name: Option<String>,
    #[serde(default)]
    last_user_id: Option<String>,
    #[serde(default)]
    last_user_name: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    date_last_activity: Option<Timestamp>,
}

impl From<Device> for RemoteDevice {
    fn from(device: Device) -> Self {
        let user = device.last_user_id.filter(|id| !id.is_empty());
        Self {
            name: device
                .custom_name
                .or(device.name)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| device.id.clone()),
            id: device.id,
            app: device.app_name.unwrap_or_default(),
            user: user.map(|id| RemoteRef::new(plain_id(&id))),
            user_name: device.last_user_name.unwrap_or_default(),
            last_active_at: device.date_last_activity,
        }
    }
}

/// All of them in one call; Jellyfin lists a device once for each of its users, Emby with its last user alone.
pub(in crate::media) async fn list(caller: &Caller) -> Outcome<Vec<RemoteDevice>> {
    let url = caller.url(&["Devices"], &[]);
    let devices: Devices = done!(caller.get(url, LIMIT).await);
    Outcome::Done(devices.items.into_iter().map(RemoteDevice::from).collect())
}

/// `query` is the name that the kind gives the id: Emby writes it with a capital.
pub(in crate::media) async fn remove(caller: &Caller, query: &str, id: &str) -> Outcome<()> {
    let url = caller.url(&["Devices"], &[(query, id)]);
    let answer = done!(caller.delete(url).await);
    match answer.status {
        // Gone already.
        StatusCode::NOT_FOUND => Outcome::Done(()),
        _ => caller.written(&answer),
    }
}
