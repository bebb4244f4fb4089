//! `/_control/play`: a simulated player starts, pauses, goes on with and stops a stream.
//!
//! A stream that plays goes on when its libraries are taken away, as on the real server (JBOPS
//! `stream_limiter_ban_email.py`): it has to be stopped first.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Plex;
use super::account::AccountId;
use super::ids;
use super::library::{Item, RatingKey};
use super::moment::Moment;
use super::push::Push;
use super::server::Server;
use super::session::{Decision, GHOST_MS, Lacking, Player, Session, State as Playing};
use super::share::{Invitee, Share};
use super::world::World;

/// One line of a server's history.
#[derive(Debug, Clone)]
pub struct Played {
    pub id: u64,
    pub account: AccountId,
    pub item: RatingKey,
    pub section: u64,
    pub title: String,
    pub kind: String,
    pub device: u64,
    pub at: Moment,
}

/// What to play and where. `session_id` (of an earlier start) says which stream to change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    action: Action,
    /// Name or machine id; absent: the first server.
    #[serde(default)]
    server: Option<String>,
    #[serde(default)]
    session_id: Option<String>,
    /// User name, e-mail address or number.
    #[serde(default)]
    user: String,
    /// Title or key of something that plays; absent: the first that the user may see.
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    decision: Decision,
    #[serde(default)]
    position_s: i64,
    #[serde(flatten)]
    player: PlayerOrder,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlayerOrder {
    device_id: Option<String>,
    device: Option<String>,
    product: Option<String>,
    platform: Option<String>,
    address: Option<String>,
    remote_public_address: Option<String>,
    /// `lan`, `wan` or `cellular`.
    location: Option<String>,
    relayed: bool,
    bandwidth: Option<u64>,
    live: bool,
    /// What the row lacks: `user`, `session`, `rating_key`.
    without: Vec<Lacking>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Start,
    Pause,
    Unpause,
    Buffer,
    Stop,
}

/// Why a real player could not do this.
struct Prevented(&'static str);

/// `POST /_control/play`: 409 with the reason where a real player would be refused.
pub async fn order(State(plex): State<Plex>, Json(order): Json<Order>) -> Response {
    let now = plex.now();
    let mut world = plex.world();
    let outcome = match order.action {
        Action::Start => start(&mut world, &order, now),
        _ => change(&mut world, &order, now),
    };
    drop(world);
    match outcome {
        Ok((answer, push)) => {
            plex.push_some(push);
            Json(answer).into_response()
        }
        Err(Prevented(why)) => {
            (StatusCode::CONFLICT, Json(json!({ "refused": why }))).into_response()
        }
    }
}

type Outcome = Result<(Value, Option<Push>), Prevented>;

fn start(world: &mut World, order: &Order, now: Moment) -> Outcome {
    let server = match &order.server {
        Some(words) => world.server_called(words),
        None => world.servers.first(),
    };
    let server = server.ok_or(Prevented("there is no such server"))?;
    let account = world
        .meant(&order.user)
        .ok_or(Prevented("there is no such account"))?
        .id;
    let item = item_for(world, server, account, order)?;
    let (key, slot) = (item.key, server.slot);
    let server = world
        .server_at_mut(slot)
        .ok_or(Prevented("the server is gone"))?;
    server.last_session_key += 1;
    let session = session(server.last_session_key, account, key, order, now);
    let player = &session.player;
    server.device(
        &player.identifier.clone(),
        &player.title.clone(),
        &player.platform.clone(),
        now,
    );
    let push = Push::playing(slot, session.key, key, "playing", session.offset_ms);
    let answer = json!({
        "session_id": session.id, "session_key": session.key, "device_id": session.player.identifier,
    });
    server.sessions.push(session);
    Ok((answer, Some(push)))
}

/// What the account may see of what was asked for.
fn item_for<'a>(
    world: &World,
    server: &'a Server,
    account: AccountId,
    order: &Order,
) -> Result<&'a Item, Prevented> {
    let invitee = Invitee::Account(account);
    let share = world
        .living_share(&server.machine, &invitee)
        .filter(|share| share.is_accepted());
    if account != server.owner && share.is_none() {
        return Err(Prevented("the server is not shared with this account"));
    }
    let opens = |item: &Item| {
        server
            .section(item.section)
            .is_some_and(|section| share.is_none_or(|share: &Share| share.opens(section.id)))
    };
    let wanted = |item: &Item| {
        let words = order.item.as_deref();
        words.is_none_or(|words| item.title == words || item.key.to_string() == words)
    };
    let mut all = server.items.iter();
    let found = all.find(|item| item.plays() && opens(item) && wanted(item));
    found.ok_or(Prevented("the account sees nothing of that name"))
}

fn session(key: u64, account: AccountId, item: RatingKey, order: &Order, now: Moment) -> Session {
    let asked = &order.player;
    let or =
        |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
    let location = or(&asked.location, "wan");
    let public = or(&asked.remote_public_address, "198.51.100.24");
    Session {
        key,
        id: ids::fresh_code(24),
        account,
        item,
        state: Playing::Playing,
        offset_ms: order.position_s * 1000,
        as_of: now,
        decision: order.decision,
        bandwidth: asked.bandwidth.unwrap_or(8_200),
        live: asked.live,
        without: asked.without.clone(),
        ended: None,
        player: Player {
            identifier: asked
                .device_id
                .clone()
                .unwrap_or_else(|| format!("tv-of-{account}")),
            product: or(&asked.product, "Plex for Android (TV)"),
            platform: or(&asked.platform, "Android"),
            device: or(&asked.device, "Living room TV"),
            title: or(&asked.device, "Living room TV"),
            version: "10.26.0".to_owned(),
            address: or(&asked.address, &public),
            public_address: public,
            local: location == "lan",
            relayed: asked.relayed,
        },
        location,
    }
}

fn change(world: &mut World, order: &Order, now: Moment) -> Outcome {
    let id = order.session_id.as_deref().unwrap_or_default();
    let plays = |session: &Session| session.id == id && session.ended.is_none();
    let here = |server: &&mut Server| server.sessions.iter().any(plays);
    let server = world.servers.iter_mut().find(here);
    let server = server.ok_or(Prevented("nothing of that id is playing"))?;
    let slot = server.slot;
    let at = server.sessions.iter().position(plays);
    let at = at.ok_or(Prevented("nothing of that id is playing"))?;
    let (key, item) = (server.sessions[at].key, server.sessions[at].item);
    let answer = json!({ "session_id": id, "session_key": key });
    if order.action == Action::Stop {
        return Ok((answer, end(server, key, false, now)));
    }
    let duration = server.item(item).map_or(0, |item| item.duration_ms);
    let session = &mut server.sessions[at];
    session.settle(now, duration);
    session.state = match order.action {
        Action::Pause => Playing::Paused,
        Action::Buffer => Playing::Buffering,
        Action::Start | Action::Unpause | Action::Stop => Playing::Playing,
    };
    let push = Push::playing(slot, key, item, session.state.word(), session.offset_ms);
    Ok((answer, Some(push)))
}

/// Ends a stream, writes it into the history, and says so; a ghost stays listed.
pub fn end(server: &mut Server, key: u64, becomes_ghost: bool, now: Moment) -> Option<Push> {
    let at = server
        .sessions
        .iter()
        .position(|session| session.key == key)?;
    let session = &server.sessions[at];
    let item = server.item(session.item)?.clone();
    let (account, identifier) = (session.account, session.player.identifier.clone());
    let offset = session.offset_at(now, item.duration_ms);
    if becomes_ghost {
        server.sessions[at].settle(now, item.duration_ms);
        server.sessions[at].ended = Some(now);
    } else {
        server.sessions.remove(at);
    }
    let device = server.device(&identifier, "", "", now);
    server.history.push(Played {
        id: server.history.len() as u64 + 1,
        account,
        item: item.key,
        section: item.section,
        title: item.title,
        kind: item.kind,
        device,
        at: now,
    });
    Some(Push::playing(server.slot, key, item.key, "stopped", offset))
}

/// Drops ghosts whose time is over, and streams that reached their end.
pub fn let_go(server: &mut Server, now: Moment) {
    server.sessions.retain(|session| {
        session
            .ended
            .is_none_or(|ended| now.since(ended) < GHOST_MS)
    });
    let is_through = |session: &&Session| {
        let item = server.item(session.item);
        let duration = item.map_or(0, |item| item.duration_ms);
        session.ended.is_none() && !session.live && session.offset_at(now, duration) >= duration
    };
    let through: Vec<u64> = server
        .sessions
        .iter()
        .filter(is_through)
        .map(|session| session.key)
        .collect();
    for key in through {
        end(server, key, false, now);
    }
}

/// The events that come each ten seconds: one for each stream that plays, none for what pauses.
pub fn pulse(server: &Server, now: Moment) -> Vec<Push> {
    let living = server.sessions.iter();
    let living = living.filter(|one| one.ended.is_none() && one.state == Playing::Playing);
    living
        .map(|session| {
            let duration = server.item(session.item).map_or(0, |item| item.duration_ms);
            let offset = session.offset_at(now, duration);
            Push::playing(server.slot, session.key, session.item, "playing", offset)
        })
        .collect()
}
