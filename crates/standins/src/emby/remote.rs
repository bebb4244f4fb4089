//! Commands to clients: messages, stop, pause. The answer is 204 whatever the client then does.
//!
//! The published contract wants a body with each playback command; pyemby sends none and is obeyed, while others
//! report that nothing happens without (Tracearr#39): the fault `bodyless_ignored`. The fault `ignored_stop` is a
//! client that goes on playing. 4.8 reads a message's words from the query alone, 4.9 from the body, too.

use std::time::Duration;

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, Sent, done};
use super::auth::Caller;
use super::command::Command;
use super::guid::Guid;
use super::push::Push;
use super::session;
use super::sessions::controls;

/// How long a simulated client takes to obey: a real one needs a moment too.
const OBEYS_AFTER: Duration = Duration::from_millis(300);

const PLAYSTATE_COMMANDS: [&str; 9] = [
    "Stop",
    "Pause",
    "Unpause",
    "NextTrack",
    "PreviousTrack",
    "Seek",
    "Rewind",
    "FastForward",
    "PlayPause",
];

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub struct Message {
    header: Option<String>,
    text: Option<String>,
    timeout_ms: Option<i64>,
}

/// `POST /Sessions/{session}/Message?Text=&Header=&TimeoutMs=`
pub async fn message(
    caller: Caller,
    State(emby): State<Emby>,
    Path(session): Path<String>,
    asked: Asked,
    Sent(body): Sent<Message>,
) -> Answer {
    let id = controlled(&emby, &caller, &session)?;
    let reads_body = emby.state().facts.reads_message_bodies();
    let from_body = if reads_body { body } else { Message::default() };
    let said = Message {
        header: asked.text("Header").map(str::to_owned).or(from_body.header),
        text: asked.text("Text").map(str::to_owned).or(from_body.text),
        timeout_ms: asked
            .text("TimeoutMs")
            .and_then(|ms| ms.parse().ok())
            .or(from_body.timeout_ms),
    };
    let (Some(text), Some(header)) = (&said.text, &said.header) else {
        return Err(Refusal::required("Text"));
    };
    let mut arguments = json!({ "Header": header, "Text": text });
    if let Some(timeout_ms) = said.timeout_ms {
        arguments["TimeoutMs"] = json!(timeout_ms.to_string());
    }
    let content = json!({
        "Name": "DisplayMessage",
        "ControllingUserId": caller.user.unwrap_or_else(Guid::empty),
        "Arguments": arguments,
    });
    note(&emby, &id, "Message", said);
    emby.push(&Push::to_session(&id, "GeneralCommand", content));
    done()
}

/// `PlaystateRequest` of the published contract.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub struct PlaystateRequest {
    command: Option<String>,
    seek_position_ticks: Option<i64>,
}

/// `POST /Sessions/{session}/Playing/{command}`
pub async fn playstate(
    caller: Caller,
    State(emby): State<Emby>,
    Path((session, command)): Path<(String, String)>,
    Sent(request): Sent<PlaystateRequest>,
) -> Answer {
    let command = PLAYSTATE_COMMANDS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&command))
        .ok_or_else(|| Refusal::bad("Requested value was not found."))?;
    let id = controlled(&emby, &caller, &session)?;
    note(&emby, &id, command, Message::default());
    if request.command.is_none() && emby.has_fault("bodyless_ignored") {
        return done();
    }
    let mut content = json!({ "Command": command, "ControllingUserId": caller.user });
    if let Some(ticks) = request.seek_position_ticks {
        content["SeekPositionTicks"] = json!(ticks);
    }
    emby.push(&Push::to_session(&id, "Playstate", content));
    tokio::spawn(obey(emby, id, command, request.seek_position_ticks));
    done()
}

/// `POST /Sessions/{session}/Command/{command}`, `POST /Sessions/{session}/System/{command}`
pub async fn general(
    caller: Caller,
    State(emby): State<Emby>,
    Path((session, command)): Path<(String, String)>,
) -> Answer {
    let id = controlled(&emby, &caller, &session)?;
    note(&emby, &id, &command, Message::default());
    let content = json!({ "Name": command, "ControllingUserId": caller.user, "Arguments": {} });
    emby.push(&Push::to_session(&id, "GeneralCommand", content));
    done()
}

/// What the simulated client does about it, unless it ignores commands.
async fn obey(emby: Emby, id: Guid, command: &str, seek_to: Option<i64>) {
    tokio::time::sleep(OBEYS_AFTER).await;
    if command == "Stop" && emby.has_fault("ignored_stop") {
        return;
    }
    let now = emby.now();
    let mut state = emby.state();
    let playing = state
        .sessions
        .get(&id)
        .and_then(|session| session.playing.as_ref());
    let Some(item) = playing
        .filter(|playing| playing.is_simulated)
        .map(|playing| playing.item)
    else {
        return;
    };
    if command == "Stop" {
        session::stop_playing(&mut state, &id, now);
        return;
    }
    let item = state.find_item(item);
    let runtime = item.map_or(i64::MAX, |item| item.runtime_ticks);
    let session = state.sessions.get_mut(&id);
    let Some(playing) = session.and_then(|session| session.playing.as_mut()) else {
        return;
    };
    match command {
        "PlayPause" if playing.paused_since.is_some() => playing.go_on(now, runtime),
        "Pause" | "PlayPause" => playing.pause(now),
        "Unpause" => playing.go_on(now, runtime),
        "Seek" => {
            playing.settle(now, runtime);
            playing.position_ticks = seek_to.unwrap_or_default().min(runtime);
        }
        _ => {}
    }
    state.sessions_version += 1;
}

/// The session, if the caller may control it.
fn controlled(emby: &Emby, caller: &Caller, session: &str) -> Result<Guid, Refusal> {
    let unknown = || Refusal::not_found("Session");
    let id = Guid::parse(session).ok_or_else(unknown)?;
    let state = emby.state();
    let session = state.sessions.get(&id).ok_or_else(unknown)?;
    let by_right = |user| controls(&state, user, session);
    if caller.is_administrator || caller.user.as_ref().is_some_and(by_right) {
        Ok(id)
    } else {
        Err(Refusal::not_allowed())
    }
}

fn note(emby: &Emby, id: &Guid, command: &str, said: Message) {
    let at = emby.now();
    let mut state = emby.state();
    let user = state
        .sessions
        .get(id)
        .and_then(|session| state.users.find(&session.user));
    let user_name = user.map(|user| user.name.clone());
    state.commands.remember(Command {
        at,
        session_id: id.clone(),
        user_name,
        name: command.to_owned(),
        header: said.header,
        text: said.text,
        timeout_ms: said.timeout_ms,
    });
}

/// `GET /Items/{item}/RemoteSearch/Subtitles/{language}`: nobody to ask. The contract knows no way to upload.
pub async fn search_subtitles(_: Caller) -> Answer {
    super::answer::shown(Vec::<Value>::new())
}
