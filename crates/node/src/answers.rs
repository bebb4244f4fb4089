//! What engines ask on loopback, answered from memory. Engines prove themselves with a password that lives as long as
//! this process; Icecast's listeners come through the edge, which says the same password.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, FromRef, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use kit::id::{Id, StationId};
use serde::Deserialize;

use crate::desk::Desk;
use crate::{cue, titles};
use broadcast::Cue;

/// Something that listens, and where.
pub struct Listening {
    pub address: SocketAddr,
    pub task: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Answers {
    desk: Arc<Desk>,
    icecast: SocketAddr,
}

impl FromRef<Answers> for Arc<Desk> {
    fn from_ref(answers: &Answers) -> Self {
        Self::clone(&answers.desk)
    }
}

pub async fn listen(desk: Arc<Desk>, icecast: SocketAddr) -> std::io::Result<Listening> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/icecast/source", post(source))
        .route("/icecast/join", post(join))
        .route("/icecast/up", post(up))
        .route("/icecast/down", post(down))
        .route("/engine/next/{station}", post(next))
        .route("/engine/plays/{station}", post(plays))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .with_state(Answers { desk, icecast });
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "nobody answers the engines any more");
        }
    });
    Ok(Listening { address, task })
}

/// The fields of Icecast's questions that we look at.
#[derive(Debug, Deserialize)]
struct Question {
    #[serde(default)]
    mount: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    pass: String,
    #[serde(default, rename = "h-x-edge")]
    edge: String,
}

/// Icecast takes exactly this header for a yes.
fn verdict(is_yes: bool) -> Response {
    if is_yes {
        ([("icecast-auth-user", "1")], StatusCode::OK).into_response()
    } else {
        ([("icecast-auth-message", "refused")], StatusCode::OK).into_response()
    }
}

async fn source(State(desk): State<Arc<Desk>>, Form(asked): Form<Question>) -> Response {
    verdict(desk.may_send(&asked.mount, &asked.user, &asked.pass))
}

async fn join(State(desk): State<Arc<Desk>>, Form(asked): Form<Question>) -> Response {
    verdict(asked.edge == desk.password.reveal())
}

async fn up(State(answers): State<Answers>, Form(asked): Form<Question>) {
    answers.desk.note_mount(&asked.mount, true);
    if let Some(cue) = answers.desk.plays_at(&asked.mount) {
        tokio::spawn(tell(answers.clone(), cue, vec![asked.mount]));
    }
}

async fn down(State(desk): State<Arc<Desk>>, Form(asked): Form<Question>) {
    desk.note_mount(&asked.mount, false);
}

fn is_engine(desk: &Desk, headers: &HeaderMap) -> bool {
    let said = headers.get("x-engine-password");
    said.is_some_and(|said| said.as_bytes() == desk.password.reveal().as_bytes())
}

async fn next(
    State(desk): State<Arc<Desk>>,
    Path(station): Path<String>,
    headers: HeaderMap,
) -> Response {
    let station = StationId::parse(&station).filter(|_| is_engine(&desk, &headers));
    let Some(station) = station else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let cue = desk.next(&station);
    cue.and_then(|cue| cue::annotated(&cue))
        .unwrap_or_default()
        .into_response()
}

async fn plays(
    State(answers): State<Answers>,
    Path(station): Path<String>,
    headers: HeaderMap,
    track: String,
) -> StatusCode {
    let desk = &answers.desk;
    let Some(station) = StationId::parse(&station).filter(|_| is_engine(desk, &headers)) else {
        return StatusCode::FORBIDDEN;
    };
    if let Some((cue, mounts)) = desk.note_plays(&station, &track) {
        tokio::spawn(tell(answers.clone(), cue, mounts));
    }
    StatusCode::OK
}

/// A mount that has just begun is told by its own beginning.
async fn tell(answers: Answers, cue: Cue, mounts: Vec<String>) {
    let password = answers.desk.password.reveal();
    for mount in mounts {
        if let Err(error) = titles::tell(answers.icecast, password, &mount, &cue).await {
            tracing::debug!(%error, "a title was not taken");
        }
    }
}
