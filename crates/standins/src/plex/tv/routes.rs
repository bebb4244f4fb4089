//! All routes of plex.tv, one line each.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post, put};

use super::super::{Tv, answer, calls, control_own, limit};
use super::{
    auth_page, devices, geoip, gone, home, invites, jwt_auth, pins, resources, rights, servers,
    servers_v1, shared_servers, sign_in, user, users_v1, webhooks,
};

/// plex.tv's own routes, and the control routes beside them.
pub fn all(tv: Tv) -> Router {
    let site = Router::new()
        .merge(about_signing_in())
        .merge(about_the_account())
        .merge(about_servers())
        .merge(about_sharing())
        .merge(about_homes())
        .merge(taken_away())
        .fallback(unknown)
        .layer(from_fn_with_state(tv.clone(), limit::keep))
        .layer(from_fn(answer::spell))
        .layer(from_fn_with_state(tv.clone(), count))
        .with_state(tv.clone());
    Router::new()
        .merge(control_own::routes(tv.plex))
        .fallback_service(site)
}

async fn count(State(tv): State<Tv>, request: Request, next: Next) -> Response {
    calls::count(&tv.plex, &tv.stage, request, next).await
}

fn about_signing_in() -> Router<Tv> {
    Router::new()
        .route("/api/v2/pins", post(pins::create))
        .route("/api/v2/pins/link", put(pins::link))
        .route("/api/v2/pins/{pin}", get(pins::show))
        .route("/auth", get(auth_page::show).post(auth_page::decide))
        .route("/auth/", get(auth_page::show).post(auth_page::decide))
        .route("/api/v2/users/signin", post(sign_in::by_password))
        .route("/api/v2/users/signout", axum::routing::delete(sign_in::out))
        .route("/api/v2/auth/jwk", post(jwt_auth::register))
        .route("/api/v2/auth/nonce", get(jwt_auth::nonce))
        .route("/api/v2/auth/token", post(jwt_auth::exchange))
        .route("/api/v2/auth/keys", get(jwt_auth::keys))
}

fn about_the_account() -> Router<Tv> {
    Router::new()
        .route("/api/v2/user", get(user::show))
        .route("/users/account", get(user::show_v1))
        .route("/users/account.xml", get(user::show_v1))
        .route("/api/v2/ping", get(user::ping))
        .route(
            "/api/v2/user/webhooks",
            get(webhooks::list).post(webhooks::replace),
        )
        .route("/devices.xml", get(devices::list))
        .route("/devices/{device}", axum::routing::delete(devices::remove))
        .route("/api/v2/geoip", get(geoip::show))
}

fn about_servers() -> Router<Tv> {
    Router::new()
        .route("/api/v2/resources", get(resources::list))
        .route("/api/resources", get(resources::list_v1))
        .route("/api/v2/servers/{machine}", get(servers::show))
        .route("/api/servers/{machine}", get(servers_v1::show))
}

fn about_sharing() -> Router<Tv> {
    let shared = "/api/servers/{machine}/shared_servers";
    Router::new()
        .route("/api/v2/shared_servers", post(shared_servers::create))
        .route(
            "/api/v2/shared_servers/owned/accepted",
            get(shared_servers::owned_accepted),
        )
        .route(
            "/api/v2/shared_servers/owned/pending",
            get(shared_servers::owned_pending),
        )
        .route(
            "/api/v2/shared_servers/received/accepted",
            get(shared_servers::received_accepted),
        )
        .route(
            "/api/v2/shared_servers/invites/owned/pending",
            get(invites::owned),
        )
        .route(
            "/api/v2/shared_servers/invites/received/pending",
            get(invites::received),
        )
        .route(
            "/api/v2/shared_servers/{share}",
            get(shared_servers::show)
                .post(shared_servers::change)
                .delete(shared_servers::remove),
        )
        .route(
            "/api/v2/shared_servers/{share}/accept",
            post(invites::accept),
        )
        .route(
            "/api/v2/shared_servers/{share}/decline",
            post(invites::decline),
        )
        .route(
            "/api/v2/sharing_settings",
            get(rights::show).post(rights::replace),
        )
        .route(
            "/api/v2/sharings/{user}",
            put(rights::change).delete(rights::part),
        )
        .route(shared, get(servers_v1::list_shares).post(servers_v1::share))
        .route(
            &format!("{shared}/{{share}}"),
            get(servers_v1::show_share)
                .put(servers_v1::change_share)
                .delete(servers_v1::remove_share),
        )
        .route("/api/users", get(users_v1::list))
        .route("/api/users/", get(users_v1::list))
        .route("/api/users/{user}", put(rights::change_v1))
}

fn about_homes() -> Router<Tv> {
    Router::new()
        .route("/api/home/users", get(home::list_v1).post(home::add))
        .route(
            "/api/home/users/{user}",
            put(home::change).delete(home::remove),
        )
        .route("/api/home/users/{user}/switch", post(home::switch_v1))
        .route("/api/v2/home/users", get(home::list))
        .route("/api/v2/home/users/{user}/switch", post(home::switch))
        .route(
            "/api/v2/home/users/restricted/{user}",
            put(home::set_pin).post(home::set_pin),
        )
}

fn taken_away() -> Router<Tv> {
    Router::new()
        .route("/api/v2/friends", any(gone::v2))
        .route("/api/v2/friends/{*rest}", any(gone::v2))
        .route("/api/invites/requested", any(gone::v1))
        .route("/api/invites/requested/{*rest}", any(gone::v1))
        .route("/api/invites/requests", any(gone::v1))
        .route("/api/invites/requests/{*rest}", any(gone::v1))
        .route("/api/friends/{*rest}", any(gone::v1))
        .route("/pms/friends/{*rest}", any(gone::v1))
}

async fn unknown() -> answer::Refused {
    answer::Refused::unknown()
}
