//! What plays now, and how it is ended.

use axum::extract::State;
use serde_json::{Value, json};

use super::super::Pms;
use super::super::answer::{Answer, Refused, container, obeyed};
use super::super::asked::Asked;
use super::super::play;
use super::super::session::{Decision, Session};
use super::auth::Owner;

/// `GET /status/sessions`
pub async fn list(_: Owner, State(pms): State<Pms>) -> Answer {
    let now = pms.now();
    let mut world = pms.world();
    if let Some(server) = world.server_at_mut(pms.slot) {
        play::let_go(server, now);
    }
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let rows: Vec<Value> = server
        .sessions
        .iter()
        .filter_map(|session| {
            let item = server.item(session.item)?;
            let account = world.account(session.account)?;
            Some(session.shown(server, item, account, now))
        })
        .collect();
    container(json!({ "Metadata": rows }))
}

/// `GET /transcode/sessions`
pub async fn transcodes(_: Owner, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let transcoded =
        |session: &&Session| session.ended.is_none() && session.decision != Decision::DirectPlay;
    let rows: Vec<Value> = server
        .sessions
        .iter()
        .filter(transcoded)
        .map(Session::transcode)
        .collect();
    container(json!({ "TranscodeSession": rows }))
}

/// `GET|POST /status/sessions/terminate?sessionId=&reason=`, where the id is `Session.id`.
///
/// 401 without Plex Pass, 403 without an id, 404 for a stream that is gone (plex-api-spec). Faults:
/// `ignored_stop` says yes and goes on playing, `ghost_sessions` leaves the row for five minutes.
pub async fn terminate(Owner(owner): Owner, State(pms): State<Pms>, asked: Asked) -> Answer {
    let now = pms.now();
    let mut world = pms.world();
    if !world.account(owner).is_some_and(|owner| owner.plex_pass) {
        return Err(Refused::Server(401));
    }
    let id = asked.text("sessionId").unwrap_or_default().to_owned();
    if id.is_empty() {
        return Err(Refused::Server(403));
    }
    let server = world.server_at_mut(pms.slot).ok_or(Refused::Server(503))?;
    let playing = |session: &&Session| session.id == id && session.ended.is_none();
    let session = server
        .sessions
        .iter()
        .find(playing)
        .ok_or(Refused::Server(404))?;
    let key = session.key;
    let reason = asked.text("reason").unwrap_or_default().to_owned();
    server.remember(
        now,
        "terminate",
        json!({ "session_id": id, "session_key": key, "reason": reason }),
    );
    if pms.stage.faults.take_named("ignored_stop") {
        return obeyed();
    }
    let becomes_ghost = pms.stage.faults.take_named("ghost_sessions");
    let push = play::end(server, key, becomes_ghost, now);
    drop(world);
    pms.push_some(push);
    obeyed()
}
