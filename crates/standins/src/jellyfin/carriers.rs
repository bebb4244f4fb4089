//! The ways in which a request carries its token and says which device it comes from.
//!
//! `Authorization: MediaBrowser Client="…", Device="…", DeviceId="…", Version="…", Token="…"` and the query
//! `ApiKey` always count. `X-Emby-Authorization`, the scheme `Emby`, `X-Emby-Token`, `X-MediaBrowser-Token`
//! and the query `api_key` are legacy: a server that does not take them does not see them at all.

use axum::http::{HeaderMap, header};

use super::answer::Asked;
use super::described::{Device, parameters};

/// What a request says about who sends it. Nothing here is checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    pub token: Option<String>,
    pub device: Device,
}

/// Reads all carriers that this server takes.
pub fn read(headers: &HeaderMap, query: &Asked, takes_legacy: bool) -> Carried {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let modern = text(header::AUTHORIZATION.as_str());
    let described = if takes_legacy {
        text("X-Emby-Authorization").or(modern)
    } else {
        modern
    };

    let mut carried = described
        .and_then(|line| parameters(line, schemes(takes_legacy)))
        .map(from_parameters)
        .unwrap_or_default();
    let legacy = |value: Option<&str>| value.filter(|_| takes_legacy).map(str::to_owned);
    carried.token = carried
        .token
        .or_else(|| legacy(text("X-Emby-Token")))
        .or_else(|| legacy(text("X-MediaBrowser-Token")))
        .or_else(|| query.text("ApiKey").map(str::to_owned))
        .or_else(|| legacy(query.text("api_key")))
        .filter(|token| !token.is_empty());
    carried
}

fn from_parameters(pairs: Vec<(String, String)>) -> Carried {
    let mut carried = Carried::default();
    for (name, value) in pairs {
        match name.to_ascii_lowercase().as_str() {
            "token" => carried.token = Some(value).filter(|token| !token.is_empty()),
            "client" => carried.device.client = value,
            "device" => carried.device.name = value,
            "deviceid" => carried.device.id = value,
            "version" => carried.device.version = value,
            _ => {}
        }
    }
    carried
}

fn schemes(takes_legacy: bool) -> &'static [&'static str] {
    if takes_legacy {
        &["MediaBrowser", "Emby"]
    } else {
        &["MediaBrowser"]
    }
}
