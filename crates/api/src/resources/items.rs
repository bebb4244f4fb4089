//! What lies in `libraries`: the server's own list, from which things are chosen for scans and subtitles.

use kit::id::LibraryId;
use kit::{FieldError, FormErrors, t};
use media::browse::{self, Viewer, Where};
use media::help::{ItemKind, RemoteItem};
use media::library::{self, Library};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::table::Table;
use crate::values::{Page, id_of};

pub fn table() -> Table {
    Table::of("libraries").list(
        "/api/v1/libraries/{id}/items",
        (
            Permission::LibrariesChange,
            "Lists what lies in a library, as its server says now",
        ),
        list,
    )
}

/// A film, an episode, a folder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LibraryItem)]
struct ItemShown {
    /// The server's own.
    id: String,
    title: String,
    /// The series, the season, the album that it belongs to.
    part_of: Option<String>,
    year: Option<i32>,
    /// `video`, `audio`, `folder` or `other`.
    kind: &'static str,
}

impl From<RemoteItem> for ItemShown {
    fn from(item: RemoteItem) -> Self {
        Self {
            id: item.id,
            title: item.title,
            part_of: item.part_of,
            year: item.year,
            kind: match item.kind {
                ItemKind::Video => "video",
                ItemKind::Audio => "audio",
                ItemKind::Folder => "folder",
                ItemKind::Other => "other",
            },
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// What lies directly in this folder; absent: directly in the library.
    folder_id: Option<String>,
    /// Titles that hold these words, in the whole library.
    search: Option<String>,
}

/// A library that its server still has.
pub async fn the_library(call: &Call, id: &LibraryId) -> Answer<Library> {
    let all = library::list(&call.site.db).await?;
    found(
        all.into_iter()
            .find(|one| one.id == *id && !one.is_missing()),
    )
}

/// The same, named in a field.
pub async fn library_of(call: &Call, typed: &str) -> Answer<Library> {
    let id: LibraryId = id_of("library_id", typed)?;
    let all = library::list(&call.site.db).await?;
    let known = all
        .into_iter()
        .find(|one| one.id == id && !one.is_missing());
    known.ok_or_else(|| FormErrors::one("library_id", FieldError::UnknownId.text()).into())
}

/// `GET /api/v1/libraries/{id}/items`. The server pages as it likes: `after` counts, and `limit` is not asked for.
async fn list(call: Call, filter: Filter) -> Answer<Page<ItemShown>> {
    let library = the_library(&call, &call.id()?).await?;
    let from = match call.page.after.as_deref().map(str::parse::<u32>) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => {
            let text = t!("Take the mark from the page before.");
            return Err(FormErrors::one("after", text).into());
        }
    };
    let at = Where {
        library: &library.id,
        folder: filter.folder_id.as_deref(),
        search: filter.search.as_deref().filter(|words| !words.is_empty()),
        from,
    };
    let (servers, viewer) = (call.site.tools.servers(), Viewer::Staff(&library.server_id));
    let shelf = browse::open(&servers, viewer, &at).await?;
    let seen = u32::try_from(shelf.page.items.len()).unwrap_or(u32::MAX);
    let until = from.saturating_add(seen);
    let has_more = seen > 0 && until < shelf.page.total;
    Ok(Page {
        data: shelf.page.items.into_iter().map(ItemShown::from).collect(),
        next: has_more.then(|| until.to_string()),
    })
}
