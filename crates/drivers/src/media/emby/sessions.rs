//! What is playing, telling a device something, and stopping it.

use http::StatusCode;
use kit::{Outcome, done};
use media::remote::{RemoteStream, Words};
use serde_json::json;

use crate::media::mediabrowser::call::{Caller, LIMIT};
use crate::media::mediabrowser::session::Session;

pub(super) async fn list(caller: &Caller) -> Outcome<Vec<RemoteStream>> {
    let url = caller.url(&["Sessions"], &[]);
    let sessions: Vec<Session> = done!(caller.get(url, LIMIT).await);
    Outcome::Done(
        sessions
            .into_iter()
            .filter_map(Session::into_stream)
            .collect(),
    )
}

/// 4.8 reads the words from the query, 4.9 and Emby's own web client use the body: both are sent.
pub(super) async fn message(caller: &Caller, stream: &RemoteStream, words: &Words) -> Outcome<()> {
    let said = [("Header", &*words.title), ("Text", &*words.body)];
    let url = caller.url(&["Sessions", &stream.id, "Message"], &said);
    // Without a time limit it stays on the screen until it was read.
    let body = json!({ "Header": words.title, "Text": words.body });
    let answer = done!(caller.post(url, &body).await);
    match answer.status {
        StatusCode::NOT_FOUND => Outcome::Done(()),
        _ => caller.written(&answer),
    }
}

/// The command goes to the device by its own socket, which may ignore it. Without a body some servers pass nothing
/// on.
pub(super) async fn stop(caller: &Caller, stream: &RemoteStream) -> Outcome<()> {
    let url = caller.url(&["Sessions", &stream.id, "Playing", "Stop"], &[]);
    let answer = done!(caller.post(url, &json!({ "Command": "Stop" })).await);
    match answer.status {
        // It ended meanwhile.
        StatusCode::NOT_FOUND => Outcome::Done(()),
        _ => caller.written(&answer),
    }
}
