//! Paths in any case: the real server takes `/system/info/public` for `/System/Info/Public`.

use axum::extract::Request;
use axum::http::Uri;

/// The words of the routes, as the routes write them. What is not here (ids, codes) stays as it came.
const WORDS: [&str; 62] = [
    "ActivityLog",
    "Auth",
    "AuthenticateByName",
    "AuthenticateWithQuickConnect",
    "Authorize",
    "Branding",
    "Capabilities",
    "Command",
    "Configuration",
    "Connect",
    "Devices",
    "Enabled",
    "Entries",
    "ForgotPassword",
    "Full",
    "Images",
    "Info",
    "Initiate",
    "Items",
    "Keys",
    "Library",
    "Logout",
    "Me",
    "Media",
    "MediaFolders",
    "Message",
    "Name",
    "New",
    "Options",
    "Password",
    "PasswordResetProviders",
    "Ping",
    "PlaybackInfo",
    "Playing",
    "Policy",
    "Primary",
    "Progress",
    "Providers",
    "Public",
    "QuickConnect",
    "Refresh",
    "Sessions",
    "Stopped",
    "System",
    "Updated",
    "Users",
    "UserViews",
    "Views",
    "VirtualFolders",
    "Backdrop",
    "Thumb",
    "Logo",
    "health",
    "socket",
    "web",
    "Stop",
    "Pause",
    "Unpause",
    "PlayPause",
    "Seek",
    "Css",
    "Counts",
];

/// Writes the words of a path as the routes have them.
pub fn fold_case(mut request: Request) -> Request {
    let uri = request.uri();
    let folded: Vec<&str> = uri.path().split('/').map(known).collect();
    let folded = folded.join("/");
    if folded != uri.path() {
        let query = uri
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        if let Ok(folded) = format!("{folded}{query}").parse::<Uri>() {
            *request.uri_mut() = folded;
        }
    }
    request
}

fn known(part: &str) -> &str {
    WORDS
        .into_iter()
        .find(|word| word.eq_ignore_ascii_case(part))
        .unwrap_or(part)
}
