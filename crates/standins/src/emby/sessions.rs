//! The list of sessions, and what clients say about themselves: what they can do, what they play.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, Sent, done, shown};
use super::auth::Caller;
use super::guid::Guid;
use super::moment::Moment;
use super::session::{self, Method, Playing, Session};
use super::state::State as Known;

/// `GET /Sessions?ControllableByUserId=&DeviceId=&Id=`
pub async fn list(caller: Caller, State(emby): State<Emby>, asked: Asked) -> Answer {
    let now = emby.now();
    let controller = asked.text("ControllableByUserId").and_then(Guid::parse);
    let id = asked.text("Id").map(Guid::parse);
    let device = asked.text("DeviceId");
    let mut state = emby.state();
    session::close_silent(&mut state, now);
    let sessions: Vec<Value> = in_order(&state)
        .into_iter()
        .filter(|one| caller.may_act_for(&one.user))
        .filter(|one| device.is_none_or(|id| one.device.id == id))
        .filter(|one| id.as_ref().is_none_or(|id| id.as_ref() == Some(&one.id)))
        .filter(|one| {
            controller
                .as_ref()
                .is_none_or(|by| one.can_be_controlled() && controls(&state, by, one))
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

/// Whether a user may control a session: their own, or all if their policy says so.
pub fn controls(state: &Known, by: &Guid, session: &Session) -> bool {
    session.user == *by
        || state
            .users
            .find(by)
            .is_some_and(|user| user.policy.enable_remote_control_of_other_users)
}

/// `POST /Sessions/Capabilities/Full`
pub async fn set_capabilities(
    caller: Caller,
    State(emby): State<Emby>,
    Sent(mut said): Sent<Map<String, Value>>,
) -> Answer {
    said.entry("SupportedCommands").or_insert_with(|| json!([]));
    keep_capabilities(&emby, &caller, Value::Object(said))
}

/// `POST /Sessions/Capabilities?PlayableMediaTypes=&SupportedCommands=`
pub async fn set_capabilities_by_query(
    caller: Caller,
    State(emby): State<Emby>,
    asked: Asked,
) -> Answer {
    let commands = asked
        .all("SupportedCommands")
        .flat_map(|all| all.split(','));
    let commands: Vec<&str> = commands.collect();
    keep_capabilities(&emby, &caller, json!({ "SupportedCommands": commands }))
}

fn keep_capabilities(emby: &Emby, caller: &Caller, said: Value) -> Answer {
    let mut state = emby.state();
    if let Some(session) = state.sessions.get_mut(&session::id_of(&caller.device)) {
        session.capabilities = Some(said);
        state.sessions_version += 1;
    }
    done()
}

/// What a client reports about its playing. Item ids are numbers, written as text.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    item_id: String,
    #[serde(default)]
    position_ticks: i64,
    #[serde(default)]
    is_paused: bool,
    #[serde(default)]
    play_method: Method,
}

impl Report {
    fn item(&self) -> Result<u32, Refusal> {
        let item = self.item_id.parse();
        item.map_err(|_| Refusal::not_found("Item"))
    }
}

/// `POST /Sessions/Playing`
pub async fn started(
    caller: Caller,
    State(emby): State<Emby>,
    Sent(report): Sent<Report>,
) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    let id = reporting(&mut state, &caller, now)?;
    begin(&mut state, &id, &report, now)?;
    done()
}

/// `POST /Sessions/Playing/Progress`
pub async fn progressed(
    caller: Caller,
    State(emby): State<Emby>,
    Sent(report): Sent<Report>,
) -> Answer {
    let now = emby.now();
    let item = report.item()?;
    let mut state = emby.state();
    let id = reporting(&mut state, &caller, now)?;
    let session = state.sessions.get_mut(&id);
    let session = session.ok_or_else(|| Refusal::not_found("Session"))?;
    session.last_check_in = Some(now);
    match session
        .playing
        .as_mut()
        .filter(|playing| playing.item == item)
    {
        Some(playing) => {
            playing.position_ticks = report.position_ticks;
            playing.as_of = now;
            playing.method = report.play_method;
            let since = playing.paused_since.unwrap_or(now);
            playing.paused_since = report.is_paused.then_some(since);
            state.sessions_version += 1;
        }
        None => begin(&mut state, &id, &report, now)?,
    }
    done()
}

/// `POST /Sessions/Playing/Stopped`
pub async fn stopped(
    caller: Caller,
    State(emby): State<Emby>,
    Sent(_): Sent<Map<String, Value>>,
) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    let id = reporting(&mut state, &caller, now)?;
    session::stop_playing(&mut state, &id, now);
    done()
}

/// `POST /Sessions/Playing/Ping?PlaySessionId=`
pub async fn pinged(caller: Caller, State(emby): State<Emby>) -> Answer {
    let now = emby.now();
    let mut state = emby.state();
    let id = reporting(&mut state, &caller, now)?;
    if let Some(session) = state.sessions.get_mut(&id) {
        session.last_check_in = Some(now);
    }
    done()
}

/// The session that a report belongs to; a key has none.
fn reporting(state: &mut Known, caller: &Caller, now: Moment) -> Result<Guid, Refusal> {
    let user = caller.user.as_ref();
    let user = user.ok_or_else(|| Refusal::not_found("Session"))?;
    Ok(session::touch(state, user, &caller.device, now))
}

fn begin(state: &mut Known, id: &Guid, report: &Report, now: Moment) -> Result<(), Refusal> {
    let playing = Playing {
        item: report.item()?,
        method: report.play_method,
        position_ticks: report.position_ticks,
        as_of: now,
        paused_since: report.is_paused.then_some(now),
        is_simulated: false,
    };
    session::start_playing(state, id, playing, now);
    Ok(())
}
