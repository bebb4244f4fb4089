//! HTTPS by the house itself: handshakes beside each other, the visitor's address kept, and port 80 sending
//! people on to HTTPS.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::Uri;
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::serve::{IncomingStream, Listener};
use rustls_acme::is_tls_alpn_challenge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::server::TlsStream;

use crate::acme::Answers;
use crate::serve::{serve_plain, until_told};

/// A handshake that takes longer is nobody's who wants to see the site.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many handshakes at once; more wait to be accepted.
const AT_ONCE: usize = 256;
const REDIRECTED_FROM: u16 = 80;
const USUAL: u16 = 443;

/// A door with a certificate.
#[derive(Debug)]
pub struct Certified {
    pub listener: TcpListener,
    pub domain: String,
    pub answers: Answers,
    /// Has and renews the certificate.
    pub renewing: JoinHandle<()>,
}

impl Certified {
    /// Serves the site, and on port 80 a redirect to it if that port is free.
    pub(crate) async fn serve(
        self,
        router: Router,
        stopped: &watch::Receiver<bool>,
    ) -> std::io::Result<(SocketAddr, Vec<JoinHandle<()>>)> {
        let address = self.listener.local_addr()?;
        let mut servers = Vec::new();
        if address.port() == USUAL {
            let at = SocketAddr::new(address.ip(), REDIRECTED_FROM);
            match TcpListener::bind(at).await {
                Ok(plain) => {
                    let away = redirecting(self.domain.clone());
                    servers.push(tokio::spawn(serve_plain(plain, away, stopped.clone())));
                }
                Err(error) => tracing::info!(
                    %error, "Port 80 is not free: visitors who type http:// are not sent on"
                ),
            }
        }
        servers.push(tokio::spawn(self.serve_tls(
            router,
            address,
            stopped.clone(),
        )));
        Ok((address, servers))
    }

    async fn serve_tls(self, router: Router, address: SocketAddr, stopped: watch::Receiver<bool>) {
        let (shaken, taken) = mpsc::channel(AT_ONCE);
        let shaking = tokio::spawn(shake_hands(self.listener, self.answers, shaken));
        let service = router
            .layer(from_fn(say_who))
            .into_make_service_with_connect_info::<Peer>();
        let served = axum::serve(Shaken { taken, address }, service);
        if let Err(error) = served.with_graceful_shutdown(until_told(stopped)).await {
            tracing::error!(%error, "The site ended");
        }
        shaking.abort();
        self.renewing.abort();
    }
}

/// Everything over here goes there, paths included.
fn redirecting(domain: String) -> Router {
    Router::new().fallback(move |uri: Uri| {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let there = Redirect::permanent(&format!("https://{domain}{path}"));
        async move { there }
    })
}

type Visitor = (TlsStream<TcpStream>, SocketAddr);

/// Slow visitors keep nobody waiting: each handshake is a task of its own.
async fn shake_hands(listener: TcpListener, answers: Answers, shaken: mpsc::Sender<Visitor>) {
    let mut listener = listener;
    let mut shaking = JoinSet::new();
    loop {
        let (stream, peer) = Listener::accept(&mut listener).await;
        while shaking.try_join_next().is_some() {}
        if shaking.len() >= AT_ONCE {
            shaking.join_next().await;
        }
        let (answers, shaken) = (answers.clone(), shaken.clone());
        shaking.spawn(async move {
            let shake = tokio::time::timeout(PATIENCE, shake_hand(stream, &answers));
            if let Ok(Some(stream)) = shake.await {
                // The server is gone: then nobody is let in any more.
                drop(shaken.send((stream, peer)).await);
            }
        });
    }
}

/// `None`: it was the authority, whose question is answered by then, or somebody who speaks no TLS.
async fn shake_hand(stream: TcpStream, answers: &Answers) -> Option<TlsStream<TcpStream>> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream)
        .await
        .ok()?;
    if is_tls_alpn_challenge(&start.client_hello()) {
        let mut answered = start.into_stream(answers.authority.clone()).await.ok()?;
        drop(tokio::io::AsyncWriteExt::shutdown(&mut answered).await);
        return None;
    }
    start.into_stream(answers.visitors.clone()).await.ok()
}

/// Connections after their handshake.
struct Shaken {
    taken: mpsc::Receiver<Visitor>,
    address: SocketAddr,
}

impl Listener for Shaken {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.taken.recv().await {
            Some(visitor) => visitor,
            // The one that shakes hands was stopped, so nobody comes any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// The visitor's address, as axum hands it over for a listener that is not its own.
#[derive(Debug, Clone, Copy)]
struct Peer(SocketAddr);

impl axum::extract::connect_info::Connected<IncomingStream<'_, Shaken>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Shaken>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Pages look for the address where a plain listener puts it.
async fn say_who(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(Peer(mut peer))) =
        request.extensions().get::<ConnectInfo<Peer>>().copied()
    {
        // A visitor by IPv4 on a socket that takes both is shown as such.
        peer.set_ip(peer.ip().to_canonical());
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    next.run(request).await
}
