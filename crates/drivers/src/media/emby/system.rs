//! Who the server is, and its libraries.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, done, t};
use media::remote::{Probe, RemoteLibrary};
use serde::Deserialize;

use crate::media::mediabrowser::call::{Caller, Doing, LIMIT};
use crate::media::mediabrowser::wire::{PublicInfo, kind, number, plain_id};

/// The oldest version whose calls we use.
const OLDEST: (u32, u32) = (4, 8);

/// First without a key, so that "not an Emby" and "wrong key" are told apart; then with it.
pub(super) async fn probe(caller: &Caller) -> Outcome<Probe> {
    let info = done!(public_info(&caller.with_token(None)).await);
    let version = info.version.unwrap_or_default();
    if number(&version).is_none_or(|number| number < OLDEST) {
        return Outcome::Refused(Refusal::lasting(
            "too_old",
            t!(
                "{host} is Emby {version}. Version 4.8 or later is needed; update the server first.",
                host = caller.host(),
                version = version
            ),
        ));
    }
    // What else the server says of itself any user's token reads; this only an administrator's or a key.
    let libraries = done!(libraries(caller).await);
    Outcome::Done(Probe {
        identity: plain_id(&info.id.unwrap_or_default()),
        name: info.server_name.unwrap_or_else(|| caller.host()),
        version,
        notes: vec![t!(
            "Emby counts the devices that were ever signed in: 25 may play without Emby Premiere, 75 with it. Delete devices nobody uses in Emby under Devices."
        )],
        libraries: Some(libraries),
    })
}

/// Reads who answers at all. Refused with a sentence if it is not an Emby.
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
    match info.filter(|info| info.id.is_some() && info.version.is_some()) {
        Some(info) if is_jellyfin(&info) => Outcome::Refused(jellyfin(caller)),
        Some(info) => Outcome::Done(info),
        None if answers_as_jellyfin(caller).await => Outcome::Refused(jellyfin(caller)),
        None => Outcome::Refused(Refusal::lasting(
            "not_emby",
            t!(
                "At {host} answers something, but not an Emby. Check address and port, and the path if Emby lives under one.",
                host = caller.host()
            ),
        )),
    }
}

fn jellyfin(caller: &Caller) -> Refusal {
    Refusal::lasting(
        "not_emby",
        t!(
            "At {host} answers a Jellyfin, not an Emby. Choose Jellyfin as the kind of server.",
            host = caller.host()
        ),
    )
}

/// Newer Jellyfins answer nothing below `/emby`, so they are asked without it.
async fn answers_as_jellyfin(caller: &Caller) -> bool {
    let mut url = caller.url(&["System", "Info", "Public"], &[]);
    let path = url.path().replacen("/emby/", "/", 1);
    url.set_path(&path);
    let info: Outcome<PublicInfo> = caller.get(url, LIMIT).await;
    info.done().is_some_and(|info| is_jellyfin(&info))
}

/// Jellyfin answers at the same path (below `/emby`, too, in its older versions), with a product name.
fn is_jellyfin(info: &PublicInfo) -> bool {
    let name = info.product_name.as_deref();
    name.is_some_and(|name| name.contains("Jellyfin"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Folders {
    items: Vec<Folder>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Folder {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    collection_type: Option<String>,
    #[serde(default)]
    guid: Option<String>,
    #[serde(default)]
    item_id: Option<String>,
    #[serde(default)]
    locations: Vec<String>,
    /// `Idle`, `Queued` or `Active`.
    #[serde(default)]
    refresh_status: Option<String>,
}

async fn folders(caller: &Caller) -> Outcome<Vec<Folder>> {
    let url = caller.url(&["Library", "VirtualFolders", "Query"], &[]);
    let folders: Folders = done!(caller.get(url, LIMIT).await);
    Outcome::Done(folders.items)
}

async fn folder_of(caller: &Caller, library: &str) -> Outcome<Folder> {
    let is_it = |folder: &Folder| folder.guid.as_deref().map(plain_id).as_deref() == Some(library);
    let all = done!(folders(caller).await);
    match all.into_iter().find(is_it) {
        Some(folder) => Outcome::Done(folder),
        None => Outcome::Refused(Refusal::lasting(
            "not_found",
            t!(
                "{host} does not have this library any more.",
                host = caller.host()
            ),
        )),
    }
}

/// The short id by which lists know a library.
pub(super) async fn number_of(caller: &Caller, library: &str) -> Outcome<String> {
    let folder = done!(folder_of(caller, library).await);
    Outcome::Done(folder.item_id.unwrap_or_default())
}

/// The same of all libraries at once.
pub(super) async fn numbers(caller: &Caller) -> Outcome<BTreeMap<String, String>> {
    let all = done!(folders(caller).await);
    let pairs = all
        .into_iter()
        .filter_map(|folder| Some((plain_id(&folder.guid?), folder.item_id?)));
    Outcome::Done(pairs.collect())
}

/// What is refreshed is told of whole libraries only.
pub(super) async fn is_scanning(caller: &Caller, library: &str) -> Outcome<bool> {
    let folder = done!(folder_of(caller, library).await);
    Outcome::Done(folder.refresh_status.is_some_and(|status| status != "Idle"))
}

/// A library is known by its `Guid`: that is what opens it in a policy. Its short id opens nothing.
pub(super) async fn libraries(caller: &Caller) -> Outcome<Vec<RemoteLibrary>> {
    let folders = done!(folders(caller).await);
    let libraries = folders.into_iter().filter_map(|folder| {
        let id = plain_id(&folder.guid?);
        Some(RemoteLibrary {
            name: folder.name.unwrap_or_else(|| id.clone()),
            id,
            kind: kind(folder.collection_type.as_deref()),
            locations: folder.locations,
        })
    });
    Outcome::Done(libraries.collect())
}
