//! What every stand-in stands on: a clock, faults, a loopback port, and its own address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::clock::StandinClock;
use crate::faults::Faults;
use crate::{control, emby, jellyfin, plex, stripe};

/// What a stand-in gets when it is put up.
#[derive(Debug, Clone)]
pub struct Stage {
    /// `jellyfin`, `stripe`, …; said in every answer's `x-stand-in`.
    pub name: &'static str,
    /// Its own address without a closing slash, for links that it hands out.
    pub base_url: String,
    pub clock: StandinClock,
    pub faults: Faults,
}

/// The stand-ins at work. Dropping it ends them.
#[derive(Debug)]
pub struct Running {
    pub jellyfin: String,
    pub stripe: String,
    pub emby: String,
    pub plex_tv: String,
    /// Orla's server, Polaris.
    pub plex_server: String,
    /// Bram's server, Vega.
    pub plex_server_2: String,
    pub clock: StandinClock,
    tasks: JoinSet<()>,
    _plex: plex::Standing,
}

impl Running {
    /// `{"jellyfin":"http://…","stripe":"http://…",…}`: printed at start.
    pub fn addresses(&self) -> serde_json::Value {
        serde_json::json!({
            "jellyfin": self.jellyfin,
            "stripe": self.stripe,
            "emby": self.emby,
            "plex_tv": self.plex_tv,
            "plex_server": self.plex_server,
            "plex_server_2": self.plex_server_2,
        })
    }

    /// Waits until all have ended, which they do not do by themselves.
    pub async fn wait(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Puts up all stand-ins: from `listen`'s port upwards, or on free ports if that is 0.
pub async fn start(listen: SocketAddr, clock: StandinClock) -> std::io::Result<Running> {
    let mut tasks = JoinSet::new();
    let jellyfin = put_up(
        "jellyfin",
        nth(listen, 0),
        &clock,
        jellyfin::router,
        &mut tasks,
    )
    .await?;
    let stripe = put_up("stripe", nth(listen, 1), &clock, stripe::router, &mut tasks).await?;
    let emby = put_up("emby", nth(listen, 2), &clock, emby::router, &mut tasks).await?;
    let (plex, standing) = plex::Plex::open(&clock, [nth(listen, 4), nth(listen, 5)]).await?;
    let tv = |stage| plex.tv(stage);
    let plex_tv = put_up("plex_tv", nth(listen, 3), &clock, tv, &mut tasks).await?;
    let [plex_server, plex_server_2] = plex.lasting();
    Ok(Running {
        jellyfin,
        stripe,
        emby,
        plex_tv,
        plex_server,
        plex_server_2,
        clock,
        tasks,
        _plex: standing,
    })
}

async fn put_up(
    name: &'static str,
    at: SocketAddr,
    clock: &StandinClock,
    router: impl FnOnce(Stage) -> Router,
    tasks: &mut JoinSet<()>,
) -> std::io::Result<String> {
    let listener = TcpListener::bind(at).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let stage = Stage {
        name,
        base_url: base_url.clone(),
        clock: clock.clone(),
        faults: Faults::default(),
    };
    let app = control::surround(router(stage.clone()), stage);
    tasks.spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "The {name} stand-in ended");
        }
    });
    Ok(base_url)
}

fn nth(listen: SocketAddr, offset: u16) -> SocketAddr {
    let port = if listen.port() == 0 {
        0
    } else {
        listen.port() + offset
    };
    let ip = if listen.ip().is_loopback() {
        listen.ip()
    } else {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    };
    SocketAddr::new(ip, port)
}
