//! All routes of the server, one line each. They answer below `/emby` and at the root, in any case.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get, post};
use tower::ServiceExt as _;

use super::{
    Emby, calls, connect, connect_order, control_own, devices, items, keys, library, password,
    paths, play, remote, sessions, sign_in, socket, system, tasks, users,
};

/// The words of the routes, as the routes write them.
const WORDS: &[&str] = &[
    "ActivityLog",
    "Auth",
    "AuthenticateByName",
    "Branding",
    "Capabilities",
    "Command",
    "Configuration",
    "Connect",
    "Delete",
    "Devices",
    "Endpoint",
    "Entries",
    "Exchange",
    "ForgotPassword",
    "Full",
    "Images",
    "Info",
    "Items",
    "Jobs",
    "Keys",
    "Library",
    "Link",
    "Logout",
    "Media",
    "MediaFolders",
    "Message",
    "Name",
    "New",
    "Options",
    "Password",
    "Pending",
    "Ping",
    "PlaybackInfo",
    "Playing",
    "Policy",
    "Progress",
    "Providers",
    "Public",
    "Query",
    "Refresh",
    "RemoteSearch",
    "Running",
    "ScheduledTasks",
    "SelectableMediaFolders",
    "Sessions",
    "Stopped",
    "Subtitles",
    "Sync",
    "System",
    "Updated",
    "Users",
    "Views",
    "VirtualFolders",
    "embywebsocket",
    "index.html",
    "web",
];

/// The server's own routes, and the control routes beside them.
pub fn all(emby: Emby) -> Router {
    let server = Router::new()
        .merge(about_the_server())
        .merge(about_users())
        .merge(about_media())
        .merge(about_sessions())
        .fallback(socket::unknown)
        .layer(from_fn_with_state(emby.clone(), calls::count::<Emby>))
        .with_state(emby.clone());
    Router::new()
        .route("/_control/state", get(control_own::show))
        .route("/_control/calls", get(control_own::calls))
        .route("/_control/reset", post(control_own::reset))
        .route("/_control/seed", post(control_own::sow))
        .route("/_control/play", post(play::order))
        .route("/_control/connect", post(connect_order::order))
        .layer(DefaultBodyLimit::disable())
        .with_state(emby)
        .fallback_service(server.map_request(at_the_root))
}

/// `/emby/Users` and `/mediabrowser/users` are `/Users`.
fn at_the_root(request: Request) -> Request {
    let path = request.uri().path().to_owned();
    let below = path.split('/').nth(1).unwrap_or_default();
    let is_prefix =
        below.eq_ignore_ascii_case("emby") || below.eq_ignore_ascii_case("mediabrowser");
    let request = if is_prefix {
        let rest = &path[below.len() + 1..];
        paths::with_path(request, if rest.is_empty() { "/" } else { rest })
    } else {
        request
    };
    paths::in_words(request, WORDS)
}

fn about_the_server() -> Router<Emby> {
    Router::new()
        .route("/", get(socket::open_at_root))
        .route("/web/index.html", get(system::web))
        .route("/System/Info/Public", get(system::public_info))
        .route("/System/Info", get(system::info))
        .route("/System/Ping", get(system::ping).post(system::ping))
        .route("/System/Endpoint", get(system::endpoint))
        .route("/System/ActivityLog/Entries", get(keys::list_activity))
        .route("/Branding/Configuration", get(system::branding))
        .route("/Auth/Keys", get(keys::list).post(keys::create))
        .route("/Auth/Keys/{key}", delete(keys::remove))
        .route("/Auth/Keys/{key}/Delete", post(keys::remove))
        .route("/Auth/Providers", get(keys::providers))
        .route("/ScheduledTasks", get(tasks::list))
        .route("/ScheduledTasks/{task}", get(tasks::show))
        .route(
            "/ScheduledTasks/Running/{task}",
            post(tasks::start).delete(tasks::stop),
        )
        .route("/ScheduledTasks/Running/{task}/Delete", post(tasks::stop))
        .route("/Sync/Jobs", get(system::downloads))
        .route("/embywebsocket", any(socket::open))
}

fn about_users() -> Router<Emby> {
    Router::new()
        .route("/Users", get(users::list))
        .route("/Users/Query", get(users::query))
        .route("/Users/Public", get(users::list_public))
        .route("/Users/New", post(users::create))
        .route("/Users/ForgotPassword", post(password::forgotten))
        .route("/Users/AuthenticateByName", post(sign_in::by_name))
        .route(
            "/Users/{user}",
            get(users::show).post(users::update).delete(users::remove),
        )
        .route("/Users/{user}/Delete", post(users::remove))
        .route("/Users/{user}/Password", post(password::set))
        .route("/Users/{user}/Policy", post(users::set_policy))
        .route(
            "/Users/{user}/Configuration",
            post(users::set_configuration),
        )
        .route(
            "/Users/{user}/Connect/Link",
            post(connect::link).delete(connect::unlink),
        )
        .route("/Users/{user}/Connect/Link/Delete", post(connect::unlink))
        .route("/Connect/Pending", get(connect::pending))
        .route("/Connect/Exchange", get(connect::exchange))
}

fn about_media() -> Router<Emby> {
    Router::new()
        .route(
            "/Library/SelectableMediaFolders",
            get(library::list_selectable),
        )
        .route("/Library/VirtualFolders", post(library::add_folder))
        .route("/Library/VirtualFolders/Query", get(library::query_folders))
        .route("/Library/VirtualFolders/Name", post(library::rename_folder))
        .route(
            "/Library/VirtualFolders/Delete",
            post(library::remove_folder),
        )
        .route("/Library/MediaFolders", get(library::list_media_folders))
        .route("/Library/Refresh", post(library::refresh))
        .route("/Library/Media/Updated", post(library::updated))
        .route("/Users/{user}/Views", get(items::views))
        .route("/Users/{user}/Items", get(items::list_of))
        .route("/Users/{user}/Items/{item}", get(items::show))
        .route("/Items", get(items::list))
        .route(
            "/Items/{item}/PlaybackInfo",
            get(items::playback_info).post(items::playback_info),
        )
        .route("/Items/{item}/Refresh", post(items::refresh))
        .route("/Items/{item}/Images/{kind}", get(items::image))
        .route(
            "/Items/{item}/RemoteSearch/Subtitles/{language}",
            get(remote::search_subtitles),
        )
}

fn about_sessions() -> Router<Emby> {
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
        .route("/Devices/Delete", post(devices::remove))
        .route("/Devices/Info", get(devices::show))
        .route(
            "/Devices/Options",
            get(devices::show_options).post(devices::set_options),
        )
}
