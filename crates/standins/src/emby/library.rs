//! Libraries: each has a short number for its routes and a `Guid` for policies.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, Sent, done, page_of, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::moment::Moment;
use super::push::Push;
use super::tasks::Scan;

/// One virtual folder.
#[derive(Debug, Clone)]
pub struct Library {
    /// `Id` and `ItemId` on the wire.
    pub number: u32,
    /// What `EnabledFolders` takes.
    pub guid: Guid,
    pub name: String,
    /// `movies`, `tvshows`, `music`, `homevideos`; `None`: mixed.
    pub collection_type: Option<String>,
    pub locations: Vec<String>,
}

/// Something to watch or to hear.
#[derive(Debug, Clone)]
pub struct Item {
    pub number: u32,
    /// The number of its library.
    pub library: u32,
    pub name: String,
    /// `Movie`, `Episode`, `Audio`, `Video`.
    pub kind: String,
    /// The series of an episode, or the album of a song.
    pub part_of: Option<String>,
    pub year: Option<i32>,
    pub runtime_ticks: i64,
    pub height: u32,
    pub added: Moment,
}

impl Library {
    pub fn new(number: u32, name: &str, collection_type: Option<&str>) -> Self {
        Self {
            number,
            guid: Guid::of(&["emby library", &name.to_lowercase()]),
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
            "LibraryOptions": { "EnableRealtimeMonitor": true, "PathInfos": paths },
            "ItemId": self.number.to_string(),
            "Id": self.number.to_string(),
            "Guid": self.guid,
            "PrimaryImageItemId": self.number.to_string(),
            "RefreshStatus": refresh_status,
        });
        if let Some(kind) = &self.collection_type {
            folder["CollectionType"] = json!(kind);
            folder["LibraryOptions"]["ContentType"] = json!(kind);
        }
        folder
    }

    /// `Library.MediaFolder` of the published contract.
    fn selectable(&self) -> Value {
        let folders: Vec<Value> = self
            .locations
            .iter()
            .enumerate()
            .map(|(at, path)| {
                json!({
                    "Name": path,
                    "Id": (at + 1).to_string(),
                    "Path": path,
                    "IsUserAccessConfigurable": true,
                })
            })
            .collect();
        json!({
            "Name": self.name,
            "Id": self.number.to_string(),
            "Guid": self.guid,
            "SubFolders": folders,
            "IsUserAccessConfigurable": true,
        })
    }

    /// The library as a folder that can be opened.
    pub fn as_item(&self, server: &Guid) -> Value {
        let mut item = json!({
            "Name": self.name,
            "ServerId": server,
            "Id": self.number.to_string(),
            "Guid": self.guid,
            "IsFolder": true,
            "Type": "CollectionFolder",
            "ImageTags": { "Primary": self.guid },
            "BackdropImageTags": [],
        });
        if let Some(kind) = &self.collection_type {
            item["CollectionType"] = json!(kind);
        }
        item
    }
}

/// `GET /Library/SelectableMediaFolders`
pub async fn list_selectable(_: Elevated, State(emby): State<Emby>) -> Answer {
    let state = emby.state();
    let folders = state.libraries.iter().map(Library::selectable);
    shown(folders.collect::<Vec<_>>())
}

/// `GET /Library/VirtualFolders/Query`
pub async fn query_folders(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let now = emby.now();
    let state = emby.state();
    let status = state.tasks.refresh_status(now);
    let folders = state.libraries.iter().map(|one| one.virtual_folder(status));
    shown(page_of(&folders.collect::<Vec<_>>(), &asked))
}

/// `GET /Library/MediaFolders`
pub async fn list_media_folders(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let state = emby.state();
    let folders = state
        .libraries
        .iter()
        .map(|library| library.as_item(&state.facts.id));
    shown(page_of(&folders.collect::<Vec<_>>(), &asked))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewFolder {
    name: String,
    collection_type: Option<String>,
    #[serde(default)]
    paths: Vec<String>,
}

/// `POST /Library/VirtualFolders`
pub async fn add_folder(
    _: Elevated,
    State(emby): State<Emby>,
    Sent(new): Sent<NewFolder>,
) -> Answer {
    {
        let mut state = emby.state();
        if state.find_library(&new.name).is_some() {
            return Err(Refusal::bad(
                "A media library with the same name already exists.",
            ));
        }
        let number = state.number();
        let mut library = Library::new(number, &new.name, new.collection_type.as_deref());
        if !new.paths.is_empty() {
            library.locations = new.paths;
        }
        state.libraries.push(library);
    }
    library_changed(&emby)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChosenFolder {
    id: Option<String>,
    name: Option<String>,
    new_name: Option<String>,
}

/// `POST /Library/VirtualFolders/Name` `{"Id","NewName"}`
pub async fn rename_folder(
    _: Elevated,
    State(emby): State<Emby>,
    Sent(chosen): Sent<ChosenFolder>,
) -> Answer {
    let new = chosen.new_name.clone();
    let new = new.ok_or_else(|| Refusal::required("NewName"))?;
    let mut state = emby.state();
    let library = state.libraries.iter_mut().find(|one| chosen.is(one));
    library.ok_or_else(|| Refusal::not_found("Library"))?.name = new;
    drop(state);
    library_changed(&emby)
}

/// `POST /Library/VirtualFolders/Delete` `{"Id"}`
pub async fn remove_folder(
    _: Elevated,
    State(emby): State<Emby>,
    Sent(chosen): Sent<ChosenFolder>,
) -> Answer {
    {
        let mut state = emby.state();
        let library = state.libraries.iter().find(|one| chosen.is(one));
        let number = library.ok_or_else(|| Refusal::not_found("Library"))?.number;
        state.libraries.retain(|library| library.number != number);
        state.items.retain(|item| item.library != number);
    }
    library_changed(&emby)
}

impl ChosenFolder {
    fn is(&self, library: &Library) -> bool {
        match (&self.id, &self.name) {
            (Some(id), _) => *id == library.number.to_string(),
            (None, Some(name)) => *name == library.name,
            (None, None) => false,
        }
    }
}

/// `POST /Library/Refresh`: starts the task that scans all libraries.
pub async fn refresh(_: Elevated, State(emby): State<Emby>) -> Answer {
    let now = emby.now();
    emby.state().tasks.scan(Scan::all(now));
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Updated {
    #[serde(default)]
    updates: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    path: String,
}

/// `POST /Library/Media/Updated`: scans single paths.
pub async fn updated(_: Elevated, State(emby): State<Emby>, Sent(sent): Sent<Updated>) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    for update in sent.updates {
        state.tasks.scan(Scan::of("path", &update.path, now));
    }
    done()
}

fn library_changed(emby: &Emby) -> Answer {
    emby.push(&Push::to_everybody(
        "LibraryChanged",
        json!({
            "FoldersAddedTo": [], "FoldersRemovedFrom": [], "ItemsAdded": [],
            "ItemsRemoved": [], "ItemsUpdated": [], "CollectionFolders": [], "IsEmpty": false,
        }),
    ));
    done()
}
