//! All routes of the server, one line each.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get, post};
use tower::ServiceExt as _;

use super::{
    Jellyfin, answer, calls, control_own, devices, images, items, keys, library, log, orders,
    password, paths, play, quick_connect, remote, sessions, sign_in, socket, system, users,
};

/// The server's own routes in any case, and the control routes beside them.
pub fn all(jellyfin: Jellyfin) -> Router {
    let server = Router::new()
        .merge(about_the_server())
        .merge(about_users())
        .merge(about_media())
        .merge(about_sessions())
        .fallback(unknown)
        .layer(from_fn_with_state(
            jellyfin.clone(),
            calls::count::<Jellyfin>,
        ))
        .with_state(jellyfin.clone());
    Router::new()
        .route("/_control/state", get(control_own::show))
        .route("/_control/calls", get(control_own::calls))
        .route("/_control/reset", post(control_own::reset))
        .route("/_control/seed", post(control_own::sow))
        .route("/_control/play", post(play::order))
        .layer(DefaultBodyLimit::disable())
        .with_state(jellyfin)
        .fallback_service(server.map_request(paths::fold_case))
}

fn about_the_server() -> Router<Jellyfin> {
    Router::new()
        .route("/", get(system::home))
        .route("/web/", get(system::web))
        .route("/health", get(system::health))
        .route("/System/Info/Public", get(system::public_info))
        .route("/System/Info", get(system::info))
        .route("/System/Ping", get(system::ping).post(system::ping))
        .route("/System/ActivityLog/Entries", get(log::list))
        .route("/Branding/Configuration", get(system::branding))
        .route("/Auth/Keys", get(keys::list).post(keys::create))
        .route("/Auth/Keys/{key}", delete(keys::remove))
        .route("/Auth/Providers", get(keys::providers))
        .route("/Auth/PasswordResetProviders", get(keys::reset_providers))
        .route("/QuickConnect/Enabled", get(quick_connect::is_enabled))
        .route("/QuickConnect/Initiate", post(quick_connect::initiate))
        .route("/QuickConnect/Connect", get(quick_connect::state))
        .route("/QuickConnect/Authorize", post(quick_connect::authorize))
        .route("/socket", any(socket::open))
}

fn about_users() -> Router<Jellyfin> {
    Router::new()
        .route("/Users", get(users::list).post(users::update))
        .route("/Users/Public", get(users::list_public))
        .route("/Users/Me", get(users::show_me))
        .route("/Users/New", post(users::create))
        .route("/Users/Password", post(password::set))
        .route("/Users/Configuration", post(users::set_configuration))
        .route("/Users/ForgotPassword", post(password::forgotten))
        .route("/Users/AuthenticateByName", post(sign_in::by_name))
        .route(
            "/Users/AuthenticateWithQuickConnect",
            post(quick_connect::sign_in),
        )
        .route(
            "/Users/{user}",
            get(users::show)
                .post(users::update_by_path)
                .delete(users::remove),
        )
        .route("/Users/{user}/Policy", post(users::set_policy))
        .route("/Users/{user}/Password", post(password::set_by_path))
        .route("/Users/{user}/Views", get(items::views_of))
        .route("/Users/{user}/Items", get(items::list_of))
        .route("/Users/{user}/Items/{item}", get(items::show_of))
        .route("/UserViews", get(items::views))
}

fn about_media() -> Router<Jellyfin> {
    Router::new()
        .route(
            "/Library/VirtualFolders",
            get(library::list_folders)
                .post(library::add_folder)
                .delete(library::remove_folder),
        )
        .route("/Library/VirtualFolders/Name", post(library::rename_folder))
        .route("/Library/MediaFolders", get(library::list_media_folders))
        .route("/Library/Refresh", post(library::refresh))
        .route("/Library/Media/Updated", post(orders::media_updated))
        .route("/Videos/{item}/Subtitles", post(orders::upload))
        .route("/Items", get(items::list))
        .route("/Items/{item}", get(items::show))
        .route(
            "/Items/{item}/PlaybackInfo",
            get(items::playback_info).post(items::playback_info),
        )
        .route("/Items/{item}/Refresh", post(items::refresh))
        .route("/Items/{item}/Images", get(images::list))
        .route("/Items/{item}/Images/{kind}", get(images::show))
        .route(
            "/Items/{item}/Images/{kind}/{index}",
            get(images::show_indexed),
        )
}

fn about_sessions() -> Router<Jellyfin> {
    Router::new()
        .route("/Sessions", get(sessions::list))
        .route("/Sessions/Logout", post(sign_in::log_out))
        .route(
            "/Sessions/Capabilities",
            post(sessions::set_capabilities_by_query),
        )
        .route(
            "/Sessions/Capabilities/Full",
            post(sessions::set_capabilities),
        )
        .route("/Sessions/Playing", post(sessions::started))
        .route("/Sessions/Playing/Progress", post(sessions::progressed))
        .route("/Sessions/Playing/Stopped", post(sessions::stopped))
        .route("/Sessions/Playing/Ping", post(sessions::pinged))
        .route("/Sessions/{session}/Message", post(remote::message))
        .route(
            "/Sessions/{session}/Command",
            post(remote::general_with_arguments),
        )
        .route(
            "/Sessions/{session}/Playing/{command}",
            post(remote::playstate),
        )
        .route(
            "/Sessions/{session}/Command/{command}",
            post(remote::general),
        )
        .route(
            "/Sessions/{session}/System/{command}",
            post(remote::general),
        )
        .route("/Devices", get(devices::list).delete(devices::remove))
        .route("/Devices/Info", get(devices::show))
        .route(
            "/Devices/Options",
            get(devices::show_options).post(devices::set_options),
        )
}

async fn unknown() -> answer::Refusal {
    answer::Refusal::Bare(axum::http::StatusCode::NOT_FOUND)
}
