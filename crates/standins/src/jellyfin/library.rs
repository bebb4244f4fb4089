//! Libraries and what is in them.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, done, page_of, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::moment::Moment;
use super::push::Push;
use super::state::State as Known;

/// One virtual folder. Its id is what `EnabledFolders` takes.
#[derive(Debug, Clone)]
pub struct Library {
    pub id: Guid,
    pub name: String,
    /// `movies`, `tvshows`, `music`, `homevideos`; `None`: mixed.
    pub collection_type: Option<String>,
    pub locations: Vec<String>,
}

/// Something to watch or to hear.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: Guid,
    pub library: Guid,
    pub name: String,
    /// `Movie`, `Episode`, `Audio`, `Video`.
    pub kind: String,
    /// The series of an episode, or the album of a song.
    pub part_of: Option<String>,
    pub year: Option<i32>,
    pub overview: Option<String>,
    pub runtime_ticks: i64,
    pub height: u32,
    pub added: Moment,
}

impl Library {
    pub fn new(name: &str, collection_type: Option<&str>) -> Self {
        Self {
            id: Guid::of(&["library", &name.to_lowercase()]),
            name: name.to_owned(),
            collection_type: collection_type.map(str::to_owned),
            locations: vec![format!("/media/{}", name.to_lowercase().replace(' ', "-"))],
        }
    }

    /// `VirtualFolderInfo` of the published contract.
    fn virtual_folder(&self, refresh_status: &str) -> Value {
        let paths: Vec<Value> = self
            .locations
            .iter()
            .map(|path| json!({ "Path": path }))
            .collect();
        let mut folder = json!({
            "Name": self.name,
            "Locations": self.locations,
            "LibraryOptions": {
                "Enabled": true,
                "EnableRealtimeMonitor": true,
                "PathInfos": paths,
                "EnableInternetProviders": true,
                "SeasonZeroDisplayName": "Specials",
            },
            "ItemId": self.id,
            "PrimaryImageItemId": self.id,
            "RefreshStatus": refresh_status,
        });
        if let Some(kind) = &self.collection_type {
            folder["CollectionType"] = json!(kind);
        }
        folder
    }

    /// The library as a folder that can be opened.
    pub fn as_item(&self, server: &Guid) -> Value {
        let mut item = json!({
            "Name": self.name,
            "ServerId": server,
            "Id": self.id,
            "Etag": self.id,
            "SortName": self.name.to_lowercase(),
            "IsFolder": true,
            "Type": "CollectionFolder",
            "MediaType": "Unknown",
            "LocationType": "FileSystem",
            "ImageTags": { "Primary": self.id },
            "BackdropImageTags": [],
            "ImageBlurHashes": {},
        });
        if let Some(kind) = &self.collection_type {
            item["CollectionType"] = json!(kind);
        }
        item
    }
}

/// `GET /Library/VirtualFolders`
pub async fn list_folders(_: Elevated, State(jellyfin): State<Jellyfin>) -> Answer {
    let now = jellyfin.now();
    let state = jellyfin.state();
    let status = state.orders.refresh_status(now);
    let folders = state.libraries.iter().map(|one| one.virtual_folder(status));
    shown(folders.collect::<Vec<_>>())
}

/// `POST /Library/VirtualFolders?name=&collectionType=&paths=`
pub async fn add_folder(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let name = asked.required("name")?;
    if jellyfin.state().find_library(name).is_some() {
        return Err(Refusal::BAD_ARGUMENT);
    }
    let mut library = Library::new(name, asked.text("collectionType"));
    let paths: Vec<String> = asked.all("paths").map(str::to_owned).collect();
    if !paths.is_empty() {
        library.locations = paths;
    }
    jellyfin.state().libraries.push(library);
    library_changed(&jellyfin)
}

/// `DELETE /Library/VirtualFolders?name=`
pub async fn remove_folder(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let id = named(&jellyfin.state(), asked.required("name")?)?;
    {
        let mut state = jellyfin.state();
        state.libraries.retain(|library| library.id != id);
        state.items.retain(|item| item.library != id);
    }
    library_changed(&jellyfin)
}

/// `POST /Library/VirtualFolders/Name?name=&newName=`
pub async fn rename_folder(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let (old, new) = (asked.required("name")?, asked.required("newName")?);
    {
        let mut state = jellyfin.state();
        let id = named(&state, old)?;
        if state.find_library(new).is_some_and(|other| other.id != id) {
            return Err(Refusal::Sentence(
                StatusCode::CONFLICT,
                "The media library already exists.",
            ));
        }
        for library in state
            .libraries
            .iter_mut()
            .filter(|library| library.id == id)
        {
            new.clone_into(&mut library.name);
        }
    }
    library_changed(&jellyfin)
}

/// `GET /Library/MediaFolders`
pub async fn list_media_folders(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    asked: Asked,
) -> Answer {
    let state = jellyfin.state();
    let server = &state.facts.id;
    let folders: Vec<Value> = state
        .libraries
        .iter()
        .map(|one| one.as_item(server))
        .collect();
    shown(page_of(&folders, &asked))
}

/// `POST /Library/Refresh`
pub async fn refresh(_: Elevated, State(jellyfin): State<Jellyfin>) -> Answer {
    let now = jellyfin.now();
    jellyfin.state().orders.scan("all", "", now);
    done()
}

fn named(state: &Known, name: &str) -> Result<Guid, Refusal> {
    let library = state.find_library(name).ok_or(Refusal::UNKNOWN)?;
    Ok(library.id.clone())
}

fn library_changed(jellyfin: &Jellyfin) -> Answer {
    jellyfin.push(&Push::to_everybody(
        "LibraryChanged",
        json!({
            "FoldersAddedTo": [], "FoldersRemovedFrom": [], "ItemsAdded": [],
            "ItemsRemoved": [], "ItemsUpdated": [], "CollectionFolders": [], "IsEmpty": false,
        }),
    ));
    done()
}
