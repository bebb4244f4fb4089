//! What the server is: identity, capabilities, its own accounts and devices.

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::super::Pms;
use super::super::answer::{Answer, Refused, container};
use super::auth::{Owner, Viewer};

/// `GET /identity`: without a token.
pub async fn identity(State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    container(json!({
        "size": 0,
        "apiVersion": "1.1.1",
        "claimed": true,
        "machineIdentifier": server.machine,
        "version": server.version,
    }))
}

/// `GET /`, as recorded in Home Assistant's `plex_server_base.xml`.
pub async fn show(_: Viewer, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let owner = world.account(server.owner).ok_or(Refused::Server(503))?;
    let transcodes = server.sessions.iter().filter(|one| {
        one.ended.is_none() && one.decision == super::super::session::Decision::Transcode
    });
    let mut about = capabilities();
    let its_own = json!({
        "size": 2,
        "allowSync": owner.plex_pass,
        "friendlyName": server.name,
        "machineIdentifier": server.machine,
        "myPlexSubscription": owner.plex_pass,
        "myPlexUsername": owner.email,
        "ownerFeatures": owner.features().join(","),
        "transcoderActiveVideoSessions": transcodes.count(),
        "updatedAt": server.created.seconds(),
        "version": server.version,
        "Directory": [
            { "count": 1, "key": "library", "title": "library" },
            { "count": 1, "key": "status", "title": "status" },
        ],
    });
    if let (Some(about), Some(its_own)) = (about.as_object_mut(), its_own.as_object()) {
        about.extend(its_own.clone());
    }
    container(about)
}

/// What is the same on every server of this version.
fn capabilities() -> Value {
    let able = [
        "allowCameraUpload",
        "allowChannelAccess",
        "allowMediaDeletion",
        "allowSharing",
        "allowTuners",
        "backgroundProcessing",
        "certificate",
        "companionProxy",
        "eventStream",
        "hubSearch",
        "itemClusters",
        "mediaProviders",
        "multiuser",
        "myPlex",
        "pluginHost",
        "sync",
        "transcoderAudio",
        "transcoderLyrics",
        "transcoderPhoto",
        "transcoderSubtitles",
        "transcoderVideo",
        "updater",
        "voiceSearch",
    ];
    let mut all: Map<String, Value> = able
        .map(|name| (name.to_owned(), json!(true)))
        .into_iter()
        .collect();
    let facts = json!({
        "countryCode": "nld",
        "diagnostics": "logs,databases,streaminglogs",
        "livetv": 7,
        "myPlexMappingState": "mapped",
        "myPlexSigninState": "ok",
        "offlineTranscode": 1,
        "platform": "Linux",
        "platformVersion": "12 (bookworm)",
        "pushNotifications": false,
        "readOnlyLibraries": false,
        "streamingBrainABRVersion": 3,
        "streamingBrainVersion": 2,
        "transcoderVideoBitrates": "64,96,208,320,720,1500,2000,3000,4000,8000,10000,12000,20000",
        "transcoderVideoQualities": "0,1,2,3,4,5,6,7,8,9,10,11,12",
        "transcoderVideoResolutions": "128,128,160,240,320,480,768,720,720,1080,1080,1080,1080",
    });
    all.extend(facts.as_object().cloned().unwrap_or_default());
    Value::Object(all)
}

/// `GET /accounts`: 1 is the owner, the others have their number of plex.tv.
pub async fn accounts(_: Owner, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let row = |id: u64, name: &str, thumb: &str| {
        json!({
            "id": id, "key": format!("/accounts/{id}"), "name": name, "thumb": thumb,
            "defaultAudioLanguage": "en", "autoSelectAudio": true,
            "defaultSubtitleLanguage": "en", "subtitleMode": 1,
        })
    };
    let mut rows = vec![row(0, "", "")];
    let users = world
        .accounts
        .iter()
        .filter(|account| world.may_use(account.id, server));
    rows.extend(users.map(|account| {
        row(
            server.local_id(account.id),
            account.shown_name(),
            &account.thumb(),
        )
    }));
    container(json!({ "identifier": "com.plexapp.system.accounts", "Account": rows }))
}

/// `GET /devices`: the players that the server has seen.
pub async fn devices(_: Owner, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let rows: Vec<Value> = server
        .devices
        .iter()
        .map(|device| {
            json!({
                "id": device.id, "name": device.name, "platform": device.platform,
                "clientIdentifier": device.identifier, "createdAt": device.created.seconds(),
            })
        })
        .collect();
    container(json!({ "identifier": "com.plexapp.system.devices", "Device": rows }))
}

/// `GET /myplex/account`: the plex.tv account that the server belongs to.
pub async fn owner(_: Owner, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let owner = world.account(server.owner).ok_or(Refused::Server(503))?;
    let mut answer = json!({
        "username": owner.email,
        "mappingState": "mapped",
        "mappingError": "",
        "signInState": "ok",
        "publicAddress": "203.0.113.7",
        "publicPort": server.port(),
        "privateAddress": "127.0.0.1",
        "privatePort": server.port(),
        "subscriptionFeatures": owner.features().join(","),
        "subscriptionActive": owner.plex_pass,
        "subscriptionState": if owner.plex_pass { "Active" } else { "Inactive" },
    });
    answer["size"] = json!(0);
    container(answer)
}

/// `GET /activities`
pub async fn activities(_: Owner) -> Answer {
    container(json!({ "Activity": [] }))
}

/// `GET /statistics/resources?timespan=6`: samples each five seconds.
pub async fn load(_: Owner, State(pms): State<Pms>) -> Answer {
    let now = pms.now().seconds();
    let samples: Vec<Value> = (0..6_i64)
        .map(|nth| {
            json!({
                "timespan": 6, "at": now - 5 * (6 - nth), "hostCpuUtilization": 21.5,
                "processCpuUtilization": 8.25, "hostMemoryUtilization": 43.0,
                "processMemoryUtilization": 4.75,
            })
        })
        .collect();
    container(json!({ "StatisticsResources": samples }))
}

/// `GET /statistics/bandwidth?timespan=6`
pub async fn bandwidth(_: Owner, State(pms): State<Pms>) -> Answer {
    let now = pms.now().seconds();
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let living = server
        .sessions
        .iter()
        .filter(|session| session.ended.is_none());
    let rows: Vec<Value> = living
        .map(|session| {
            json!({
                "accountID": server.local_id(session.account), "deviceID": 1, "timespan": 6,
                "at": now, "lan": session.location == "lan", "bytes": session.bandwidth * 125,
            })
        })
        .collect();
    container(json!({ "StatisticsBandwidth": rows }))
}
