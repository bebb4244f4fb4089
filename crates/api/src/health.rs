//! Whether the house is alive, whether it can serve, and its figures for Prometheus.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use people::role::Permission;
use web::Site;

use crate::{door, metrics};

pub fn router() -> Router<Site> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
}

/// `GET /healthz`: the process answers, and that is all it says.
async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and has the schema of this version.
async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    match site.db.pending_migrations().await {
        Ok(pending) if pending.is_empty() => (StatusCode::OK, "ready\n"),
        Ok(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The database waits for migrations. Run `playhouse migrate`, or restart.\n",
        ),
        Err(error) => {
            tracing::error!("The house is not ready: {error}");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer.\n",
            )
        }
    }
}

/// `GET /metrics`: for this machine itself, or with an API key that may see settings. Others find nothing.
async fn figures(State(site): State<Site>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if !is_local(&parts) && !may_see(&site, &parts.headers).await {
        return StatusCode::NOT_FOUND.into_response();
    }
    match metrics::print(&site, &ANSWERS).await {
        Ok(text) => (
            [(
                header::CONTENT_TYPE,
                "text/plain; version=0.0.4; charset=utf-8",
            )],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!("The figures cannot be read: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// A proxy on the same machine comes from loopback too, but says for whom.
fn is_local(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];
    peer.is_some_and(|peer| peer.0.ip().is_loopback())
        && !forwarded
            .iter()
            .any(|name| parts.headers.contains_key(*name))
}

async fn may_see(site: &Site, headers: &HeaderMap) -> bool {
    let Some(key) = door::bearer(headers) else {
        return false;
    };
    matches!(people::api_key::find(&site.db, &key).await,
        Ok(Some(holder)) if holder.may(Permission::SettingsSee))
}

/// Answers since the start, by the first digit of their status.
static ANSWERS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

/// Counts answers; the app puts it around everything.
pub async fn count(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100).saturating_sub(1);
    if let Some(counter) = ANSWERS.get(class) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
    response
}
