//! What a user finds in the libraries they may see, and whether they may play it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, done, page_of, shown as answered};
use super::auth::{Caller, Elevated};
use super::guid::Guid;
use super::holders::holders;
use super::library::Item;
use super::state::State as Known;
use super::user::User;

/// `GET /UserViews?userId=`
pub async fn views(caller: Caller, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let user = caller.meant(&asked)?.ok_or(Refusal::BAD_ARGUMENT)?;
    list_views(&jellyfin, &user, &asked)
}

/// `GET /Users/{user}/Views`
pub async fn views_of(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(user): Path<String>,
    asked: Asked,
) -> Answer {
    list_views(&jellyfin, &allowed(&caller, &user)?, &asked)
}

fn list_views(jellyfin: &Jellyfin, user: &Guid, asked: &Asked) -> Answer {
    let state = jellyfin.state();
    let user = state.users.find(user).ok_or(Refusal::UNKNOWN)?;
    let libraries = state.libraries_for(user);
    let views: Vec<Value> = libraries
        .iter()
        .map(|library| library.as_item(&state.facts.id))
        .collect();
    answered(page_of(&views, asked))
}

/// `GET /Items`
pub async fn list(caller: Caller, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let user = caller.meant(&asked)?;
    list_items(&jellyfin, user.as_ref(), &asked)
}

/// `GET /Users/{user}/Items`
pub async fn list_of(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(user): Path<String>,
    asked: Asked,
) -> Answer {
    list_items(&jellyfin, Some(&allowed(&caller, &user)?), &asked)
}

fn list_items(jellyfin: &Jellyfin, user: Option<&Guid>, asked: &Asked) -> Answer {
    let state = jellyfin.state();
    let user = known(&state, user)?;
    let parent = asked
        .text("parentId")
        .map(|id| Guid::parse(id).ok_or(Refusal::BAD_ARGUMENT));
    let parent = parent.transpose()?;
    // The root of a server holds its libraries; what is in them needs a parent or `recursive`.
    if parent.is_none() && asked.flag("recursive") != Some(true) && asked.text("ids").is_none() {
        let seen = |id: &Guid| user.is_none_or(|user| user.policy.may_see(id));
        let folders = state.libraries.iter().filter(|library| seen(&library.id));
        let folders: Vec<Value> = folders.map(|one| one.as_item(&state.facts.id)).collect();
        return answered(page_of(&folders, asked));
    }
    let wants_streams = listed(asked, "fields")
        .is_some_and(|fields| fields.iter().any(|field| field == "MediaStreams"));
    let inside = || {
        let all = state.items_for(user.map(|user| &user.policy));
        all.filter(|item| parent.as_ref().is_none_or(|parent| item.library == *parent))
    };
    let mut found: Vec<Value> = inside()
        .filter(|item| is_wanted(item, asked))
        .map(|item| {
            let mut row = shown(item, &state.facts.id, user);
            if wants_streams {
                row["MediaStreams"] = json!(state.orders.streams_of(&item.id));
            }
            row
        })
        .collect();
    if asked.text("searchTerm").is_none()
        && let Some(kinds) = listed(asked, "includeItemTypes")
    {
        let parts = inside().map(|item| (item.kind.as_str(), item.part_of.as_deref()));
        found.extend(holders(&kinds, parts));
    }
    answered(page_of(&found, asked))
}

fn is_wanted(item: &Item, asked: &Asked) -> bool {
    let has_kind = listed(asked, "includeItemTypes").is_none_or(|kinds| kinds.contains(&item.kind));
    let has_id = listed(asked, "ids").is_none_or(|ids| {
        ids.iter()
            .any(|id| Guid::parse(id).is_some_and(|id| id == item.id))
    });
    let is_searched = asked
        .text("searchTerm")
        .is_none_or(|term| item.name.to_lowercase().contains(&term.to_lowercase()));
    has_kind && has_id && is_searched
}

/// A list of the query, in either form: `a,b` or repeated.
fn listed(asked: &Asked, name: &str) -> Option<Vec<String>> {
    let all: Vec<String> = asked
        .all(name)
        .flat_map(|part| part.split(','))
        .map(str::to_owned)
        .collect();
    (!all.is_empty()).then_some(all)
}

/// `GET /Items/{item}`
pub async fn show(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(item): Path<String>,
    asked: Asked,
) -> Answer {
    let user = caller.meant(&asked)?;
    show_item(&jellyfin, user.as_ref(), &item)
}

/// `GET /Users/{user}/Items/{item}`
pub async fn show_of(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path((user, item)): Path<(String, String)>,
) -> Answer {
    show_item(&jellyfin, Some(&allowed(&caller, &user)?), &item)
}

fn show_item(jellyfin: &Jellyfin, user: Option<&Guid>, item: &str) -> Answer {
    let state = jellyfin.state();
    let user = known(&state, user)?;
    let item = visible(&state, user, item)?;
    let mut whole = shown(item, &state.facts.id, user);
    whole["MediaStreams"] = json!(state.orders.streams_of(&item.id));
    answered(whole)
}

/// `GET|POST /Items/{item}/PlaybackInfo`: where playing begins, and where it is refused.
pub async fn playback_info(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(item): Path<String>,
    asked: Asked,
) -> Answer {
    let user = caller.meant(&asked)?;
    let state = jellyfin.state();
    let user = known(&state, user.as_ref())?;
    let item = visible(&state, user, &item)?;
    if user.is_some_and(|user| !user.policy.enable_media_playback) {
        return answered(json!({ "MediaSources": [], "ErrorCode": "NotAllowed" }));
    }
    answered(json!({
        "MediaSources": [source(item, user)],
        "PlaySessionId": Guid::fresh(),
    }))
}

/// `POST /Items/{item}/Refresh`: an item, or a library as a whole.
pub async fn refresh(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    Path(item): Path<String>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let id = Guid::parse(&item).ok_or(Refusal::BAD_ARGUMENT)?;
    let library = state.libraries.iter().find(|library| library.id == id);
    let (kind, name) = match (library, state.find_item(&id)) {
        (Some(library), _) => ("library", library.name.clone()),
        (None, Some(item)) => ("item", item.name.clone()),
        (None, None) => return Err(Refusal::Problem(StatusCode::NOT_FOUND)),
    };
    state.orders.scan(kind, &name, now);
    done()
}

/// The user of a path, if the caller may act for them.
pub fn allowed(caller: &Caller, user: &str) -> Result<Guid, Refusal> {
    let user = Guid::parse(user).ok_or(Refusal::BAD_ARGUMENT)?;
    if caller.may_act_for(&user) {
        Ok(user)
    } else {
        Err(Refusal::NOT_ALLOWED)
    }
}

fn known<'a>(state: &'a Known, user: Option<&Guid>) -> Result<Option<&'a User>, Refusal> {
    user.map(|user| state.users.find(user).ok_or(Refusal::UNKNOWN))
        .transpose()
}

/// An item that its user may not see is as good as not there.
fn visible<'a>(state: &'a Known, user: Option<&User>, id: &str) -> Result<&'a Item, Refusal> {
    let id = Guid::parse(id).ok_or(Refusal::BAD_ARGUMENT)?;
    state
        .find_item(&id)
        .filter(|item| user.is_none_or(|user| user.policy.may_see(&item.library)))
        .ok_or(Refusal::Problem(StatusCode::NOT_FOUND))
}

/// `BaseItemDto` of the published contract, as far as an item here has it.
pub fn shown(item: &Item, server: &Guid, user: Option<&User>) -> Value {
    let media_type = if item.kind == "Audio" {
        "Audio"
    } else {
        "Video"
    };
    let may_play = user.is_none_or(|user| user.policy.enable_media_playback);
    let mut shown = json!({
        "Name": item.name,
        "ServerId": server,
        "Id": item.id,
        "Etag": item.id,
        "DateCreated": item.added,
        "CanDownload": user.is_none_or(|user| user.policy.enable_content_downloading),
        "SortName": item.name.to_lowercase(),
        "PlayAccess": if may_play { "Full" } else { "None" },
        "RunTimeTicks": item.runtime_ticks,
        "IsFolder": false,
        "ParentId": item.library,
        "Type": item.kind,
        "MediaType": media_type,
        "LocationType": "FileSystem",
        "ImageTags": { "Primary": item.id },
        "BackdropImageTags": [],
        "ImageBlurHashes": {},
        "PrimaryImageAspectRatio": 0.666,
        "Path": format!("/media/{}.mkv", item.name.to_lowercase().replace(' ', "-")),
    });
    let optional = [
        ("ProductionYear", json!(item.year)),
        ("Overview", json!(item.overview)),
        (
            if item.kind == "Audio" {
                "Album"
            } else {
                "SeriesName"
            },
            json!(item.part_of),
        ),
    ];
    for (name, value) in optional.into_iter().filter(|(_, value)| !value.is_null()) {
        shown[name] = value;
    }
    if media_type == "Video" {
        shown["Width"] = json!(item.height * 16 / 9);
        shown["Height"] = json!(item.height);
    }
    shown
}

/// `MediaSourceInfo` of the published contract.
fn source(item: &Item, user: Option<&User>) -> Value {
    let may = |right: fn(&User) -> bool| user.is_none_or(right);
    json!({
        "Protocol": "File",
        "Id": item.id,
        "Path": "/media/placeholder.mkv",
        "Type": "Default",
        "Container": "mkv",
        "Size": 1_048_576,
        "Name": item.name,
        "IsRemote": false,
        "ETag": item.id,
        "RunTimeTicks": item.runtime_ticks,
        "ReadAtNativeFramerate": false,
        "IgnoreDts": false,
        "IgnoreIndex": false,
        "GenPtsInput": false,
        "SupportsTranscoding": may(|user| user.policy.enable_video_playback_transcoding),
        "SupportsDirectStream": may(|user| user.policy.enable_playback_remuxing),
        "SupportsDirectPlay": true,
        "IsInfiniteStream": false,
        "RequiresOpening": false,
        "RequiresClosing": false,
        "RequiresLooping": false,
        "SupportsProbing": true,
        "MediaStreams": [],
        "MediaAttachments": [],
        "Formats": [],
        "Bitrate": 8_000_000,
        "TranscodingSubProtocol": "http",
        "DefaultAudioStreamIndex": 1,
        "HasSegments": false,
    })
}
