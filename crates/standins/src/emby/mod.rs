//! The Emby stand-in: a server of 4.8 or 4.9 by its HTTP API and socket.
//!
//! Wire shapes are those of the published OpenAPI document of 4.8.11; rules that it leaves open are those of
//! the last published source and of what clients report, each named where it is followed. It starts as
//! "Zenith" ([`zenith`]); `/_control/seed` makes it what a test needs. To add a route: a handler in the file
//! of its subject, and a line in [`routes`].

mod answer;
mod auth;
mod connect;
mod connect_order;
mod control_own;
mod devices;
mod items;
mod keys;
mod library;
mod password;
mod play;
mod policy;
mod remote;
mod routes;
mod seed;
mod session;
mod sessions;
mod sign_in;
mod socket;
mod state;
mod system;
mod tasks;
mod user;
mod users;
mod zenith;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use tokio::sync::broadcast;

use crate::mediabrowser::{
    activity, asked, calls, command, described, guid, holders, moment, paths, people, playing,
    poster, push,
};
use crate::stage::Stage;
use moment::Moment;
use push::Push;
use state::State;

pub use zenith::API_KEY;

/// How many pushes a slow socket may lag behind before it misses some.
const PUSHES_KEPT: usize = 256;

/// The stand-in's routes.
pub fn router(stage: Stage) -> Router {
    routes::all(Emby::new(stage))
}

/// The server. Cheap to clone; all clones share one state.
#[derive(Debug, Clone)]
struct Emby {
    stage: Stage,
    state: Arc<Mutex<State>>,
    pushes: broadcast::Sender<Push>,
}

impl Emby {
    fn new(stage: Stage) -> Self {
        let now = Moment(stage.clock.now_ms());
        let (pushes, _) = broadcast::channel(PUSHES_KEPT);
        Self {
            stage,
            state: Arc::new(Mutex::new(zenith::state(now))),
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

    fn listen(&self) -> broadcast::Receiver<Push> {
        self.pushes.subscribe()
    }

    /// Whether the fault of this name is in force; counts it down.
    fn has_fault(&self, name: &str) -> bool {
        self.stage.faults.take_named(name)
    }
}

impl calls::Counts for Emby {
    fn now(&self) -> Moment {
        Self::now(self)
    }

    fn note(&self, route: String, call: calls::Call) {
        self.state().calls.note(route, call);
    }
}
