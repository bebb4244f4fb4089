//! What the server says about itself, with and without a token.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, page_of, shown};
use super::auth::{Caller, Elevated};

/// `GET /System/Info/Public`: no product name, unlike Jellyfin.
pub async fn public_info(State(emby): State<Emby>) -> Answer {
    shown(about(&emby))
}

/// `GET /System/Info`
pub async fn info(_: Caller, State(emby): State<Emby>) -> Answer {
    let mut info = about(&emby);
    let more = json!({
        "SystemUpdateLevel": "Release",
        "OperatingSystemDisplayName": "Linux",
        "PackageName": "emby-server-deb_{version}_amd64.deb",
        "HasPendingRestart": false,
        "IsShuttingDown": false,
        "HasImageEnhancers": false,
        "OperatingSystem": "Linux",
        "SupportsLibraryMonitor": true,
        "SupportsLocalPortConfiguration": true,
        "SupportsWakeServer": false,
        "WebSocketPortNumber": 8096,
        "CompletedInstallations": [],
        "CanSelfRestart": true,
        "CanSelfUpdate": false,
        "CanLaunchWebBrowser": false,
        "ProgramDataPath": "/var/lib/emby",
        "ItemsByNamePath": "/var/lib/emby/metadata",
        "CachePath": "/var/lib/emby/cache",
        "LogPath": "/var/lib/emby/logs",
        "InternalMetadataPath": "/var/lib/emby/metadata",
        "TranscodingTempPath": "/var/lib/emby/transcoding-temp",
        "HttpServerPortNumber": 8096,
        "SupportsHttps": false,
        "HttpsPortNumber": 8920,
        "HasUpdateAvailable": false,
        "SupportsAutoRunAtStartup": false,
        "HardwareAccelerationRequiresPremiere": true,
        "WakeOnLanInfo": [],
    });
    if let (Value::Object(info), Value::Object(more)) = (&mut info, more) {
        info.extend(more);
    }
    shown(info)
}

fn about(emby: &Emby) -> Value {
    let facts = &emby.state().facts;
    json!({
        "LocalAddress": emby.stage.base_url,
        "LocalAddresses": [],
        "RemoteAddresses": [],
        "ServerName": facts.name,
        "Version": facts.version,
        "Id": facts.id,
    })
}

/// `GET|HEAD|POST /System/Ping`
pub async fn ping() -> &'static str {
    "Emby Server"
}

/// `GET /System/Endpoint`
pub async fn endpoint(_: Caller) -> Answer {
    shown(json!({ "IsLocal": true, "IsInNetwork": true }))
}

/// `GET /Branding/Configuration`
pub async fn branding() -> Answer {
    shown(json!({ "LoginDisclaimer": "", "CustomCss": "" }))
}

/// `GET /Sync/Jobs`: downloads to devices.
pub async fn downloads(_: Elevated, State(emby): State<Emby>) -> Answer {
    let state = emby.state();
    shown(page_of(&state.downloads, &super::answer::Asked::default()))
}

/// `GET /`
pub async fn home() -> Redirect {
    Redirect::temporary("/web/index.html")
}

/// `GET /web/index.html`: where people arrive who follow the server's address.
pub async fn web(State(emby): State<Emby>) -> Response {
    let name = emby.state().facts.name.replace(['<', '>', '&', '"'], " ");
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title>\
         <h1>{name}</h1><p>This is a stand-in for an Emby server. It speaks to programs: \
         sign in with an Emby client at this address.</p></html>"
    ))
    .into_response()
}
