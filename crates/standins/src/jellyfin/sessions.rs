//! The list of sessions, and what clients say about themselves: what they can do, what they play.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, Refusal, Sent, done, shown};
use super::auth::Caller;
use super::guid::Guid;
use super::moment::Moment;
use super::session::{self, Method, Playing, Session};
use super::state::State as Known;

/// `GET /Sessions?controllableByUserId=&deviceId=&activeWithinSeconds=`
pub async fn list(caller: Caller, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let now = jellyfin.now();
    let controller = asked.text("controllableByUserId").map(Guid::parse);
    let device = asked.text("deviceId");
    let seconds = asked.number("activeWithinSeconds").unwrap_or(0);
    let within_ms = i64::try_from(seconds).unwrap_or(0).saturating_mul(1000);

    let mut state = jellyfin.state();
    session::close_silent(&mut state, now);
    let sessions: Vec<Value> = in_order(&state)
        .into_iter()
        .filter(|one| caller.may_act_for(&one.user))
        .filter(|one| device.is_none_or(|id| one.device.id == id))
        .filter(|one| within_ms == 0 || now.since(one.last_activity) <= within_ms)
        .filter(|one| {
            controller
                .as_ref()
                .is_none_or(|by| one.can_be_controlled() && controls(&state, by.as_ref(), one))
        })
        .map(|one| session::shown(&state, one, now))
        .collect();
    shown(sessions)
}

/// The latest activity first; ids settle what is equal, so that the order is always the same.
pub fn in_order(state: &Known) -> Vec<&Session> {
    let mut sessions: Vec<&Session> = state.sessions.values().collect();
    sessions
        .sort_by(|one, other| (other.last_activity, &one.id).cmp(&(one.last_activity, &other.id)));
    sessions
}

fn controls(state: &Known, by: Option<&Guid>, session: &Session) -> bool {
    let Some(user) = by.and_then(|by| state.users.find(by)) else {
        return false;
    };
    session.user == user.id || user.policy.enable_remote_control_of_other_users
}

/// `POST /Sessions/Capabilities/Full?id=`
pub async fn set_capabilities(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Sent(said): Sent<Map<String, Value>>,
) -> Answer {
    let mut said = said;
    for list in ["PlayableMediaTypes", "SupportedCommands"] {
        said.entry(list).or_insert_with(|| json!([]));
    }
    for flag in ["SupportsMediaControl", "SupportsPersistentIdentifier"] {
        said.entry(flag).or_insert(json!(false));
    }
    keep_capabilities(&jellyfin, &caller, Value::Object(said))
}

/// `POST /Sessions/Capabilities?playableMediaTypes=&supportedCommands=&supportsMediaControl=`
pub async fn set_capabilities_by_query(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    asked: Asked,
) -> Answer {
    let listed = |name| -> Vec<&str> { asked.all(name).flat_map(|all| all.split(',')).collect() };
    let said = json!({
        "PlayableMediaTypes": listed("playableMediaTypes"),
        "SupportedCommands": listed("supportedCommands"),
        "SupportsMediaControl": asked.flag("supportsMediaControl").unwrap_or(false),
        "SupportsPersistentIdentifier": asked.flag("supportsPersistentIdentifier").unwrap_or(true),
    });
    keep_capabilities(&jellyfin, &caller, said)
}

fn keep_capabilities(jellyfin: &Jellyfin, caller: &Caller, said: Value) -> Answer {
    let mut state = jellyfin.state();
    if let Some(session) = state.sessions.get_mut(&session::id_of(&caller.device)) {
        session.capabilities = Some(said);
        state.sessions_version += 1;
    }
    done()
}

/// What a client reports about its playing.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    item_id: Guid,
    #[serde(default)]
    position_ticks: i64,
    #[serde(default)]
    is_paused: bool,
    #[serde(default)]
    play_method: Method,
}

/// `POST /Sessions/Playing`
pub async fn started(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Sent(report): Sent<Report>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let id = reporting(&mut state, &caller, now)?;
    begin(&mut state, &id, &report, now);
    done()
}

/// `POST /Sessions/Playing/Progress`
pub async fn progressed(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Sent(report): Sent<Report>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let id = reporting(&mut state, &caller, now)?;
    let session = state.sessions.get_mut(&id).ok_or(Refusal::UNKNOWN)?;
    session.last_check_in = Some(now);
    match session
        .playing
        .as_mut()
        .filter(|playing| playing.item == report.item_id)
    {
        Some(playing) => {
            playing.position_ticks = report.position_ticks;
            playing.as_of = now;
            playing.method = report.play_method;
            let since = playing.paused_since.unwrap_or(now);
            playing.paused_since = report.is_paused.then_some(since);
            state.sessions_version += 1;
        }
        None => begin(&mut state, &id, &report, now),
    }
    done()
}

/// `POST /Sessions/Playing/Stopped`
pub async fn stopped(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    Sent(_): Sent<Map<String, Value>>,
) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let id = reporting(&mut state, &caller, now)?;
    session::stop_playing(&mut state, &id, now);
    done()
}

/// `POST /Sessions/Playing/Ping?playSessionId=`
pub async fn pinged(caller: Caller, State(jellyfin): State<Jellyfin>) -> Answer {
    let now = jellyfin.now();
    let mut state = jellyfin.state();
    let id = reporting(&mut state, &caller, now)?;
    if let Some(session) = state.sessions.get_mut(&id) {
        session.last_check_in = Some(now);
    }
    done()
}

/// The session that a report belongs to; a key has none.
fn reporting(state: &mut Known, caller: &Caller, now: Moment) -> Result<Guid, Refusal> {
    let user = caller.user.as_ref().ok_or(Refusal::UNKNOWN)?;
    Ok(session::touch(state, user, &caller.device, now))
}

fn begin(state: &mut Known, id: &Guid, report: &Report, now: Moment) {
    let playing = Playing {
        item: report.item_id.clone(),
        method: report.play_method,
        position_ticks: report.position_ticks,
        as_of: now,
        paused_since: report.is_paused.then_some(now),
        is_simulated: false,
    };
    session::start_playing(state, id, playing, now);
}
