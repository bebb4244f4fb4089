//! The joined house: all tables of routes, with the guards around them.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::access::Routes;
use crate::error::{PageError, Problem};
use crate::form::LARGEST_UPLOAD;
use crate::guard::{self, Guest};
use crate::site::Site;
use crate::{assets, csp, live, page};

/// Joins the pages; what `plain` brings (the REST interface, hooks, health) is outside the pages' guards.
pub fn app(site: Site, pages: Routes, plain: Router<Site>) -> Router {
    let pages = pages
        .into_router()
        .route("/events", get(live::events))
        .fallback(nothing_here)
        .layer(axum::extract::DefaultBodyLimit::max(
            LARGEST_UPLOAD + 64 * 1024,
        ))
        .layer(from_fn_with_state(site.clone(), draw_problems))
        .layer(from_fn_with_state(site.clone(), guard::identify))
        .layer(from_fn_with_state(site.clone(), put_headers));
    Router::new()
        .merge(plain)
        .route("/assets/{name}", get(assets::show))
        .route("/theme.css", get(assets::theme))
        .merge(pages)
        .with_state(site)
}

async fn nothing_here() -> PageError {
    PageError::NotFound
}

/// Turns a handler's error into a page; a live fragment or a script gets the status alone.
async fn draw_problems(State(site): State<Site>, request: Request, next: Next) -> Response {
    let guest = request.extensions().get::<Guest>().cloned();
    // Nothing has such a name, and PostgreSQL's texts cannot hold it.
    let response = if request.uri().to_string().contains("%00") {
        PageError::NotFound.into_response()
    } else {
        next.run(request).await
    };
    let Some(problem) = response.extensions().get::<Problem>().cloned() else {
        return response;
    };
    let prove_first = response.headers().contains_key("x-prove-first");
    match guest {
        Some(guest) => page::problem(&site, &guest, &problem, prove_first).await,
        None => problem.status.into_response(),
    }
}

async fn put_headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let targets = site.tools.form_targets().await;
    csp::put(
        response.headers_mut(),
        &csp::policy(&targets),
        site.config.is_safe,
    );
    response
}
