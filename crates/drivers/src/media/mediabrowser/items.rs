//! What a server of either kind holds: its lists, searched or opened folder by folder, and one thing of them.

use std::time::Duration;

use http::{Method, StatusCode};
use kit::{Outcome, done};
use media::counting::{Things, ToCount};
use media::help::{ItemKind, ItemsAsked, ItemsPage, RemoteItem};
use serde::Deserialize;
use url::Url;

use super::call::{Caller, Doing};

/// Somebody waits before a page.
const WAIT: Duration = Duration::from_secs(10);
/// What a search looks for; without kinds, people and studios would be found as well.
const KINDS: &str = "Movie,Series,Season,Episode,Video,MusicVideo,MusicAlbum,Audio";

/// `BaseItemDtoQueryResult`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    total_record_count: u32,
}

/// `BaseItemDto`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    series_name: Option<String>,
    #[serde(default)]
    album: Option<String>,
    #[serde(default)]
    production_year: Option<i32>,
    #[serde(default)]
    is_folder: bool,
    #[serde(default)]
    media_type: Option<String>,
}

impl From<Item> for RemoteItem {
    fn from(item: Item) -> Self {
        let kind = match (item.is_folder, item.media_type.as_deref()) {
            (true, _) => ItemKind::Folder,
            (false, Some("Video")) => ItemKind::Video,
            (false, Some("Audio")) => ItemKind::Audio,
            (false, _) => ItemKind::Other,
        };
        Self {
            title: item.name.unwrap_or_else(|| item.id.clone()),
            part_of: item.series_name.or(item.album),
            year: item.production_year,
            kind,
            id: item.id,
        }
    }
}

/// `library` is what the server's own lists call it, which on Emby is not what opens it to users. Both kinds compare
/// the names of a query without case.
pub(in crate::media) async fn list(
    caller: &Caller,
    library: &str,
    asked: &ItemsAsked<'_>,
) -> Outcome<ItemsPage> {
    let (from, most) = (asked.from.to_string(), asked.most.to_string());
    let mut query = vec![
        ("ParentId", asked.folder.unwrap_or(library)),
        ("StartIndex", from.as_str()),
        ("Limit", most.as_str()),
        ("SortBy", "SortName"),
    ];
    if let Some(viewer) = asked.viewer {
        query.push(("UserId", viewer.as_str()));
    }
    if let Some(words) = asked.search {
        query.extend([
            ("SearchTerm", words),
            ("Recursive", "true"),
            ("IncludeItemTypes", KINDS),
        ]);
    }
    let url = caller.url(&["Items"], &query);
    let found: Found = done!(caller.get(url, WAIT).await);
    Outcome::Done(ItemsPage {
        items: found.items.into_iter().map(RemoteItem::from).collect(),
        total: found.total_record_count,
    })
}

/// Asked for as its viewer: the server itself then hides what is not theirs.
pub(in crate::media) async fn find(caller: &Caller, url: Url) -> Outcome<Option<RemoteItem>> {
    let answer = done!(caller.send(Method::GET, url, None, WAIT).await);
    match answer.status {
        StatusCode::OK => {
            let item: Item = done!(caller.read(&answer));
            Outcome::Done(Some(item.into()))
        }
        // What is no id at all is as little there as what is unknown.
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Outcome::Done(None),
        _ => caller.refused(&answer, Doing::Reading),
    }
}

/// For those who see everything.
pub(in crate::media) async fn find_any(caller: &Caller, item: &str) -> Outcome<Option<RemoteItem>> {
    // No id at all would be a list of everything.
    if item.is_empty() {
        return Outcome::Done(None);
    }
    let url = caller.url(&["Items"], &[("Ids", item), ("Recursive", "true")]);
    let answer = done!(caller.send(Method::GET, url, None, WAIT).await);
    match answer.status {
        StatusCode::OK => {
            let found: Found = done!(caller.read(&answer));
            Outcome::Done(found.items.into_iter().next().map(RemoteItem::from))
        }
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Outcome::Done(None),
        _ => caller.refused(&answer, Doing::Reading),
    }
}

/// How many things of one sort lie in a library; none of them is sent along.
async fn count_of(caller: &Caller, library: &str, things: Things) -> Outcome<i64> {
    let query = [
        ("ParentId", library),
        ("Recursive", "true"),
        ("IncludeItemTypes", types(things)),
        ("EnableTotalRecordCount", "true"),
        ("Limit", "0"),
    ];
    let found: Found = done!(caller.get(caller.url(&["Items"], &query), WAIT).await);
    Outcome::Done(found.total_record_count.into())
}

/// `number` is what the server's own lists call the library of a question.
pub(in crate::media) async fn count(
    caller: &Caller,
    asked: &[ToCount],
    number: impl Fn(&str) -> Option<String>,
) -> Outcome<Vec<i64>> {
    let mut amounts = Vec::with_capacity(asked.len());
    for one in asked {
        amounts.push(match number(&one.library) {
            Some(library) => done!(count_of(caller, &library, one.things).await),
            // Gone since its libraries were last read.
            None => 0,
        });
    }
    Outcome::Done(amounts)
}

/// `BaseItemKind` of the published contracts.
const fn types(things: Things) -> &'static str {
    match things {
        Things::Movies => "Movie",
        Things::Series => "Series",
        Things::Episodes => "Episode",
        Things::Albums => "MusicAlbum",
        Things::Songs => "Audio",
        Things::Books => "Book,AudioBook",
        Things::MusicVideos => "MusicVideo",
        Things::Videos => "Video",
        Things::Photos => "Photo",
    }
}
