//! Where listeners come to: `/listen/{station}`, passed through from Icecast with their true address counted here.
//!
//! A listener stays while engines come and go: if the sound from behind ends, it is fetched anew and the connection in
//! front goes on. Titles are woven in here, from what the desk knows.

mod icy;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use broadcast::{Codec, StationSlug, StreamFormat};
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::answers::Listening;
use crate::desk::{Desk, No, Seat};
use icy::Weaver;

/// How long a listener is kept waiting for the first sound of a station, or for the next after a break.
const PATIENCE: Duration = Duration::from_secs(15);
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
const ICY_METADATA: HeaderName = HeaderName::from_static("icy-metadata");
/// What players read of Icecast's answer.
const PASSED_ON: [&str; 4] = ["content-type", "icy-br", "ice-audio-info", "icy-genre"];

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
        let Some(sound) = self.fetch(&seat).await else {
            return refused(No::Off);
        };
        let wants_titles = headers.get(ICY_METADATA).is_some_and(|it| it == "1");
        let weaver = (wants_titles && may_have_titles(&seat)).then(Weaver::default);
        let mut answer = Response::builder()
            .header(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
            .header(CACHE_CONTROL, "no-store");
        for name in PASSED_ON {
            if let Some(value) = sound.headers().get(name) {
                answer = answer.header(name, value);
            }
        }
        if let Some(name) = icy_name(&seat) {
            answer = answer.header("icy-name", name);
        }
        if weaver.is_some() {
            answer = answer.header("icy-metaint", icy::EVERY);
        }
        let passed = self.clone().pass_on(seat, sound.into_body(), weaver);
        answer
            .body(Body::from_stream(passed))
            .expect("headers of ours and Icecast's")
    }

    /// The station's sound from Icecast. `None`: there is none, and none comes in time.
    async fn fetch(&self, seat: &Seat) -> Option<http::Response<Incoming>> {
        let tries = async {
            loop {
                match self.ask(&seat.mount()).await {
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
    ) -> Result<http::Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.icecast).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::get(mount)
            .header("host", "localhost")
            .header("x-edge", self.desk.password.reveal())
            .body(Empty::<Bytes>::new())?;
        Ok(sender.send_request(request).await?)
    }

    /// The sound as long as there is any and the station may be heard.
    fn pass_on(
        self,
        seat: Seat,
        sound: Incoming,
        weaver: Option<Weaver>,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        let state = Passing {
            edge: self,
            seat,
            sound,
            weaver,
        };
        stream::unfold(state, |mut state| async move {
            let bytes = state.next().await?;
            state.seat.bytes += bytes.len() as u64;
            Some((Ok(state.with_title(bytes)), state))
        })
        .fuse()
    }
}

struct Passing {
    edge: Edge,
    seat: Seat,
    sound: Incoming,
    weaver: Option<Weaver>,
}

/// Ogg carries titles of its own.
fn may_have_titles(seat: &Seat) -> bool {
    seat.session.format.codec() != Codec::Opus
}

/// What the station is called, as far as a header can say it.
fn icy_name(seat: &Seat) -> Option<HeaderValue> {
    let title = seat.stand.allowance().title.clone();
    let plain: String = title.chars().filter(|sign| !sign.is_control()).collect();
    HeaderValue::from_bytes(plain.as_bytes()).ok()
}

impl Passing {
    fn with_title(&mut self, sound: Bytes) -> Bytes {
        match &mut self.weaver {
            Some(weaver) => weaver.weave(&sound, &self.seat.stand.title()).into(),
            None => sound,
        }
    }

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
                _ => self.sound = self.edge.fetch(&self.seat).await?.into_body(),
            }
        }
    }
}
