//! What the server says about itself, with and without a token.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, shown};
use super::auth::Caller;

/// `GET /System/Info/Public`
pub async fn public_info(State(jellyfin): State<Jellyfin>) -> Answer {
    shown(about(&jellyfin))
}

/// `GET /System/Info`
pub async fn info(_: Caller, State(jellyfin): State<Jellyfin>) -> Answer {
    let mut info = about(&jellyfin);
    let more = json!({
        "HasPendingRestart": false,
        "IsShuttingDown": false,
        "SupportsLibraryMonitor": true,
        "WebSocketPortNumber": 8096,
        "CompletedInstallations": [],
        "CanSelfRestart": true,
        "CanLaunchWebBrowser": false,
        "ProgramDataPath": "/var/lib/jellyfin",
        "WebPath": "/usr/share/jellyfin/web",
        "ItemsByNamePath": "/var/lib/jellyfin/metadata",
        "CachePath": "/var/cache/jellyfin",
        "LogPath": "/var/log/jellyfin",
        "InternalMetadataPath": "/var/lib/jellyfin/metadata",
        "TranscodingTempPath": "/var/cache/jellyfin/transcodes",
        "CastReceiverApplications": [
            { "Id": "F007D354", "Name": "Stable" },
            { "Id": "6F511C87", "Name": "Unstable" },
        ],
        "HasUpdateAvailable": false,
        "EncoderLocation": "System",
        "SystemArchitecture": "X64",
        "OperatingSystemDisplayName": "",
    });
    if let (Value::Object(info), Value::Object(more)) = (&mut info, more) {
        info.extend(more);
    }
    shown(info)
}

fn about(jellyfin: &Jellyfin) -> Value {
    let facts = &jellyfin.state().facts;
    json!({
        "LocalAddress": jellyfin.stage.base_url,
        "ServerName": facts.name,
        "Version": facts.version,
        "ProductName": "Jellyfin Server",
        "OperatingSystem": "",
        "Id": facts.id,
        "StartupWizardCompleted": true,
    })
}

/// `GET|POST /System/Ping`
pub async fn ping() -> Answer {
    shown("Jellyfin Server")
}

/// `GET /health`
pub async fn health() -> &'static str {
    "Healthy"
}

/// `GET /Branding/Configuration`
pub async fn branding() -> Answer {
    shown(json!({ "LoginDisclaimer": "", "CustomCss": "", "SplashscreenEnabled": false }))
}

/// `GET /`
pub async fn home() -> Redirect {
    Redirect::temporary("/web/")
}

/// `GET /web/`: where people arrive who follow the server's address.
pub async fn web(State(jellyfin): State<Jellyfin>) -> Response {
    let name = jellyfin
        .state()
        .facts
        .name
        .replace(['<', '>', '&', '"'], " ");
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title>\
         <h1>{name}</h1><p>This is a stand-in for a Jellyfin server. It speaks to programs: \
         sign in with a Jellyfin client at this address.</p></html>"
    ))
    .into_response()
}
