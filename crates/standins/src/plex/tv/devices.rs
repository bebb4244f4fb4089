//! The programs that are signed in for an account: its own, never its members'.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Tv;
use super::super::answer::{Answer, Refused, obeyed, v1};
use super::auth::Signed;
use super::sign_in;

/// `GET /devices.xml`
pub async fn list(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let mine = world
        .devices
        .iter()
        .filter(|one| one.account == signed.account);
    let rows: Vec<Value> = mine
        .map(|device| {
            json!({
                "id": device.id,
                "name": device.name,
                "publicAddress": "203.0.113.7",
                "product": device.product,
                "productVersion": device.version,
                "platform": device.platform,
                "platformVersion": "",
                "device": device.hardware,
                "model": "hosted",
                "vendor": "",
                "provides": "",
                "clientIdentifier": device.client,
                "version": device.version,
                "token": device.token,
                "createdAt": device.created.seconds(),
                "lastSeenAt": device.last_seen.seconds(),
                "screenResolution": "",
                "screenDensity": "",
            })
        })
        .collect();
    v1(
        "MediaContainer",
        json!({ "publicAddress": "203.0.113.7", "size": rows.len(), "Device": rows }),
    )
}

/// `DELETE /devices/{id}.xml`: its token ends with it.
pub async fn remove(signed: Signed, State(tv): State<Tv>, Path(device): Path<String>) -> Answer {
    let id: u64 = device
        .trim_end_matches(".xml")
        .parse()
        .map_err(|_| Refused::missing_v1())?;
    let mut world = tv.world();
    let mut mine = world.devices.iter();
    let found = mine.find(|one| one.id == id && one.account == signed.account);
    let token = found.ok_or_else(Refused::missing_v1)?.token.clone();
    sign_in::forget(&mut world, &token);
    obeyed()
}
