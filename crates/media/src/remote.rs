//! What we ask of a media server, in the house's words. Drivers fulfil it; nothing here knows a protocol.

use std::collections::BTreeSet;

use async_trait::async_trait;
use kit::stored::stored_words;
use kit::{Outcome, Refusal, Secret, Text, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::counting::ToCount;
use crate::help::{
    self, AccountLink, ItemAt, ItemsAsked, ItemsPage, RemoteDevice, RemoteItem, Subtitle,
};
use crate::viewing::download::RemoteDownload;

pub use crate::remote_stream::{CANNOT_STOP, Decision, Frame, RemoteStream};

/// A media server that we can let members into.
///
/// Every answer is three-valued; after `Unknown` the caller looks before asking again.
#[async_trait]
pub trait MediaServer: Send + Sync {
    /// Who it is, and whether the key opens it. Safe to repeat, as are all that only read.
    async fn probe(&self) -> Outcome<Probe>;

    async fn libraries(&self) -> Outcome<Vec<RemoteLibrary>>;

    /// All users with their access, in one call.
    async fn users(&self) -> Outcome<Vec<RemoteUser>>;

    /// `None`: the server has no such user.
    async fn find_user(&self, user: &RemoteRef) -> Outcome<Option<RemoteUser>>;

    /// Makes a user with a password, with whatever rights the server gives to new ones: [`Self::set_up`] follows.
    /// Refused as `name_taken` if somebody has the name.
    async fn create_user(&self, new: &NewUser) -> Outcome<RemoteUser>;

    /// Invites an account of the platform, with this access. Somebody who is in already is given the access instead.
    /// After `Unknown` look for the guest: a second invitation is a second letter.
    async fn invite(&self, _guest: &Guest, _access: &Access) -> Outcome<RemoteUser> {
        Outcome::Refused(no_invitations())
    }

    /// Accepts an invitation with the guest's own key. Safe to repeat.
    async fn accept(&self, _user: &RemoteUser, _key: &Secret) -> Outcome<()> {
        Outcome::Refused(no_invitations())
    }

    /// Gives a new user the rights and habits of the template, and this access. Safe to repeat.
    async fn set_up(
        &self,
        user: &RemoteUser,
        template: Option<&RemoteRef>,
        access: &Access,
    ) -> Outcome<()>;

    /// Changes what `access` speaks of and keeps everything else of what `user` was read with.
    /// Safe to repeat.
    async fn set_access(&self, user: &RemoteUser, access: &Access) -> Outcome<()>;

    /// Signs the user out everywhere, as the server does by itself. Safe to repeat.
    async fn set_password(&self, user: &RemoteRef, password: &Secret) -> Outcome<()>;

    /// Signs in as the user and out again. Refused as `wrong_password` if the server does not let them in.
    async fn prove(&self, name: &str, password: &Secret) -> Outcome<RemoteUser>;

    /// Irreversible: what was watched is lost too. Safe to repeat: gone already is `Done`.
    async fn delete_user(&self, user: &RemoteRef) -> Outcome<()>;

    async fn streams(&self) -> Outcome<Vec<RemoteStream>>;

    /// Shows words on the device that plays.
    async fn message(&self, stream: &RemoteStream, words: &Words) -> Outcome<()>;

    /// Asks the device to stop. `Done` says that the server passed it on, not that the device obeyed.
    async fn stop(&self, stream: &RemoteStream) -> Outcome<()>;

    /// What its users had downloaded to their devices, as far as the server still lists it.
    async fn downloads(&self) -> Outcome<Vec<RemoteDownload>> {
        Outcome::Refused(help::not_offered())
    }

    /// Listens to what the server tells by itself, until that ends. A handshake proves nothing: whoever hears nothing
    /// for long ends with `Unknown`, and the hourly reading goes on beside it.
    async fn listen(&self, _told: &(dyn Fn(News) + Send + Sync)) -> Outcome<()> {
        Outcome::Refused(Refusal::lasting(
            "no_push",
            t!("Servers of this kind tell nothing by themselves."),
        ))
    }

    /// Lets the device that shows this code in as the user, without a password.
    async fn approve_device(&self, user: &RemoteRef, code: &str) -> Outcome<()>;

    /// A page of what a library or a folder holds, in the order of titles.
    async fn items(&self, _asked: &ItemsAsked<'_>) -> Outcome<ItemsPage> {
        Outcome::Refused(help::not_offered())
    }

    /// How many there are of each, in the order of the question.
    async fn count(&self, _asked: &[ToCount]) -> Outcome<Vec<i64>> {
        Outcome::Refused(help::not_offered())
    }

    /// One thing of a library. `None`: there is no such thing there, or its viewer may not see it.
    async fn find_item(&self, _at: &ItemAt<'_>) -> Outcome<Option<RemoteItem>> {
        Outcome::Refused(help::not_offered())
    }

    /// Has the server look at an item or a folder again. `Done` says that it will. Safe to repeat.
    async fn scan_item(&self, _library: &str, _item: &str) -> Outcome<()> {
        Outcome::Refused(help::not_offered())
    }

    /// Has the server look at a directory below one of the library's locations. Safe to repeat.
    async fn scan_folder(&self, _library: &str, _path: &str) -> Outcome<()> {
        Outcome::Refused(help::not_offered())
    }

    /// All devices that are signed in; one that several people use may come once for each.
    async fn devices(&self) -> Outcome<Vec<RemoteDevice>> {
        Outcome::Refused(help::not_offered())
    }

    /// Signs out everybody on a device and forgets it. Safe to repeat: gone already is `Done`.
    async fn remove_device(&self, _id: &str) -> Outcome<()> {
        Outcome::Refused(help::not_offered())
    }

    /// Gives a film or an episode subtitles. After `Unknown` count them: a second time is a second file.
    async fn upload_subtitle(&self, _file: &Subtitle<'_>) -> Outcome<()> {
        Outcome::Refused(help::not_offered())
    }

    /// How many subtitles of this language, forced or not, lie beside the film or episode.
    async fn count_subtitles(&self, _file: &Subtitle<'_>) -> Outcome<usize> {
        Outcome::Refused(help::not_offered())
    }

    /// Links a user with an account of the platform, which writes to the person. After `Unknown` look for the link:
    /// a second time is a second letter.
    async fn link_account(&self, _user: &RemoteRef, _name: &str) -> Outcome<AccountLink> {
        Outcome::Refused(help::not_offered())
    }

    /// `None`: the user is linked with nobody.
    async fn find_link(&self, _user: &RemoteRef) -> Outcome<Option<AccountLink>> {
        Outcome::Refused(help::not_offered())
    }

    /// Safe to repeat.
    async fn unlink_account(&self, _user: &RemoteRef) -> Outcome<()> {
        Outcome::Refused(help::not_offered())
    }

    /// Whether the server is still at it.
    async fn is_scanning(&self, _library: &str) -> Outcome<bool> {
        Outcome::Refused(help::not_offered())
    }
}

/// The server's own id of a user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemoteRef(String);

impl RemoteRef {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl kit::Stored for RemoteRef {
    const KIND: kit::stored::Kind = kit::stored::Kind::Text;

    fn store(&self) -> kit::Value {
        kit::Value::Text(self.0.clone())
    }

    fn read(value: kit::Value) -> Result<Self, kit::stored::Unreadable> {
        String::read(value).map(Self)
    }
}

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Stays the same while it is the same installation, whatever its address.
    pub identity: String,
    pub name: String,
    pub version: String,
    /// What the operator should know, though all works.
    pub notes: Vec<Text>,
    /// What is on it, where a platform tells whether the key opens it only by listing that.
    pub libraries: Option<Vec<RemoteLibrary>>,
}

impl Probe {
    /// The libraries, without asking again for what was read on the way.
    pub async fn take_libraries(
        &mut self,
        server: &dyn MediaServer,
    ) -> Outcome<Vec<RemoteLibrary>> {
        match self.libraries.take() {
            Some(libraries) => Outcome::Done(libraries),
            None => server.libraries().await,
        }
    }
}

/// A library as its server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteLibrary {
    pub id: String,
    pub name: String,
    pub kind: LibraryKind,
    /// The folders on the server's disks in which it lies.
    pub locations: Vec<String>,
}

stored_words! {
    /// What a library holds.
    pub enum LibraryKind {
        Movies = "movies",
        Shows = "shows",
        Music = "music",
        Books = "books",
        Photos = "photos",
        HomeVideos = "home_videos",
        MusicVideos = "music_videos",
        Collections = "collections",
        Mixed = "mixed",
    }
}

/// A user as the server describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteUser {
    pub id: RemoteRef,
    pub name: String,
    /// Where the platform writes to them, if it tells.
    pub email: Option<String>,
    pub is_administrator: bool,
    pub standing: Standing,
    pub access: Access,
    pub last_signed_in_at: Option<Timestamp>,
    pub last_active_at: Option<Timestamp>,
    /// The whole of what the server keeps about the user's rights, for the driver alone: a write starts from it.
    pub original: String,
}

stored_words! {
    /// Whether a user has come in.
    #[derive(Default)]
    pub enum Standing {
        #[default]
        In = "in",
        /// Invited, and has not accepted.
        Invited = "invited",
    }
}

/// An account of the platform that is to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub id: RemoteRef,
    pub name: String,
    /// Where the platform writes to.
    pub email: Option<String>,
}

fn no_invitations() -> Refusal {
    Refusal::lasting(
        "no_invitations",
        t!("Servers of this kind know no invitations: a user is made there instead."),
    )
}

/// A user to make.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub name: String,
    pub password: Secret,
}

/// What a user may do, as far as we decide it. Wanted and found have the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    pub door: Door,
    pub libraries: Libraries,
    pub video_transcoding: bool,
    pub downloads: bool,
    #[serde(default)]
    pub streams: StreamLimit,
}

/// How many streams at once the server itself lets a user have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamLimit {
    /// Found: the server keeps no such limit. Wanted: whatever is there stays.
    #[default]
    NotKept,
    Unlimited,
    AtMost(u32),
}

impl From<Option<u32>> for StreamLimit {
    /// As plans say it: `None` is as many as they like.
    fn from(streams: Option<u32>) -> Self {
        streams.map_or(Self::Unlimited, Self::AtMost)
    }
}

impl Access {
    /// Nothing to reach and nothing to play; signed-in devices stay so.
    pub fn withdrawn() -> Self {
        Self {
            door: Door::Withdrawn,
            libraries: Libraries::none(),
            video_transcoding: false,
            downloads: false,
            streams: StreamLimit::NotKept,
        }
    }

    /// Nobody signs in, and who is signed in is signed out.
    pub fn closed() -> Self {
        Self {
            door: Door::Closed,
            ..Self::withdrawn()
        }
    }

    /// What differs between two, seen from outside: behind a shut door only the door counts.
    pub fn is_same_as(&self, found: &Self) -> bool {
        match (self.door, found.door) {
            (Door::Closed, Door::Closed) => true,
            (Door::Withdrawn, Door::Withdrawn) => found.libraries == self.libraries,
            _ => self.with_streams(found.streams) == *found && self.agrees_on_streams(found),
        }
    }

    fn with_streams(&self, streams: StreamLimit) -> Self {
        Self {
            streams,
            ..self.clone()
        }
    }

    fn agrees_on_streams(&self, found: &Self) -> bool {
        let is_nobodys = |limit| limit == StreamLimit::NotKept;
        is_nobodys(self.streams) || is_nobodys(found.streams) || self.streams == found.streams
    }
}

stored_words! {
    /// Whether a user gets in at all.
    pub enum Door {
        Open = "open",
        /// Signed in, but nothing plays.
        Withdrawn = "withdrawn",
        /// The user is disabled.
        Closed = "closed",
    }
}

/// Which libraries a user sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Libraries {
    /// All, also those to come. Found on users of others; never wanted by us.
    All,
    /// By the server's ids.
    Only(BTreeSet<String>),
}

impl Libraries {
    pub fn none() -> Self {
        Self::Only(BTreeSet::new())
    }
}

/// What a server told by itself: only that something changed, for it is read then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Users,
    Libraries,
    /// What plays changed: begun, paused, ended.
    Streams,
}

/// Words for a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub body: String,
}

stored_words! {
    /// How much of their plan a member has on a server.
    pub enum Level {
        /// Everything the plan says.
        Full = "full",
        /// Suspended: libraries and playback are withdrawn, every sign-in is kept.
        Withdrawn = "withdrawn",
        /// Held by staff: the user is disabled, the place stays theirs.
        Held = "held",
        /// The membership is over: the user is disabled, the place is free again.
        Ended = "ended",
        /// The user is deleted on the server.
        Deleted = "deleted",
    }
}

impl Level {
    /// Whether the member's place on the server counts against its ceiling.
    pub const fn takes_place(self) -> bool {
        matches!(self, Self::Full | Self::Withdrawn | Self::Held)
    }
}
