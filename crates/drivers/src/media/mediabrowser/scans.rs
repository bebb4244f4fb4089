//! Having a server of either kind look again. All of it is safe to repeat.

use http::StatusCode;
use kit::{Outcome, Refusal, done, t};
use serde_json::json;

use super::call::Caller;

/// An item, a folder, or a library as a whole.
pub(in crate::media) async fn item(caller: &Caller, item: &str) -> Outcome<()> {
    let query = [
        ("Recursive", "true"),
        ("MetadataRefreshMode", "Default"),
        ("ImageRefreshMode", "Default"),
    ];
    let url = caller.url(&["Items", item, "Refresh"], &query);
    let answer = done!(caller.post_nothing(url).await);
    match answer.status {
        // What is no id at all is as little there as what is unknown.
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Outcome::Refused(Refusal::lasting(
            "not_found",
            t!("It is not on the server any more. Look for it again in the library's list."),
        )),
        _ => caller.written(&answer),
    }
}

/// A directory as the server knows it, whatever changed in it.
pub(in crate::media) async fn folder(caller: &Caller, path: &str) -> Outcome<()> {
    let url = caller.url(&["Library", "Media", "Updated"], &[]);
    let body = json!({ "Updates": [{ "Path": path, "UpdateType": "Modified" }] });
    let answer = done!(caller.post(url, &body).await);
    caller.written(&answer)
}
