//! The Jellyfin stand-in: a server of 10.11 or 12 by its HTTP API and socket.
//!
//! Wire shapes are those of the published contract (OpenAPI document of 10.11.5); statuses and rules that
//! the contract leaves open are those of the servers 10.11 and 12. Absent values are left out, ids are
//! 32 hexadecimal digits. It starts as "Aurora" ([`aurora`]); `/_control/seed` makes it what a test needs.
//! To add a route: a handler in the file of its subject, and a line in [`routes`].

mod answer;
mod aurora;
mod auth;
mod carriers;
mod configuration;
mod control_own;
mod devices;
mod images;
mod items;
mod keys;
mod library;
mod log;
mod orders;
mod password;
mod paths;
mod play;
mod policy;
mod quick_connect;
mod remote;
mod routes;
mod seed;
mod session;
mod sessions;
mod sign_in;
mod socket;
mod state;
mod system;
mod user;
mod users;
mod version;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use tokio::sync::broadcast;

use crate::mediabrowser::{
    activity, asked, calls, command, described, guid, holders, moment, paths as folding, people,
    playing, poster, push,
};
use crate::stage::Stage;
use moment::Moment;
use push::Push;
use state::State;

pub use aurora::API_KEY;

/// How many pushes a slow socket may lag behind before it misses some.
const PUSHES_KEPT: usize = 256;

/// The stand-in's routes.
pub fn router(stage: Stage) -> Router {
    routes::all(Jellyfin::new(stage))
}

/// The server. Cheap to clone; all clones share one state.
#[derive(Debug, Clone)]
struct Jellyfin {
    stage: Stage,
    state: Arc<Mutex<State>>,
    pushes: broadcast::Sender<Push>,
}

impl Jellyfin {
    fn new(stage: Stage) -> Self {
        let now = Moment(stage.clock.now_ms());
        let (pushes, _) = broadcast::channel(PUSHES_KEPT);
        Self {
            stage,
            state: Arc::new(Mutex::new(aurora::state(now))),
            pushes,
        }
    }

    fn now(&self) -> Moment {
        Moment(self.stage.clock.now_ms())
    }

    /// The state, locked. Never held across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, push: &Push) {
        // Nobody listening is no fault.
        let _ = self.pushes.send(push.clone());
    }

    fn has_listeners(&self) -> bool {
        self.pushes.receiver_count() > 0
    }

    fn listen(&self) -> broadcast::Receiver<Push> {
        self.pushes.subscribe()
    }
}

impl calls::Counts for Jellyfin {
    fn now(&self) -> Moment {
        Self::now(self)
    }

    fn note(&self, route: String, call: calls::Call) {
        self.state().calls.note(route, call);
    }
}
