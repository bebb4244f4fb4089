//! Where gateways leave their messages: verified, kept, answered. What a message points at is looked at later,
//! by a job.
//!
//! No cookies and no form tokens here: the signature is what counts, and it is over the raw body.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use billing::inbox::{self, ReceiveError};
use tokio::sync::Semaphore;
use web::Site;

use crate::pace::Pace;

/// Signed messages of gateways have a few kilobytes.
const LARGEST: usize = 256 * 1024;
/// Messages refused within a minute, after which a source waits in line.
const REFUSED_MOST: u32 = 30;

/// A source that leaves many forgeries waits in one line with others like it, one message at a time. It is
/// never turned away unread: behind a proxy the gateway itself may seem to come from the same address.
#[derive(Debug)]
struct Doorkeeper {
    refused: Pace<IpAddr>,
    line: Semaphore,
}

pub fn router() -> Router<Site> {
    let doorkeeper = Doorkeeper {
        refused: Pace::new(REFUSED_MOST),
        line: Semaphore::new(1),
    };
    Router::new()
        .route("/hooks/{gateway}/{key}", post(receive))
        .layer(Extension(Arc::new(doorkeeper)))
}

/// `POST /hooks/{gateway}/{key}`
async fn receive(
    State(site): State<Site>,
    Extension(doorkeeper): Extension<Arc<Doorkeeper>>,
    Path((gateway, key)): Path<(String, String)>,
    request: Request,
) -> StatusCode {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    let source = web::client_address(&site, &parts);
    let _turn = if doorkeeper.refused.is_spent(&source, site.now()) {
        doorkeeper.line.acquire().await.ok()
    } else {
        None
    };
    let taken = take(&site, (&gateway, &key), &parts.headers, &body).await;
    if taken.is_client_error() {
        doorkeeper.refused.count(&source, site.now());
    } else if taken.is_success() {
        doorkeeper.refused.clear(&source);
    }
    taken
}

/// 2xx once the message is saved (or was before); 4xx only for what is forged or sent to an address that does
/// not exist; 503 makes the gateway send it again.
async fn take(
    site: &Site,
    (gateway, key): (&str, &str),
    headers: &HeaderMap,
    body: &[u8],
) -> StatusCode {
    let received = inbox::receive(&site.tools.gateways, gateway, key, headers, body).await;
    match received {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(ReceiveError::NotFound) => StatusCode::NOT_FOUND,
        Err(ReceiveError::Webhook(error)) => {
            tracing::warn!(gateway.driver = gateway, "A message was not taken: {error}");
            StatusCode::BAD_REQUEST
        }
        Err(error @ (ReceiveError::Gateway(_) | ReceiveError::Db(_))) => {
            tracing::error!(gateway.driver = gateway, "A message was not kept: {error}");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
