//! Serving: the listener, the jobs, the pulse of live pages, and an orderly end.

use std::net::SocketAddr;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use tokio::net::TcpListener;

use crate::house::House;

/// The house at work.
#[derive(Debug)]
pub struct Serving {
    pub address: SocketAddr,
    stop: tokio::sync::watch::Sender<bool>,
    server: tokio::task::JoinHandle<()>,
    pulse: tokio::task::JoinHandle<()>,
    jobs: jobs::RunningJobs,
}

/// Listens, runs jobs, and feels the pulse.
pub async fn start(house: &House, listen: SocketAddr) -> std::io::Result<Serving> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> =
        house.router().into_make_service_with_connect_info();
    let server = tokio::spawn(async move {
        let ended = axum::serve(listener, service).with_graceful_shutdown(async move {
            // An error means that the sender is gone: time to end as well.
            drop(stopped.wait_for(|stop| *stop).await);
        });
        if let Err(error) = ended.await {
            tracing::error!(%error, "The site ended");
        }
    });
    let pulse = tokio::spawn(house.site.live.clone().beat(house.db.clone()));
    let jobs = house.runner.start();
    Ok(Serving { address, stop, server, pulse, jobs })
}

impl Serving {
    /// Takes no more visitors, lets jobs under way end, and closes.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.pulse.abort();
        self.jobs.stop().await;
        // Live pages keep their connection open for as long as they are allowed to.
        let patience = std::time::Duration::from_secs(3);
        drop(tokio::time::timeout(patience, self.server).await);
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn until_told_to_stop() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be heard; Ctrl-C alone ends the house");
            drop(tokio::signal::ctrl_c().await);
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
