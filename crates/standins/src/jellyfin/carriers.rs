//! The ways in which a request carries its token and says which device it comes from.
//!
//! `Authorization: MediaBrowser Client="…", Device="…", DeviceId="…", Version="…", Token="…"` and the query
//! `ApiKey` always count. `X-Emby-Authorization`, the scheme `Emby`, `X-Emby-Token`, `X-MediaBrowser-Token`
//! and the query `api_key` are legacy: a server that does not take them does not see them at all.

use axum::http::{HeaderMap, header};

use super::answer::Asked;
use super::state::Device;

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
        .and_then(|line| parameters(line, takes_legacy))
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

/// The `name="value"` pairs after the scheme, in any order, decoded. `None`: a scheme that is not taken.
fn parameters(line: &str, takes_legacy: bool) -> Option<Vec<(String, String)>> {
    let (scheme, rest) = line.trim().split_once(' ')?;
    let is_taken = scheme.eq_ignore_ascii_case("MediaBrowser")
        || (takes_legacy && scheme.eq_ignore_ascii_case("Emby"));
    is_taken.then(|| {
        split_outside_quotes(rest)
            .iter()
            .filter_map(|part| pair(part))
            .collect()
    })
}

/// A comma inside of quotes belongs to the value: `Device="Mara's TV, upstairs"`.
fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|sign: char| {
        if sign == '"' {
            is_quoted = !is_quoted;
        }
        sign == ',' && !is_quoted
    })
    .collect()
}

fn pair(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    let value = value.trim();
    let bare = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    Some((name.trim().to_owned(), decoded(bare)))
}

/// Percent signs and pluses are undone; what is not valid is left as it came.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = match first {
            b'%' => after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()),
            _ => None,
        }
        .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, first) {
            (Some(byte), _) => {
                bytes.push(byte);
                rest = &after[2..];
                continue;
            }
            (None, b'+') => bytes.push(b' '),
            (None, other) => bytes.push(*other),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
