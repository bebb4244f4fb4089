//! Serving: the listener, the jobs, the pulse of live pages, and an orderly end.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::house::House;
use crate::listening;
use crate::timekeeper;
use crate::tls::Certified;

/// The house at work.
#[derive(Debug)]
pub struct Serving {
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
    pulse: JoinHandle<()>,
    listening: JoinHandle<()>,
    jobs: JoinHandle<()>,
}

/// Which clock decides whether jobs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// The house's own, which a test or the demo moves.
    Trusted,
    /// The machine's, which must agree with the database's.
    Compared,
}

/// Listens, runs jobs, and feels the pulse.
pub async fn start(house: &House, listen: SocketAddr) -> std::io::Result<Serving> {
    let listener = TcpListener::bind(listen).await?;
    start_on(house, Door::Plain(listener), Clocks::Trusted).await
}

/// Where visitors come in.
#[derive(Debug)]
pub enum Door {
    Plain(TcpListener),
    Certified(Box<Certified>),
}

/// Like [`start`], on a door that is open already.
pub async fn start_on(house: &House, door: Door, clocks: Clocks) -> std::io::Result<Serving> {
    let (stop, stopped) = watch::channel(false);
    let router = house.router();
    let (address, servers) = match door {
        Door::Plain(listener) => {
            let address = listener.local_addr()?;
            (
                address,
                vec![tokio::spawn(serve_plain(listener, router, stopped.clone()))],
            )
        }
        Door::Certified(certified) => certified.serve(router, &stopped).await?,
    };
    let pulse = tokio::spawn(house.site.live.clone().beat(house.db.clone()));
    let servers_of_media = house.tools.servers();
    let listening = tokio::spawn(listening::keep(servers_of_media, stopped.clone()));
    let jobs = match clocks {
        Clocks::Trusted => tokio::spawn(run_jobs(house.runner.start(), stopped)),
        Clocks::Compared => tokio::spawn(timekeeper::keep(
            house.db.clone(),
            house.runner.clone(),
            stopped,
        )),
    };
    Ok(Serving {
        address,
        stop,
        servers,
        pulse,
        listening,
        jobs,
    })
}

pub(crate) async fn serve_plain(
    listener: TcpListener,
    router: Router,
    stopped: watch::Receiver<bool>,
) {
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> =
        router.into_make_service_with_connect_info();
    let ended = axum::serve(listener, service)
        .with_graceful_shutdown(until_told(stopped))
        .await;
    if let Err(error) = ended {
        tracing::error!(%error, "The site ended");
    }
}

pub(crate) async fn until_told(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: time to end as well.
    drop(stopped.wait_for(|stop| *stop).await);
}

async fn run_jobs(running: jobs::RunningJobs, stopped: watch::Receiver<bool>) {
    until_told(stopped).await;
    running.stop().await;
}

impl Serving {
    /// Takes no more visitors, lets jobs under way end, and closes.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.pulse.abort();
        self.listening.abort();
        // A task that panicked was logged where it did; there is nothing to wait for.
        drop(self.jobs.await);
        // Live pages keep their connection open for as long as they are allowed to.
        let patience = std::time::Duration::from_secs(3);
        for server in self.servers {
            drop(tokio::time::timeout(patience, server).await);
        }
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn until_told_to_stop() {
    StopSignals::hear().wait().await;
}

/// Hears Ctrl-C and SIGTERM from the moment it is made: make it before saying that all is ready.
#[derive(Debug)]
pub struct StopSignals {
    /// `None`: the system does not let us hear SIGTERM.
    terminate: Option<Signal>,
}

impl StopSignals {
    pub fn hear() -> Self {
        let terminate = signal(SignalKind::terminate());
        if let Err(error) = &terminate {
            tracing::error!(%error, "SIGTERM cannot be heard; Ctrl-C alone ends the house");
        }
        Self {
            terminate: terminate.ok(),
        }
    }

    pub async fn wait(mut self) {
        let terminated = async {
            match &mut self.terminate {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
        }
    }
}
