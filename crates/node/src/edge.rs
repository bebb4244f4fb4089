//! Where listeners come to: `/listen/{station}`, passed through from Icecast with their true address counted here.
//!
//! A listener stays while engines come and go: if the sound from behind ends, it is fetched anew and the connection in
//! front goes on. Only who asked for titles inside the sound is let go then, as those must come at exact places.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use broadcast::{StationSlug, StreamFormat};
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, HeaderName, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::answers::Listening;
use crate::desk::{Desk, No, Seat};

/// How long a listener is kept waiting for the first sound of a station, or for the next after a break.
const PATIENCE: Duration = Duration::from_secs(15);
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
const ICY_METADATA: HeaderName = HeaderName::from_static("icy-metadata");
/// What players read of Icecast's answer.
const PASSED_ON: [&str; 6] = [
    "content-type",
    "icy-metaint",
    "icy-name",
    "icy-br",
    "ice-audio-info",
    "icy-genre",
];

#[derive(Clone)]
struct Edge {
    desk: Arc<Desk>,
    icecast: SocketAddr,
}

pub async fn listen(
    desk: Arc<Desk>,
    address: SocketAddr,
    icecast: SocketAddr,
) -> std::io::Result<Listening> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let edge = Edge { desk, icecast };
    let router = Router::new()
        .route("/listen/{station}", get(default_format))
        .route("/listen/{station}/{format}", get(one_format))
        .with_state(edge)
        .into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "nobody lets listeners in any more");
        }
    });
    Ok(Listening { address, task })
}

async fn default_format(
    State(edge): State<Edge>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path(station): Path<String>,
    headers: HeaderMap,
) -> Response {
    edge.serve(&station, None, from, &headers).await
}

async fn one_format(
    State(edge): State<Edge>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path((station, format)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match StreamFormat::parse(&format) {
        Some(format) => edge.serve(&station, Some(format), from, &headers).await,
        None => refused(No::Format),
    }
}

fn refused(no: No) -> Response {
    let status = match no {
        No::Station | No::Format => StatusCode::NOT_FOUND,
        No::Off | No::Suspended => StatusCode::FORBIDDEN,
        No::Full => StatusCode::SERVICE_UNAVAILABLE,
    };
    let words = no.text().in_english();
    let plain = (CONTENT_TYPE, "text/plain; charset=utf-8");
    if no == No::Full {
        return (status, [plain, (RETRY_AFTER, "120")], words).into_response();
    }
    (status, [plain], words).into_response()
}

impl Edge {
    async fn serve(
        &self,
        station: &str,
        format: Option<StreamFormat>,
        from: SocketAddr,
        headers: &HeaderMap,
    ) -> Response {
        let Ok(slug) = StationSlug::parse(station) else {
            return refused(No::Station);
        };
        let player = headers.get(USER_AGENT).and_then(|it| it.to_str().ok());
        let who = (from.ip(), player.unwrap_or_default());
        let seat = match self.desk.join(&slug, format, who) {
            Ok(seat) => seat,
            Err(no) => return refused(no),
        };
        let wants_titles = headers.get(ICY_METADATA).is_some_and(|it| it == "1");
        let Some(sound) = self.fetch(&seat, wants_titles).await else {
            return refused(No::Off);
        };
        let mut answer = Response::builder()
            .header(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
            .header(CACHE_CONTROL, "no-store");
        for name in PASSED_ON {
            if let Some(value) = sound.headers().get(name) {
                answer = answer.header(name, value);
            }
        }
        let passed = self.clone().pass_on(seat, sound.into_body(), wants_titles);
        answer
            .body(Body::from_stream(passed))
            .expect("headers of ours and Icecast's")
    }

    /// The station's sound from Icecast. `None`: there is none, and none comes in time.
    async fn fetch(&self, seat: &Seat, wants_titles: bool) -> Option<http::Response<Incoming>> {
        let tries = async {
            loop {
                match self.ask(&seat.mount(), wants_titles).await {
                    Ok(sound) if sound.status() == StatusCode::OK => return sound,
                    _ => tokio::time::sleep(BETWEEN_TRIES).await,
                }
                // Without a source there is nothing to ask for.
                seat.stand.is_up(seat.session.format).await;
            }
        };
        tokio::select! {
            sound = tokio::time::timeout(PATIENCE, tries) => sound.ok(),
            () = seat.stand.is_closed() => None,
        }
    }

    async fn ask(
        &self,
        mount: &str,
        wants_titles: bool,
    ) -> Result<http::Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.icecast).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::get(mount)
            .header("host", "localhost")
            .header("x-edge", self.desk.password.reveal())
            .header(ICY_METADATA, if wants_titles { "1" } else { "0" })
            .body(Empty::<Bytes>::new())?;
        Ok(sender.send_request(request).await?)
    }

    /// The sound as long as there is any and the station may be heard.
    fn pass_on(
        self,
        seat: Seat,
        sound: Incoming,
        wants_titles: bool,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        let state = Passing {
            edge: self,
            seat,
            sound,
            wants_titles,
        };
        stream::unfold(state, |mut state| async move {
            let bytes = state.next().await?;
            state.seat.bytes += bytes.len() as u64;
            Some((Ok(bytes), state))
        })
        .fuse()
    }
}

struct Passing {
    edge: Edge,
    seat: Seat,
    sound: Incoming,
    wants_titles: bool,
}

impl Passing {
    /// `None`: it is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let stand = Arc::clone(&self.seat.stand);
            let frame = tokio::select! {
                frame = self.sound.frame() => frame,
                () = stand.is_closed() => return None,
            };
            match frame {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data()
                        && !bytes.is_empty()
                    {
                        return Some(bytes);
                    }
                }
                _ if self.wants_titles => return None,
                _ => self.sound = self.edge.fetch(&self.seat, false).await?.into_body(),
            }
        }
    }
}
