//! Viewing: what plays on the servers now, what was played, and what a server forbids.
//!
//! A server is looked at if it records streams or forbids 4K transcoding ([`look`]). What is seen becomes a
//! [`Stream`], and a [`Play`] when it has ended, only where the operator wants it recorded; so do downloads, where the
//! platform shows them ([`download`]). What is forbidden is stopped at the second look and never twice ([`guard`]).

pub mod download;
pub mod events;
pub mod look;
pub mod play;
pub mod settings;
pub mod stop;
pub mod stream;

pub mod keeping;

mod guard;

pub use download::ReadDownloads;
pub use look::{ForgetPlays, LookAtServer, LookAtStreams, note};
pub use play::Play;
pub use settings::ActivitySettings;
pub use stream::Stream;
