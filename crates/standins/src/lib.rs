//! Stand-ins of outside systems: stateful, true to the wire, faulty on command.
//!
//! Nothing here knows anything of ours (own ids, own money, own clock), so that a mistake cannot be made
//! twice. Each stand-in listens on a port of its own, says in every answer that it is a stand-in
//! (`x-stand-in`), and obeys `/_control`. To add one: a folder with a `router(Stage) -> Router`, and a line
//! in [`start`].

mod clock;
mod control;
pub mod emby;
mod faults;
pub mod jellyfin;
mod mediabrowser;
pub mod plex;
mod stage;
pub mod stripe;

pub use clock::StandinClock;
pub use stage::{Running, Stage, start};
