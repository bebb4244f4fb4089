//! What all stand-ins share around their own routes: faults, the clock, and the mark that they are stand-ins.
//!
//! `GET|POST /_control/faults`, `GET|POST /_control/clock` are answered here for all; `/_control/state`,
//! `/_control/reset`, `/_control/seed`, `/_control/play` are each stand-in's own.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, FaultKind};
use crate::stage::Stage;

/// Puts the shared control routes and the fault layer around a stand-in's own routes.
pub fn surround(own: Router, stage: Stage) -> Router {
    let shared = Router::new()
        .route(
            "/_control/faults",
            get(list_faults).post(add_faults).delete(clear_faults),
        )
        .route("/_control/clock", get(read_clock).post(move_clock))
        .with_state(stage.clone());
    own.merge(shared)
        .layer(from_fn_with_state(stage, apply_faults))
}

async fn apply_faults(State(stage): State<Stage>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let fault = if path.starts_with("/_control") {
        None
    } else {
        stage.faults.take(request.method().as_str(), &path)
    };
    let mut response = match fault {
        None | Some(FaultKind::Named { .. }) => next.run(request).await,
        Some(FaultKind::Delay { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            next.run(request).await
        }
        Some(FaultKind::Status {
            status,
            retry_after_s,
            text,
        }) => refusal(status, retry_after_s, text),
        Some(FaultKind::DropAnswer) => {
            drop(next.run(request).await);
            broken_connection()
        }
        Some(FaultKind::Refuse) => broken_connection(),
        Some(FaultKind::SilentAfter) => {
            drop(next.run(request).await);
            std::future::pending::<()>().await;
            broken_connection()
        }
        Some(FaultKind::Silent) => {
            std::future::pending::<()>().await;
            broken_connection()
        }
    };
    response
        .headers_mut()
        .insert("x-stand-in", HeaderValue::from_static(stage.name));
    response
}

/// A status by order; a text that is JSON says so.
fn refusal(status: u16, retry_after_s: Option<u32>, text: Option<String>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = text.unwrap_or_default();
    let is_json = text.starts_with(['{', '[']);
    let mut response = (status, text).into_response();
    if is_json {
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    if let Some(seconds) = retry_after_s {
        let value = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// An answer whose body fails at once: the caller sees the connection die.
fn broken_connection() -> Response {
    let broken = futures::stream::once(async {
        Err::<axum::body::Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let mut response = Response::new(axum::body::Body::from_stream(broken));
    // A length that is never delivered: no client takes this for a complete answer.
    response
        .headers_mut()
        .insert("content-length", HeaderValue::from_static("1048576"));
    response
}

async fn list_faults(State(stage): State<Stage>) -> Json<Vec<Fault>> {
    Json(stage.faults.all())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<Fault>),
    One(Fault),
}

async fn add_faults(State(stage): State<Stage>, Json(asked): Json<OneOrMore>) -> Json<Vec<Fault>> {
    match asked {
        OneOrMore::One(fault) => stage.faults.add(fault),
        OneOrMore::More(faults) => faults.into_iter().for_each(|fault| stage.faults.add(fault)),
    }
    Json(stage.faults.all())
}

async fn clear_faults(State(stage): State<Stage>) -> StatusCode {
    stage.faults.clear();
    StatusCode::NO_CONTENT
}

async fn read_clock(State(stage): State<Stage>) -> Json<Value> {
    Json(json!({ "now_ms": stage.clock.now_ms() }))
}

/// `{"advance_ms": 60000}` moves; `{"pin_ms": 1760000000000}` stops the clock there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    advance_ms: Option<i64>,
    pin_ms: Option<i64>,
}

async fn move_clock(State(stage): State<Stage>, Json(order): Json<ClockOrder>) -> Json<Value> {
    if let Some(at) = order.pin_ms {
        stage.clock.pin_ms(at);
    }
    if let Some(by) = order.advance_ms {
        stage.clock.advance_ms(by);
    }
    Json(json!({ "now_ms": stage.clock.now_ms() }))
}
