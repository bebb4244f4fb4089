//! Who the server is, and its libraries.

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, done, t};
use media::remote::{Probe, RemoteLibrary};

use super::call::{Caller, Doing, LIMIT};
use super::wire::{PublicInfo, VirtualFolder, plain_id};
use crate::media::mediabrowser::wire::{kind, number};

/// The oldest version whose calls we use.
const OLDEST: (u32, u32) = (10, 9);
/// The first version that takes no older way of carrying a token.
const STRICT: (u32, u32) = (12, 0);

/// First without a key, so that "not a Jellyfin" and "wrong key" are told apart; then with it.
pub(super) async fn probe(caller: &Caller) -> Outcome<Probe> {
    let info = done!(public_info(&caller.with_token(None)).await);
    let version = info.version.unwrap_or_default();
    if number(&version).is_none_or(|number| number < OLDEST) {
        return Outcome::Refused(Refusal::lasting(
            "too_old",
            t!(
                "{host} is Jellyfin {version}. Version 10.9 or later is needed; update the server first.",
                host = caller.host(),
                version = version
            ),
        ));
    }
    // What else the server says of itself any user's token reads; this only an administrator's or a key.
    let libraries = done!(libraries(caller).await);
    let mut notes = Vec::new();
    if number(&version).is_some_and(|number| number >= STRICT) {
        notes.push(t!(
            "This Jellyfin takes tokens in the Authorization header only, as Playhouse sends them. Older tools that use the same server may be refused as if their key were wrong."
        ));
    }
    Outcome::Done(Probe {
        identity: plain_id(&info.id.unwrap_or_default()),
        name: info.server_name.unwrap_or_else(|| caller.host()),
        version,
        notes,
        libraries: Some(libraries),
    })
}

/// Reads who answers at all. Refused with a sentence if it is not a Jellyfin that was set up.
pub(super) async fn public_info(caller: &Caller) -> Outcome<PublicInfo> {
    let url = caller.url(&["System", "Info", "Public"], &[]);
    let answer = done!(caller.send(Method::GET, url, None, LIMIT).await);
    let status = answer.status;
    if status.is_redirection()
        || status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
    {
        return caller.refused(&answer, Doing::Reading);
    }
    let info: Option<PublicInfo> = answer.json().filter(|_| status == StatusCode::OK);
    let Some(info) = info.filter(is_jellyfin) else {
        return Outcome::Refused(Refusal::lasting(
            "not_jellyfin",
            t!(
                "At {host} answers something, but not a Jellyfin. Check address and port, and the path if Jellyfin lives under one.",
                host = caller.host()
            ),
        ));
    };
    if info.startup_wizard_completed == Some(false) {
        return Outcome::Refused(Refusal::lasting(
            "not_set_up",
            t!(
                "The Jellyfin at {host} was not set up yet. Open it in a browser and finish its set-up first.",
                host = caller.host()
            ),
        ));
    }
    Outcome::Done(info)
}

/// Emby answers at the same path, without a product name.
fn is_jellyfin(info: &PublicInfo) -> bool {
    let named = info
        .product_name
        .as_deref()
        .is_some_and(|name| name.contains("Jellyfin"));
    named && info.id.is_some()
}

async fn folders(caller: &Caller) -> Outcome<Vec<VirtualFolder>> {
    let url = caller.url(&["Library", "VirtualFolders"], &[]);
    caller.get(url, LIMIT).await
}

/// What is refreshed is told of whole libraries only.
pub(super) async fn is_scanning(caller: &Caller, library: &str) -> Outcome<bool> {
    let folders = done!(folders(caller).await);
    Outcome::Done(folders.iter().any(|folder| {
        let id = folder.item_id.as_deref().map(plain_id);
        let status = folder.refresh_status.as_deref();
        id.as_deref() == Some(library) && status.is_some_and(|status| status != "Idle")
    }))
}

pub(super) async fn libraries(caller: &Caller) -> Outcome<Vec<RemoteLibrary>> {
    let folders = done!(folders(caller).await);
    let libraries = folders.into_iter().filter_map(|folder| {
        // A folder without an id was made a moment ago and is not scanned yet.
        let id = plain_id(&folder.item_id?);
        let kind = kind(folder.collection_type.as_deref());
        Some(RemoteLibrary {
            name: folder.name.unwrap_or_else(|| id.clone()),
            id,
            kind,
            locations: folder.locations,
        })
    });
    Outcome::Done(libraries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_numbers() {
        assert!(number("10.8.13").unwrap() < OLDEST);
        assert!(number("10.9.0").unwrap() >= OLDEST);
        assert!(number("10.11.5").unwrap() < STRICT);
        assert!(number("12.0-rc5").unwrap() >= STRICT);
        assert_eq!(number("unstable"), None);
    }
}
