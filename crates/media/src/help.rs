//! What servers do for people beyond letting them in: showing what they hold, looking at it again, taking files,
//! signing devices out. The words in which drivers are asked; what a kind of server cannot do, its card does not name.

use kit::{Refusal, Timestamp, t};

use crate::language::Language;
use crate::remote::RemoteRef;

/// Something that a kind of server can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Help {
    /// Looks at an item or a folder again when it is asked to.
    Scan,
    /// Takes a file of subtitles.
    Subtitles,
    /// Lists the devices that are signed in, and signs one out.
    Devices,
    /// Links its users with accounts of the platform.
    Connect,
    /// Shows what its users download to their devices.
    Downloads,
}

pub(crate) fn not_offered() -> Refusal {
    Refusal::lasting(
        "not_offered",
        t!("Servers of this kind do not offer this to programs like ours."),
    )
}

/// Which things of a library are asked for.
#[derive(Debug, Clone, Copy)]
pub struct ItemsAsked<'a> {
    /// The server's id of the library.
    pub library: &'a str,
    /// What lies directly in this folder. `None`: directly in the library.
    pub folder: Option<&'a str>,
    /// Titles that hold these words, in the whole library.
    pub search: Option<&'a str>,
    /// Only what this user may see. `None`: everything.
    pub viewer: Option<&'a RemoteRef>,
    pub from: u32,
    pub most: u32,
}

/// A page of what a library or a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsPage {
    pub items: Vec<RemoteItem>,
    pub total: u32,
}

/// Which thing is meant.
#[derive(Debug, Clone, Copy)]
pub struct ItemAt<'a> {
    pub library: &'a str,
    pub item: &'a str,
    /// `None`: nobody in particular, so that everything counts.
    pub viewer: Option<&'a RemoteRef>,
}

/// Something that a server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteItem {
    pub id: String,
    pub title: String,
    /// The series, the season, the album that it belongs to.
    pub part_of: Option<String>,
    pub year: Option<i32>,
    pub kind: ItemKind,
}

impl RemoteItem {
    /// With what it belongs to, as people name it.
    pub fn full_title(&self) -> String {
        match &self.part_of {
            Some(whole) => format!("{whole}: {}", self.title),
            None => self.title.clone(),
        }
    }
}

/// What can be done with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A film, an episode, a video: it plays, and has subtitles.
    Video,
    /// It plays without pictures.
    Audio,
    /// Holds other things: a series, a season, an album, a folder.
    Folder,
    /// A photo, a book.
    Other,
}

/// A device that is signed in on a server, as one of its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteDevice {
    /// What the server takes when it is to sign the device out.
    pub id: String,
    pub name: String,
    pub app: String,
    /// Who used it last. `None`: the server does not know.
    pub user: Option<RemoteRef>,
    pub user_name: String,
    pub last_active_at: Option<Timestamp>,
}

/// A file of subtitles on its way to a server.
#[derive(Debug, Clone, Copy)]
pub struct Subtitle<'a> {
    pub library: &'a str,
    pub item: &'a str,
    pub language: &'a Language,
    /// `srt`, `ass`, `ssa` or `vtt`.
    pub format: &'a str,
    pub is_forced: bool,
    /// In UTF-8.
    pub text: &'a str,
}

/// A user's link with an account of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// The account's name, or the address of an invitation.
    pub name: String,
    /// The person has not said yes yet.
    pub is_pending: bool,
    /// There was no such account: the platform asks the person to make one.
    pub is_invitation: bool,
}
