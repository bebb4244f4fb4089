//! Choosing something in a library: its own list, searched or opened folder by folder. Nobody types a path.

use kit::id::{LibraryId, ServerId};
use kit::t;

use crate::error::MediaError;
use crate::help::{ItemAt, ItemsAsked, ItemsPage, RemoteItem};
use crate::library::{self, Library};
use crate::remote::RemoteRef;
use crate::server::{self, Server};
use crate::servers::{Servers, result};
use crate::share::Share;

/// Things on one page of a list.
pub const ON_A_PAGE: u32 = 30;

/// Who looks: a member sees what their plan opens, staff see everything.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    Member(&'a Share),
    Staff(&'a ServerId),
}

impl<'a> Viewer<'a> {
    pub fn server(self) -> &'a ServerId {
        match self {
            Self::Member(share) => &share.server_id,
            Self::Staff(server) => server,
        }
    }

    /// As whom the server is asked. An error: the member's share is not open.
    fn remote(self) -> Result<Option<&'a RemoteRef>, MediaError> {
        match self {
            Self::Staff(_) => Ok(None),
            Self::Member(share) if share.is_open() => Ok(share.remote_id.as_ref()),
            Self::Member(_) => Err(MediaError::Refused(t!(
                "Your place on this server is not open at the moment. My account says why."
            ))),
        }
    }
}

/// The libraries that somebody may choose in, by name.
pub async fn libraries(servers: &Servers, viewer: Viewer<'_>) -> Result<Vec<Library>, MediaError> {
    viewer.remote()?;
    let all = library::list_of_server(&servers.db, viewer.server()).await?;
    let opened = match viewer {
        Viewer::Member(share) => Some(library::opened_by(&all, &share.entitlements.0)),
        Viewer::Staff(_) => None,
    };
    let may_see = |library: &Library| match &opened {
        Some(opened) => opened.contains(&library.remote_id),
        None => !library.is_missing(),
    };
    Ok(all.into_iter().filter(may_see).collect())
}

/// Where somebody looks.
#[derive(Debug, Clone, Copy)]
pub struct Where<'a> {
    pub library: &'a LibraryId,
    /// `None`: directly in the library.
    pub folder: Option<&'a str>,
    pub search: Option<&'a str>,
    pub from: u32,
}

/// What is seen there.
#[derive(Debug)]
pub struct Shelf {
    pub library: Library,
    /// The folder that is open.
    pub folder: Option<RemoteItem>,
    pub page: ItemsPage,
}

/// Opens a library or a folder. Calls the server.
pub async fn open(
    servers: &Servers,
    viewer: Viewer<'_>,
    at: &Where<'_>,
) -> Result<Shelf, MediaError> {
    let library = chosen_library(servers, viewer, at.library).await?;
    let (_, remote) = servers.open(viewer.server()).await?;
    let mut folder = None;
    if let Some(id) = at.folder {
        let wanted = ItemAt {
            library: &library.remote_id,
            item: id,
            viewer: viewer.remote()?,
        };
        let found = result(remote.find_item(&wanted).await)?;
        folder = Some(found.ok_or(MediaError::NotFound)?);
    }
    let asked = ItemsAsked {
        library: &library.remote_id,
        folder: at.folder,
        search: at.search,
        viewer: viewer.remote()?,
        from: at.from,
        most: ON_A_PAGE,
    };
    let page = result(remote.items(&asked).await)?;
    Ok(Shelf {
        library,
        folder,
        page,
    })
}

/// Something that was chosen, looked at again on the server: what a form says is not believed.
#[derive(Debug)]
pub struct Chosen {
    pub server: Server,
    pub library: Library,
    pub item: RemoteItem,
}

/// Looks at what was chosen. `NotFound`: it is not there, or its viewer may not see it. Calls the server.
pub async fn choose(
    servers: &Servers,
    viewer: Viewer<'_>,
    (library, item): (&LibraryId, &str),
) -> Result<Chosen, MediaError> {
    let library = chosen_library(servers, viewer, library).await?;
    let (server, remote) = servers.open(viewer.server()).await?;
    let at = ItemAt {
        library: &library.remote_id,
        item,
        viewer: viewer.remote()?,
    };
    let item = result(remote.find_item(&at).await)?.ok_or(MediaError::NotFound)?;
    Ok(Chosen {
        server,
        library,
        item,
    })
}

/// A library that the viewer may choose in.
pub async fn chosen_library(
    servers: &Servers,
    viewer: Viewer<'_>,
    id: &LibraryId,
) -> Result<Library, MediaError> {
    server::required_server(&servers.db, viewer.server()).await?;
    let all = libraries(servers, viewer).await?;
    let found = all.into_iter().find(|library| library.id == *id);
    found.ok_or(MediaError::NotFound)
}
