//! What a share should come to on its server, by the server's kind and as the operator chose.

use crate::library::{self, Library};
use crate::maker::{Entry, Makers};
use crate::remote::{Access, Door, Level, Libraries};
use crate::server::Server;
use crate::share::Share;

/// How access is given on a server: by its kind, and as the operator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custom {
    pub entry: Entry,
    /// The library that suspended members keep.
    pub renew_library: Option<String>,
}

impl Custom {
    pub fn of(makers: &Makers, server: &Server) -> Self {
        Self {
            entry: makers.entry(&server.kind),
            renew_library: server.renew_library.clone(),
        }
    }
}

/// What a level means on a server with these libraries. `None`: there should be no user. Pure.
///
/// Where people come by invitation nobody can be disabled: suspended members keep the operator's small library, so
/// that they need not accept anew, and without one they go and are invited again when they have paid.
pub fn wanted_access(share: &Share, libraries: &[Library], custom: &Custom) -> Option<Access> {
    let plan = &share.entitlements.0;
    let by_invitation = custom.entry == Entry::Invitation;
    let open = |libraries| Access {
        door: Door::Open,
        libraries,
        // No right of its own there: whoever is in may have video converted.
        video_transcoding: plan.video_transcoding || by_invitation,
        downloads: plan.downloads && share.level == Level::Full,
        streams: plan.streams.into(),
    };
    match share.level {
        Level::Full => Some(open(Libraries::Only(library::opened_by(libraries, plan)))),
        Level::Withdrawn if by_invitation => custom
            .renew_library
            .as_ref()
            .map(|library| open(Libraries::Only([library.clone()].into()))),
        Level::Withdrawn => Some(Access::withdrawn()),
        Level::Held | Level::Ended if by_invitation => None,
        Level::Held | Level::Ended => Some(Access::closed()),
        Level::Deleted => None,
    }
}
