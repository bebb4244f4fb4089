//! The Plex stand-in: plex.tv (accounts, sign-in, sharing) and the Plex Media Servers behind it.
//!
//! plex.tv, clients.plex.tv and app.plex.tv are one address here ([`tv`]); each media server has an address of
//! its own ([`pms`]), and all share one [`World`]. Facts are from what is published: the OpenAPI document
//! `LukeHagar/plex-api-spec` and its description, the recorded answers in the crate `plex-api` (tests/mocks)
//! and in Home Assistant's Plex tests, what `python-plexapi`, Tautulli and Wizarr send and read, and the
//! issues named where they matter. What none of them tells is marked "inferred".
//!
//! It starts as [`polaris`] has it; `/_control/seed` makes it what a test needs, `/_control/people` moves the
//! people. To add a route: a handler in the file of its subject, and a line in `tv/routes.rs` or `pms/routes.rs`.

mod account;
mod answer;
mod asked;
mod calls;
mod control_own;
mod ids;
mod jwt;
mod library;
mod limit;
mod metadata;
mod moment;
mod people;
mod pin;
mod play;
mod pms;
mod polaris;
mod push;
mod seed;
mod server;
mod session;
mod share;
mod sharing;
mod sow;
mod tv;
mod wire;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use crate::clock::StandinClock;
use crate::control;
use crate::faults::Faults;
use crate::stage::Stage;
use moment::Moment;
use push::Push;
use server::Slot;
use world::World;

pub use polaris::{BRAM_TOKEN, MARA_TOKEN, ORLA_TOKEN};

/// How many pushes a slow socket may lag behind before it misses some.
const PUSHES_KEPT: usize = 256;
/// The servers that are always there: Polaris and Vega.
const LASTING: usize = 2;

/// plex.tv and all servers. Cheap to clone; all clones share one world.
#[derive(Debug, Clone)]
pub struct Plex(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: StandinClock,
    world: Mutex<World>,
    places: Mutex<Vec<Place>>,
    tv_faults: Mutex<Option<Faults>>,
    pushes: broadcast::Sender<Push>,
}

/// Where a media server listens.
#[derive(Debug)]
struct Place {
    base_url: String,
    faults: Faults,
    listener: AbortHandle,
}

/// plex.tv's side: what its handlers get.
#[derive(Debug, Clone)]
struct Tv {
    plex: Plex,
    stage: Stage,
}

/// One server's side: what its handlers get.
#[derive(Debug, Clone)]
struct Pms {
    plex: Plex,
    stage: Stage,
    slot: Slot,
}

/// Keeps the servers listening. Dropping it ends them.
#[derive(Debug)]
pub struct Standing(Plex);

impl Drop for Standing {
    fn drop(&mut self) {
        self.0
            .places()
            .iter()
            .for_each(|place| place.listener.abort());
    }
}

impl Plex {
    /// A plex.tv with two servers, listening at these two addresses.
    pub async fn open(
        clock: &StandinClock,
        at: [SocketAddr; LASTING],
    ) -> std::io::Result<(Self, Standing)> {
        let (pushes, _) = broadcast::channel(PUSHES_KEPT);
        let plex = Self(Arc::new(Inner {
            clock: clock.clone(),
            world: Mutex::default(),
            places: Mutex::default(),
            tv_faults: Mutex::default(),
            pushes,
        }));
        let standing = Standing(plex.clone());
        for address in at {
            plex.listen(address).await?;
        }
        plex.start_over();
        Ok((plex, standing))
    }

    /// plex.tv's routes.
    pub fn tv(&self, stage: Stage) -> Router {
        *self
            .0
            .tv_faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(stage.faults.clone());
        tv::routes::all(Tv {
            plex: self.clone(),
            stage,
        })
    }

    /// The addresses of the servers, in the order in which they were put up.
    fn addresses(&self) -> Vec<String> {
        self.places()
            .iter()
            .map(|place| place.base_url.clone())
            .collect()
    }

    /// The addresses of Polaris and Vega.
    pub fn lasting(&self) -> [String; LASTING] {
        let places = self.places();
        std::array::from_fn(|at| places[at].base_url.clone())
    }

    /// Puts up one more server.
    async fn listen(&self, at: SocketAddr) -> std::io::Result<Slot> {
        let listener = TcpListener::bind(at).await?;
        let stage = Stage {
            name: "plex_server",
            base_url: format!("http://{}", listener.local_addr()?),
            clock: self.0.clock.clone(),
            faults: Faults::default(),
        };
        let mut places = self.places();
        let slot = places.len();
        let pms = Pms {
            plex: self.clone(),
            stage: stage.clone(),
            slot,
        };
        let app = control::surround(pms::routes::all(pms), stage.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "A Plex Media Server stand-in ended");
            }
        });
        places.push(Place {
            base_url: stage.base_url,
            faults: stage.faults,
            listener: task.abort_handle(),
        });
        Ok(slot)
    }

    /// The same world as at the start, without faults.
    fn start_over(&self) {
        let mut places = self.places();
        for place in places.drain(LASTING..) {
            place.listener.abort();
        }
        places.iter().for_each(|place| place.faults.clear());
        let addresses: Vec<String> = places.iter().map(|place| place.base_url.clone()).collect();
        drop(places);
        let tv = self.0.tv_faults.lock();
        if let Some(faults) = &*tv.unwrap_or_else(PoisonError::into_inner) {
            faults.clear();
        }
        let fresh = polaris::world(&addresses, self.now());
        *self.world() = fresh;
    }

    fn now(&self) -> Moment {
        Moment(self.0.clock.now_ms())
    }

    /// The world, locked. Never held across an await.
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn places(&self) -> MutexGuard<'_, Vec<Place>> {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, push: Push) {
        // Nobody listening is no fault.
        let _ = self.0.pushes.send(push);
    }

    fn push_some(&self, push: Option<Push>) {
        if let Some(push) = push {
            self.push(push);
        }
    }

    fn pushes(&self) -> broadcast::Receiver<Push> {
        self.0.pushes.subscribe()
    }
}

impl std::ops::Deref for Tv {
    type Target = Plex;

    fn deref(&self) -> &Plex {
        &self.plex
    }
}

impl std::ops::Deref for Pms {
    type Target = Plex;

    fn deref(&self) -> &Plex {
        &self.plex
    }
}

/// Any free port of the loopback.
fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
