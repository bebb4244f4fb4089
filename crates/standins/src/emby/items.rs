//! What a user finds in the libraries they may see, and whether they may play it.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, done, page_of, shown as answered};
use super::auth::{Caller, Elevated, parse_user};
use super::guid::Guid;
use super::holders::holders;
use super::library::Item;
use super::poster::poster;
use super::session;
use super::state::{Device, State as Known};
use super::tasks::Scan;
use super::user::User;
use super::users::find;

/// `GET /Users/{user}/Views`
pub async fn views(
    caller: Caller,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    asked: Asked,
) -> Answer {
    let id = caller.acting_for(&user)?;
    let state = emby.state();
    let libraries = state.libraries_for(find(&state, &id)?);
    let views = libraries.iter().map(|one| one.as_item(&state.facts.id));
    answered(page_of(&views.collect::<Vec<_>>(), &asked))
}

/// `GET /Items?UserId=`
pub async fn list(caller: Caller, State(emby): State<Emby>, asked: Asked) -> Answer {
    let user = match asked.text("UserId") {
        Some(user) => Some(caller.acting_for(user)?),
        None => caller.user.clone(),
    };
    list_items(&emby.state(), user.as_ref(), &asked)
}

/// `GET /Users/{user}/Items`
pub async fn list_of(
    caller: Caller,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    asked: Asked,
) -> Answer {
    let user = caller.acting_for(&user)?;
    list_items(&emby.state(), Some(&user), &asked)
}

fn list_items(state: &Known, user: Option<&Guid>, asked: &Asked) -> Answer {
    let user = user.map(|user| find(state, user)).transpose()?;
    let parent = asked.text("ParentId").map(str::to_owned);
    let inside = || {
        state.items_for(user).filter(|item| {
            parent
                .as_ref()
                .is_none_or(|parent| item.library.to_string() == *parent)
        })
    };
    let mut found: Vec<Value> = inside()
        .filter(|item| is_wanted(item, asked))
        .map(|item| shown(item, &state.facts.id, user))
        .collect();
    if asked.text("SearchTerm").is_none()
        && let Some(kinds) = listed(asked, "IncludeItemTypes")
    {
        let parts = inside().map(|item| (item.kind.as_str(), item.part_of.as_deref()));
        found.extend(holders(&kinds, parts));
    }
    answered(page_of(&found, asked))
}

fn is_wanted(item: &Item, asked: &Asked) -> bool {
    let has_kind = listed(asked, "IncludeItemTypes").is_none_or(|kinds| kinds.contains(&item.kind));
    let has_id = listed(asked, "Ids").is_none_or(|ids| ids.contains(&item.number.to_string()));
    let is_searched = asked
        .text("SearchTerm")
        .is_none_or(|term| item.name.to_lowercase().contains(&term.to_lowercase()));
    has_kind && has_id && is_searched
}

/// A list of the query.
fn listed(asked: &Asked, name: &str) -> Option<Vec<String>> {
    let parts = asked.all(name).flat_map(|part| part.split(','));
    let all: Vec<String> = parts.map(str::to_owned).collect();
    (!all.is_empty()).then_some(all)
}

/// `GET /Users/{user}/Items/{item}`
pub async fn show(
    caller: Caller,
    State(emby): State<Emby>,
    Path((user, item)): Path<(String, String)>,
) -> Answer {
    let id = caller.acting_for(&user)?;
    let state = emby.state();
    let user = find(&state, &id)?;
    let item = visible(&state, Some(user), &item)?;
    answered(shown(item, &state.facts.id, Some(user)))
}

/// `GET|POST /Items/{item}/PlaybackInfo?UserId=`: where playing begins, and where it is refused.
pub async fn playback_info(
    caller: Caller,
    State(emby): State<Emby>,
    Path(item): Path<String>,
    asked: Asked,
) -> Answer {
    let id = match asked.text("UserId") {
        Some(user) => Some(parse_user(user)?),
        None => caller.user.clone(),
    };
    let state = emby.state();
    let user = id.as_ref().map(|id| find(&state, id)).transpose()?;
    let item = visible(&state, user, &item)?;
    if let Some(refused) = user.and_then(|user| refused(&state, user, &caller.device)) {
        return answered(json!({ "MediaSources": [], "ErrorCode": refused }));
    }
    answered(json!({
        "MediaSources": [{
            "Protocol": "File", "Id": format!("mediasource_{}", item.number), "Type": "Default",
            "Container": "mkv", "Name": item.name, "RunTimeTicks": item.runtime_ticks,
            "SupportsDirectPlay": true, "SupportsTranscoding": true, "MediaStreams": [],
        }],
        "PlaySessionId": Guid::fresh(),
    }))
}

/// Why this user may not begin to play on this device, as `PlaybackErrorCode` of the published contract.
///
/// The server enforces the limit of streams by itself; devices beyond the licence may not play (inferred).
pub fn refused(state: &Known, user: &User, device: &Device) -> Option<&'static str> {
    let limit = user.policy.simultaneous_stream_limit;
    let here = session::id_of(device);
    let elsewhere = state
        .sessions
        .values()
        .filter(|one| one.user == user.id && one.id != here && one.playing.is_some())
        .count();
    if !user.policy.enable_media_playback
        || !state
            .devices
            .is_covered(&device.id, state.facts.devices_allowed())
    {
        Some("NotAllowed")
    } else if limit > 0 && elsewhere >= limit {
        Some("RateLimitExceeded")
    } else {
        None
    }
}

/// `POST /Items/{item}/Refresh`: an item, or a library as a whole.
pub async fn refresh(_: Elevated, State(emby): State<Emby>, Path(item): Path<String>) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    let number = item.parse::<u32>().ok();
    let library = state
        .libraries
        .iter()
        .find(|library| Some(library.number) == number);
    let scan = match (library, number.and_then(|number| state.find_item(number))) {
        (Some(library), _) => Scan::of("library", &library.name, now),
        (None, Some(item)) => Scan::of("item", &item.name, now),
        (None, None) => return Err(Refusal::not_found("Item")),
    };
    state.tasks.scan(scan);
    done()
}

/// `GET|HEAD /Items/{item}/Images/{kind}`: open to everybody, as on the real server.
pub async fn image(
    State(emby): State<Emby>,
    Path((item, _kind)): Path<(String, String)>,
) -> Answer {
    let state = emby.state();
    let number = item.parse::<u32>().ok();
    let library = state
        .libraries
        .iter()
        .find(|one| Some(one.number) == number)
        .map(|library| &library.name);
    let item = || Some(&state.find_item(number?)?.name);
    let title = library
        .or_else(item)
        .ok_or_else(|| Refusal::not_found("Item"))?;
    let colour = Guid::of(&["poster", title]);
    let kind = [(header::CONTENT_TYPE, "image/svg+xml")];
    Ok((kind, poster(colour.as_str(), title)).into_response())
}

/// An item that its user may not see is as good as not there.
fn visible<'a>(state: &'a Known, user: Option<&'a User>, id: &str) -> Result<&'a Item, Refusal> {
    let number = id.parse::<u32>().ok();
    let found = state
        .items_for(user)
        .find(|item| Some(item.number) == number);
    found.ok_or_else(|| Refusal::not_found("Item"))
}

/// `BaseItemDto` of the published contract, as far as an item here has it.
pub fn shown(item: &Item, server: &Guid, user: Option<&User>) -> Value {
    let is_audio = item.kind == "Audio";
    let mut shown = json!({
        "Name": item.name,
        "ServerId": server,
        "Id": item.number.to_string(),
        "DateCreated": item.added,
        "CanDownload": user.is_none_or(|user| user.policy.enable_content_downloading),
        "RunTimeTicks": item.runtime_ticks,
        "IsFolder": false,
        "ParentId": item.library.to_string(),
        "Type": item.kind,
        "MediaType": if is_audio { "Audio" } else { "Video" },
        "ImageTags": { "Primary": Guid::of(&["poster", &item.name]) },
        "BackdropImageTags": [],
    });
    let part_of = if is_audio { "Album" } else { "SeriesName" };
    if let Some(whole) = &item.part_of {
        shown[part_of] = json!(whole);
    }
    if let Some(year) = item.year {
        shown["ProductionYear"] = json!(year);
    }
    if !is_audio {
        shown["Width"] = json!(item.height * 16 / 9);
        shown["Height"] = json!(item.height);
    }
    shown
}
