//! Commands to clients: messages, stop, pause. The answer is 204 whatever the client then does.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, Sent, done};
use super::auth::Caller;
use super::command::Command;
use super::guid::Guid;
use super::push::Push;
use super::session;

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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    header: Option<String>,
    text: String,
    timeout_ms: Option<i64>,
}

/// `POST /Sessions/{session}/Message`
pub async fn message(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(session): Path<String>,
    Sent(message): Sent<Message>,
) -> Answer {
    let id = controlled(&jellyfin, &caller, &session)?;
    let mut arguments = json!({ "Header": message.header, "Text": message.text });
    if let Some(timeout_ms) = message.timeout_ms {
        arguments["TimeoutMs"] = json!(timeout_ms.to_string());
    }
    note(&jellyfin, &id, "Message", Some(message));
    let content = json!({
        "Name": "DisplayMessage",
        "ControllingUserId": caller.user.unwrap_or_else(Guid::empty),
        "Arguments": arguments,
    });
    jellyfin.push(&Push::to_session(&id, "GeneralCommand", content));
    done()
}

/// `POST /Sessions/{session}/Playing/{command}`
pub async fn playstate(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path((session, command)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let command = PLAYSTATE_COMMANDS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&command))
        .ok_or(Refusal::BAD_ARGUMENT)?;
    let id = controlled(&jellyfin, &caller, &session)?;
    note(&jellyfin, &id, command, None);
    let mut content = json!({ "Command": command, "ControllingUserId": caller.user });
    let seek_to = asked
        .text("seekPositionTicks")
        .and_then(|ticks| ticks.parse::<i64>().ok());
    if let Some(ticks) = seek_to {
        content["SeekPositionTicks"] = json!(ticks);
    }
    jellyfin.push(&Push::to_session(&id, "Playstate", content));
    tokio::spawn(obey(jellyfin, id, command, seek_to));
    done()
}

/// `POST /Sessions/{session}/Command/{command}`, `POST /Sessions/{session}/System/{command}`
pub async fn general(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path((session, command)): Path<(String, String)>,
) -> Answer {
    let id = controlled(&jellyfin, &caller, &session)?;
    note(&jellyfin, &id, &command, None);
    let content = json!({ "Name": command, "ControllingUserId": caller.user, "Arguments": {} });
    jellyfin.push(&Push::to_session(&id, "GeneralCommand", content));
    done()
}

/// A command with its arguments; `DisplayMessage` is the older way to send a message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GeneralCommand {
    name: String,
    #[serde(default)]
    arguments: HashMap<String, String>,
}

/// `POST /Sessions/{session}/Command`
pub async fn general_with_arguments(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Path(session): Path<String>,
    Sent(command): Sent<GeneralCommand>,
) -> Answer {
    let id = controlled(&jellyfin, &caller, &session)?;
    let said = command.arguments.get("Text").map(|text| Message {
        header: command.arguments.get("Header").cloned(),
        text: text.clone(),
        timeout_ms: command
            .arguments
            .get("TimeoutMs")
            .and_then(|ms| ms.parse().ok()),
    });
    let name = if said.is_some() {
        "Message"
    } else {
        command.name.as_str()
    };
    note(&jellyfin, &id, name, said);
    let content = json!({
        "Name": command.name,
        "ControllingUserId": caller.user.unwrap_or_else(Guid::empty),
        "Arguments": command.arguments,
    });
    jellyfin.push(&Push::to_session(&id, "GeneralCommand", content));
    done()
}

/// What the simulated client does about it, unless it ignores commands.
async fn obey(jellyfin: Jellyfin, id: Guid, command: &str, seek_to: Option<i64>) {
    tokio::time::sleep(OBEYS_AFTER).await;
    let is_ignored = command == "Stop" && jellyfin.stage.faults.take_named("ignored_stop");
    if is_ignored {
        return;
    }
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let Some(playing) = state
        .sessions
        .get(&id)
        .and_then(|session| session.playing.as_ref())
    else {
        return;
    };
    if !playing.is_simulated {
        return;
    }
    if command == "Stop" {
        session::stop_playing(&mut state, &id, now);
        return;
    }
    let runtime = state
        .find_item(&playing.item)
        .map_or(i64::MAX, |item| item.runtime_ticks);
    let playing = state
        .sessions
        .get_mut(&id)
        .and_then(|session| session.playing.as_mut());
    let Some(playing) = playing else { return };
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
fn controlled(jellyfin: &Jellyfin, caller: &Caller, session: &str) -> Result<Guid, Refusal> {
    let id = Guid::parse(session).ok_or(Refusal::UNKNOWN)?;
    let state = jellyfin.state();
    let session = state.sessions.get(&id).ok_or(Refusal::UNKNOWN)?;
    let controls_others = caller
        .user
        .as_ref()
        .and_then(|user| state.users.find(user))
        .is_some_and(|user| user.policy.enable_remote_control_of_other_users);
    if caller.may_act_for(&session.user) || controls_others {
        Ok(id)
    } else {
        Err(Refusal::NOT_ALLOWED)
    }
}

fn note(jellyfin: &Jellyfin, id: &Guid, command: &str, message: Option<Message>) {
    let at = jellyfin.now();
    let mut state = jellyfin.state();
    let user = state
        .sessions
        .get(id)
        .and_then(|session| state.users.find(&session.user));
    let user_name = user.map(|user| user.name.clone());
    let (header, text, timeout_ms) = message.map_or((None, None, None), |said| {
        (said.header, Some(said.text), said.timeout_ms)
    });
    state.commands.remember(Command {
        at,
        session_id: id.clone(),
        user_name,
        name: command.to_owned(),
        header,
        text,
        timeout_ms,
    });
}
