//! The socket: sessions as they change, and pushes.
//!
//! `/embywebsocket` is the published place; pyemby, which Home Assistant uses, comes to `/`. A handshake on any
//! other path succeeds, too, and nothing is ever said there (seen on 4.9.5 in July 2026, anirudhlath/usher): only
//! what arrives proves a channel. `SessionsStart` with `"<first delay>,<period>"` in milliseconds subscribes.
//! The fault `mute_socket` keeps the socket open and says nothing.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::answer::Refusal;
use super::auth::Caller;
use super::guid::Guid;
use super::push::{Audience, Push, message};
use super::{Emby, session, sessions, system};

/// How often a subscription may be looked at, at the least.
const SHORTEST_PERIOD: Duration = Duration::from_millis(50);
/// How often an open socket is checked for a token that was taken back.
const CHECK_EVERY: Duration = Duration::from_millis(500);

/// `GET /embywebsocket`
pub async fn open(caller: Caller, State(emby): State<Emby>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| Line::new(emby, caller, socket).run())
}

/// `GET /`: a page for people, a socket for older clients.
pub async fn open_at_root(
    caller: Result<Caller, Refusal>,
    State(emby): State<Emby>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match (upgrade, caller) {
        (Ok(upgrade), Ok(caller)) => open(caller, State(emby), upgrade).await,
        (Ok(_), Err(refusal)) => refusal.into_response(),
        (Err(_), _) => system::home().await.into_response(),
    }
}

/// Any path that nobody knows: 404, but a handshake is taken and then nothing is said.
pub async fn unknown(upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(stay_silent),
        Err(_) => Refusal::not_found("Service").into_response(),
    }
}

async fn stay_silent(mut socket: WebSocket) {
    while matches!(socket.recv().await, Some(Ok(_))) {}
}

/// What a client asked to be told of.
#[derive(Debug, Clone, Copy)]
struct Subscription {
    next: Instant,
    period: Duration,
    /// The version that was told last; `None`: nothing yet.
    told: Option<u64>,
}

struct Line {
    emby: Emby,
    caller: Caller,
    socket: WebSocket,
    pushes: broadcast::Receiver<Push>,
    session: Option<Guid>,
    sessions: Option<Subscription>,
}

/// The other side is gone, or has to go.
struct Closed;

impl Line {
    fn new(emby: Emby, caller: Caller, socket: WebSocket) -> Self {
        let pushes = emby.listen();
        let session = caller.user.as_ref().map(|_| session::id_of(&caller.device));
        Self {
            emby,
            caller,
            socket,
            pushes,
            session,
            sessions: None,
        }
    }

    async fn run(mut self) {
        self.count_socket(1);
        let _ = self.converse().await;
        self.count_socket(-1);
    }

    async fn converse(&mut self) -> Result<(), Closed> {
        loop {
            let check = Instant::now() + CHECK_EVERY;
            let wake = self.sessions.map_or(check, |one| one.next.min(check));
            tokio::select! {
                heard = self.socket.recv() => match heard {
                    Some(Ok(Message::Text(text))) => self.hear(&text)?,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Closed),
                    Some(Ok(_)) => {}
                },
                push = self.pushes.recv() => match push {
                    Ok(push) if self.is_for_me(&push) => self.say(&push.body).await?,
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(Closed),
                },
                () = tokio::time::sleep_until(wake) => self.look_around().await?,
            }
        }
    }

    fn hear(&mut self, text: &str) -> Result<(), Closed> {
        let Ok(said) = serde_json::from_str::<Value>(text) else {
            return Ok(());
        };
        match said["MessageType"].as_str().unwrap_or_default() {
            "SessionsStart" if !self.caller.is_administrator => return Err(Closed),
            "SessionsStart" => self.sessions = Some(subscribed(&said)),
            "SessionsStop" => self.sessions = None,
            _ => {}
        }
        Ok(())
    }

    async fn look_around(&mut self) -> Result<(), Closed> {
        if !self.is_still_known() {
            return Err(Closed);
        }
        let version = self.emby.state().sessions_version;
        if due(&mut self.sessions, version) {
            let all = self.all_sessions();
            self.say(&message("Sessions", all)).await?;
        }
        Ok(())
    }

    fn all_sessions(&self) -> Value {
        let now = self.emby.now();
        let mut state = self.emby.state();
        session::close_silent(&mut state, now);
        sessions::in_order(&state)
            .iter()
            .map(|one| session::shown(&state, one, now))
            .collect()
    }

    fn is_still_known(&self) -> bool {
        let state = self.emby.state();
        state.sign_ins.contains_key(&self.caller.token)
            || state.keys.iter().any(|key| key.token == self.caller.token)
    }

    fn is_for_me(&self, push: &Push) -> bool {
        match &push.to {
            Audience::Everybody => true,
            Audience::User(user) => self.caller.may_act_for(user),
            Audience::Session(session) => self.session.as_ref() == Some(session),
        }
    }

    async fn say(&mut self, body: &Value) -> Result<(), Closed> {
        if self.emby.has_fault("mute_socket") {
            return Ok(());
        }
        let said = self.socket.send(Message::text(body.to_string())).await;
        said.map_err(|_| Closed)
    }

    fn count_socket(&self, by: i32) {
        let Some(id) = &self.session else { return };
        let mut state = self.emby.state();
        if let Some(session) = state.sessions.get_mut(id) {
            session.sockets = session.sockets.saturating_add_signed(by);
            state.sessions_version += 1;
        }
    }
}

fn subscribed(said: &Value) -> Subscription {
    let given = said["Data"].as_str().unwrap_or("0,1000");
    let mut parts = given
        .split(',')
        .map(|part| part.trim().parse::<u64>().unwrap_or(0));
    let delay = Duration::from_millis(parts.next().unwrap_or(0));
    Subscription {
        next: Instant::now() + delay,
        period: Duration::from_millis(parts.next().unwrap_or(1000)).max(SHORTEST_PERIOD),
        told: None,
    }
}

/// Whether a subscription is to be told now; moves it to its next look.
fn due(subscription: &mut Option<Subscription>, version: u64) -> bool {
    let Some(one) = subscription else {
        return false;
    };
    let now = Instant::now();
    if now < one.next {
        return false;
    }
    one.next = now + one.period;
    one.told.replace(version) != Some(version)
}
