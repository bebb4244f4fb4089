//! Whether the house is alive, whether it can serve, and its figures for Prometheus.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jobs::Pulse;
use people::role::Permission;
use web::Site;

use crate::{door, metrics};

/// A runner turns every second; after so long without one it hangs.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// A database that answers later than this does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn router(jobs: Pulse) -> Router<Site> {
    let is_ready = move |State(site): State<Site>| ready(site, jobs.silent_for());
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(is_ready))
        .route("/metrics", get(figures))
}

/// `GET /healthz`: the process answers, and that is all it says.
async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and has the schema of this version, and jobs run. Else each line says
/// what is in the way.
async fn ready(site: Site, silent: Option<Duration>) -> (StatusCode, String) {
    let faults: Vec<&str> = [of_database(&site).await, of_jobs(silent)]
        .into_iter()
        .flatten()
        .collect();
    if faults.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let lines = faults.join("\n");
    (StatusCode::SERVICE_UNAVAILABLE, format!("{lines}\n"))
}

async fn of_database(site: &Site) -> Option<&'static str> {
    match tokio::time::timeout(PATIENCE, site.db.pending_migrations()).await {
        Ok(Ok(pending)) if pending.is_empty() => None,
        Ok(Ok(_)) => {
            Some("The database waits for migrations. Run `playhouse migrate`, or restart.")
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "The house is not ready: its database cannot be used");
            Some("The database does not answer.")
        }
        Err(_) => {
            tracing::error!("The house is not ready: its database does not answer");
            Some("The database does not answer.")
        }
    }
}

fn of_jobs(silent: Option<Duration>) -> Option<&'static str> {
    match silent {
        None => Some("No jobs run in this process. Its log says why."),
        Some(silent) if silent > LONGEST_SILENCE => {
            Some("The jobs of this process have hung for more than 30 s. Restart it.")
        }
        Some(_) => None,
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

/// Puts the count of answers around all routes.
pub fn counted(router: Router) -> Router {
    router.layer(from_fn(count))
}

async fn count(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100).saturating_sub(1);
    if let Some(counter) = ANSWERS.get(class) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_that_do_not_run_or_hang_are_no_readiness() {
        assert!(of_jobs(None).is_some_and(|line| line.contains("No jobs run")));
        assert_eq!(of_jobs(Some(Duration::from_secs(2))), None);
        assert_eq!(of_jobs(Some(LONGEST_SILENCE)), None);
        let long = LONGEST_SILENCE + Duration::from_secs(1);
        assert!(of_jobs(Some(long)).is_some_and(|line| line.contains("hung")));
    }
}
